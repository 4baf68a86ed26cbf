import { useSignal } from "@preact/signals";
import { dialog, perform } from "../actions";
import { frame, may, names, tracksHeard_ms, zones } from "../model/store";
import { fixAt, IN_ALARM, LAST_KNOWN, slotAt } from "../pure/frame";
import { boundsOf } from "../pure/geo";
import { closable, type Lost } from "../pure/lost";
import { many, s } from "../strings";

function lostNow(): Lost[] {
  const now = frame.value;
  if (!now) return [];
  const since_s = Math.max(0, (Date.now() - tracksHeard_ms.value) / 1000);
  const found: Lost[] = [];
  for (let i = 0; i < now.count; i++) {
    const fix = fixAt(now, i);
    const known = names.value.get(slotAt(now, i));
    if (!known || !(fix.flags & LAST_KNOWN)) continue;
    found.push({ mover: known.mover, at: [fix.lat_deg, fix.lon_deg], age_s: fix.age_s + since_s, alarmed: (fix.flags & IN_ALARM) !== 0 });
  }
  return found;
}

/** Many tracks that a person closes for one reason: thirty landings beside a zone are one thing to say, not thirty. */
export function LastKnown() {
  const zone = useSignal("");
  const minutes = useSignal(10);
  const all = lostNow();
  if (!may("operator") || all.length < 2) return null;
  const of = zones.value.get(zone.value);
  const box = of?.outline ? boundsOf(of.outline.coordinates) : null;
  const chosen = of && !box ? [] : closable(all, box, (minutes.value || 0) * 60);
  const close = (): void => {
    dialog.value = {
      title: many(s.picture.closeTitle, chosen.length),
      body: chosen.slice(0, 20).join(", ") + (chosen.length > 20 ? " …" : ""),
      field: s.track.closeWhy,
      go: () => many(s.picture.closeDo, chosen.length),
      done: async (reason) => (await perform("track.close", { movers: chosen, reason })) !== null,
    };
  };
  return (
    <details class="lately lostmany">
      <summary>{many(s.picture.lostMany, all.length)}</summary>
      <p class="row wrap">
        <label>
          {s.picture.lostZone}{" "}
          <select value={zone.value} onChange={(e) => (zone.value = e.currentTarget.value)}>
            <option value="">{s.all}</option>
            {[...zones.value.values()].filter((one) => !one.withdrawn).map((one) => (
              <option key={one.id} value={one.id}>{one.name || one.id}</option>
            ))}
          </select>
        </label>
        <label>
          {s.picture.lostOlder}{" "}
          <input type="number" min={0} max={100000} value={minutes.value} onInput={(e) => (minutes.value = e.currentTarget.valueAsNumber)} />
        </label>
        <button type="button" class="main" disabled={chosen.length === 0} onClick={close}>
          {many(s.picture.lostClose, chosen.length)}
        </button>
      </p>
      <p class="calm">{s.picture.lostHint}</p>
    </details>
  );
}
