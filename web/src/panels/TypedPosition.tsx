import { useSignal } from "@preact/signals";
import { inWords, signedIn } from "../actions";
import type { LatLon, Reading } from "../model/types";
import { post } from "../net/api";
import { s } from "../strings";

/** Coordinates typed instead of drawn: the node echoes every reading, a person says which one was meant (R23). `sole`: what has one
 * reading is entered at once, where the form itself echoes it and lets it be changed.
 */
export function TypedPosition({ add, sole = false }: { add: (at: LatLon) => void; sole?: boolean }) {
  const text = useSignal("");
  const found = useSignal<{ readings: Reading[]; warnings: string[] } | null>(null);
  const wrong = useSignal("");
  const read = async (): Promise<void> => {
    wrong.value = "";
    found.value = null;
    try {
      const read = await signedIn(() => post<{ readings: Reading[]; warnings: string[] }>("api/v1/position", { text: text.value }));
      const [only, ...more] = read.readings;
      if (sole && only && more.length === 0 && read.warnings.length === 0) use(only);
      else found.value = read;
    } catch (error) {
      wrong.value = inWords(error);
    }
  };
  const use = (reading: Reading): void => {
    add([reading.lat_deg, reading.lon_deg]);
    found.value = null;
    text.value = "";
  };
  return (
    <div class="typed">
      <label>
        {s.edit.type}
        <span class="row">
          <input
            value={text.value}
            placeholder={s.edit.typeHint}
            onInput={(e) => (text.value = e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key !== "Enter") return;
              e.preventDefault();
              void read();
            }}
          />
          <button type="button" disabled={!text.value.trim()} onClick={() => void read()}>{s.edit.read}</button>
        </span>
      </label>
      {wrong.value && <p class="boxed">{wrong.value}</p>}
      {found.value && (
        <div class="boxed">
          {found.value.warnings.map((warning) => <p key={warning}><b>{warning}</b></p>)}
          {found.value.readings.length > 1 && <p>{s.edit.readings}</p>}
          <ul class="claims">
            {found.value.readings.map((reading, i) => (
              <li key={i} class="row">
                <span>
                  {reading.dms} · {reading.ddm}
                  <small class="block calm">{[reading.form, reading.mgrs, reading.dd, reading.near].filter(Boolean).join(" · ")}</small>
                </span>
                <button type="button" onClick={() => use(reading)}>{s.edit.use}</button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
