import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chooseAlarm, focusWanted } from "../actions";
import { alarmCounts, alarmFilter, alarmRows, alarms, chosenAlarm, link, node, openGroups, zones } from "../model/store";
import type { Alarm, Priority } from "../model/types";
import { FLOOD } from "../pure/rank";
import { number } from "../pure/format";
import { fill, s } from "../strings";
import { AlarmRow } from "./AlarmRow";
import { Badge } from "./Badge";

const PAGE = 60; // rows drawn at once: 1,000 alarms must not make the list slow

function Summary() {
  const found = alarmCounts.value;
  return (
    <p class="summary">
      {(["critical", "warning", "advisory"] as Priority[]).map((priority) => (
        <span key={priority} class={found[priority] ? "" : "zero"}>
          <b>{found[priority]}</b> <Badge priority={priority} word={false} /> {s.alarm[priority].toLowerCase()}
        </span>
      ))}
      {found.shelved > 0 && (
        <span>
          <b>{found.shelved}</b> {s.alarm.shelved.toLowerCase()}
        </span>
      )}
    </p>
  );
}

function Empty() {
  const now = node.value;
  if (alarmFilter.value) return <p class="empty">{s.alarm.none}</p>;
  const words = now?.watching
    ? fill(s.alarm.noneBody, { movers: number(now.movers), zones: [...zones.value.values()].filter((z) => !z.withdrawn).length })
    : s.alarm.noneNotWatching;
  return (
    <p class="empty">
      <b>{s.alarm.none}</b> {words}
    </p>
  );
}

function GroupRow({ group, name }: { group: Alarm[]; name: string }) {
  const first = group[0];
  if (!first) return null;
  const open = openGroups.value.has(name);
  const flip = (): void => {
    const next = new Set(openGroups.value);
    if (!next.delete(name)) next.add(name);
    openGroups.value = next;
  };
  const words = fill(s.alarm.group, {
    n: group.length,
    priority: s.alarm[first.priority].toLowerCase(),
    zone: first.zone_name,
    state: s.alarm[first.state].toLowerCase(),
  });
  return (
    <div class="gathered" role="row">
      <div role="gridcell">
        <Badge priority={first.priority} word={false} /> {words}
        <button type="button" class="quiet" aria-expanded={open} onClick={flip}>
          {open ? s.alarm.groupClose : s.alarm.groupOpen}
        </button>
      </div>
    </div>
  );
}

/** The list works alone: no map, no WebGL, no tracks socket is needed for it. */
export function AlarmList() {
  const shown = useSignal(PAGE);
  const grid = useRef<HTMLDivElement>(null);
  const rows = alarmRows.value;
  const total = alarms.value.size;

  useEffect(() => {
    if (focusWanted.value === 0) return;
    const row = grid.current?.querySelector<HTMLElement>("[aria-selected=true]");
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }, [focusWanted.value, chosenAlarm.value]);

  const chosenAt = rows.findIndex((row) => row.kind === "alarm" && row.alarm.id === chosenAlarm.value);
  const upTo = Math.max(shown.value, chosenAt + 1);
  return (
    <section class={`alarms ${link.value === "stale" ? "old" : ""}`} aria-label={s.alarm.title}>
      <div class="top">
        <h1>{s.alarm.title}</h1>
        {alarmCounts.value.waiting > 0 && <span class="waiting">{fill(s.alarm.waiting, { n: alarmCounts.value.waiting })}</span>}
        <input
          type="search"
          data-search
          aria-label={s.alarm.search}
          placeholder={s.alarm.search}
          value={alarmFilter.value}
          onInput={(e) => (alarmFilter.value = e.currentTarget.value)}
        />
      </div>
      <Summary />
      {total > FLOOD && <p class="flood">{fill(s.alarm.flood, { n: total })}</p>}
      <div class="grid" role="grid" aria-label={s.alarm.title} aria-rowcount={rows.length} ref={grid}>
        {rows.slice(0, upTo).map((row) =>
          row.kind === "alarm" ? (
            <AlarmRow
              key={row.alarm.id}
              alarm={row.alarm}
              minor={row.minor ?? false}
              chosen={row.alarm.id === chosenAlarm.value}
              first={chosenAt < 0 && row === rows[0]}
              choose={() => chooseAlarm(row.alarm.id)}
            />
          ) : (
            <GroupRow key={row.key} name={row.key} group={row.alarms} />
          ),
        )}
      </div>
      {rows.length === 0 && <Empty />}
      {rows.length > upTo && (
        <button type="button" class="more" onClick={() => (shown.value = upTo + PAGE)}>
          {fill(s.more, { n: Math.min(PAGE, rows.length - upTo), of: rows.length })}
        </button>
      )}
    </section>
  );
}
