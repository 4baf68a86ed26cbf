import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { chooseAlarm, focusWanted, holdList, releaseList } from "../actions";
import { alarmCounts, alarmFilter, alarmRows, chosenAlarm, feeds, link, listHeld, node, openGroups, zones } from "../model/store";
import type { Priority } from "../model/types";
import { alarmsOf, FLOOD, type Gathered, placesOf } from "../pure/rank";
import { watchOf } from "../pure/watch";
import { fill, many, s } from "../strings";
import { AlarmCard } from "./AlarmCard";
import { Badge } from "./Badge";

const PAGE = 60; // cards drawn at once: 1,000 alarms must not make the list slow
const MOVED_MS = 400; // a press that was on its way when the list moved was meant for another row

function Summary() {
  const found = alarmCounts.value;
  return (
    <>
      <p class="summary">
        <span>
          <b>{found.movers}</b> {many(s.alarm.moverWord, found.movers)}, <b>{found.alarms}</b> {many(s.alarm.alarmWord, found.alarms)}
        </span>
        {found.waiting > 0 && <strong class="waiting">{many(s.alarm.waiting, found.waiting)}</strong>}
      </p>
      <p class="summary">
        {(["critical", "warning", "advisory"] as Priority[]).map((priority) => (
          <span key={priority} class={found[priority] ? "" : "zero"}>
            <b>{found[priority]}</b> <Badge priority={priority} word={false} said={false} /> {s.alarm[priority].toLowerCase()}
          </span>
        ))}
        {found.shelved > 0 && (
          <span>
            <b>{found.shelved}</b> {s.alarm.shelved.toLowerCase()}
          </span>
        )}
      </p>
    </>
  );
}

function Empty() {
  const now = node.value;
  if (alarmFilter.value) return <p class="empty">{s.alarm.none}</p>;
  const standing = [...zones.value.values()].filter((z) => !z.withdrawn).length;
  const watch = watchOf(link.value !== "stale", now?.watching, standing, [...feeds.value.values()].map((feed) => feed.state));
  const seeing = watch === "watching" || watch === "feedsLate";
  const words = seeing
    ? fill(s.alarm.noneBody, { movers: many(s.alarm.moversCount, now?.movers ?? 0), zones: many(s.alarm.zonesCount, standing) })
    : watch === "notYet" || watch === "unknown"
      ? s.alarm.noneNotWatching
      : fill(s.alarm.noneBlind, { why: s.head.watch[watch] });
  return (
    <p class="empty">
      <b>{s.alarm.none}</b> {words}
    </p>
  );
}

function GroupRow({ group, index }: { group: Gathered; index: number }) {
  const first = group.cards[0]?.head;
  if (!first) return null;
  const open = openGroups.value.has(group.key);
  const flip = (): void => {
    const next = new Set(openGroups.value);
    if (!next.delete(group.key)) next.add(group.key);
    openGroups.value = next;
  };
  const words = fill(s.alarm.group, {
    movers: many(s.alarm.moversCount, group.cards.length),
    alarms: many(s.alarm.alarmsCount, group.cards.reduce((sum, card) => sum + alarmsOf(card).length, 0)),
    priority: s.alarm[first.priority].toLowerCase(),
    zone: first.zone_name,
    state: s.alarm[first.state].toLowerCase(),
  });
  return (
    <div class="gathered" role="row" aria-rowindex={index}>
      <div role="gridcell">
        <Badge priority={first.priority} word={false} /> {words}
        <button type="button" class="quiet" aria-expanded={open} onClick={flip}>
          {open ? s.alarm.groupClose : s.alarm.groupOpen}
        </button>
      </div>
    </div>
  );
}

/** Whether rows that were already there have only just moved while a person was busy with them. */
function useMoved(keys: string[]): () => boolean {
  const before = useRef<string[]>([]);
  const at_ms = useRef(0);
  useLayoutEffect(() => {
    if (listHeld.peek() && before.current.some((key, i) => key !== keys[i])) at_ms.current = performance.now();
    before.current = keys;
  }, [keys.join("\n")]);
  return () => performance.now() - at_ms.current < MOVED_MS && at_ms.current > 0;
}

/** The list works alone: no map, no WebGL, no tracks socket is needed for it. */
export function AlarmList() {
  const shown = useSignal(PAGE);
  const grid = useRef<HTMLDivElement>(null);
  const rows = alarmRows.value;
  const { movers } = alarmCounts.value;
  const moved = useMoved(placesOf(rows).map((place) => place.key));

  useEffect(() => {
    if (focusWanted.value === 0) return;
    const row = grid.current?.querySelector<HTMLElement>("[aria-selected=true]");
    row?.focus({ preventScroll: true });
    row?.parentElement?.scrollIntoView({ block: "nearest" });
  }, [focusWanted.value, chosenAlarm.value]);

  const chosenAt = rows.findIndex((row) => row.kind === "card" && alarmsOf(row).some((alarm) => alarm.id === chosenAlarm.value));
  const upTo = Math.max(shown.value, chosenAt + 1);
  const leave = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") releaseList(); // a finger leaves with every tap
  };
  return (
    <section class={`alarms ${link.value === "stale" ? "old" : ""}`} aria-label={s.alarm.title}>
      <div class="top">
        <h1>{s.alarm.title}</h1>
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
      {movers > FLOOD && <p class="flood">{fill(s.alarm.flood, { movers: many(s.alarm.moversCount, movers) })}</p>}
      <div
        class="grid"
        role="grid"
        aria-label={s.alarm.title}
        ref={grid}
        onPointerMove={() => holdList()}
        onPointerDown={() => holdList()}
        onPointerLeave={leave}
      >
        {rows.slice(0, upTo).map((row, i) =>
          row.kind === "card" ? (
            <AlarmCard
              key={row.key}
              card={row}
              chosen={i === chosenAt}
              first={chosenAt < 0 && i === 0}
              index={i + 1}
              choose={() => chooseAlarm(row.head.id)}
              moved={moved}
            />
          ) : (
            <GroupRow key={row.key} group={row} index={i + 1} />
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
