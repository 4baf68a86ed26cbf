import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chooseAlarm, openTrack, showWanted } from "../actions";
import { type Alarmed, type Away, awayOf, countAway, pickAway } from "../map/away";
import { drawing, route, sketch, trail } from "../map/draw";
import { drawLabels, type Scene } from "../map/labels";
import { line, sketchFeatures, zoneFeatures } from "../map/overlays";
import { pick, stylesOf } from "../map/pick";
import type { MapView } from "../map/view";
import { alarmedFixes, alarms, chosenMover, chosenZone, frame, link, moverPriority, names, namesVersion, node, zones } from "../model/store";
import { setView } from "../net/tracks";
import { countdown } from "../pure/format";
import { boundsOf } from "../pure/geo";
import { bestTime, compare, isInside } from "../pure/rank";
import { palette, showBorders, showLabels } from "../station";
import { many, s } from "../strings";

async function openMap(box: HTMLElement): Promise<MapView> {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (probe) {
    probe.getExtension("WEBGL_lose_context")?.loseContext();
    try {
      return await (await import("../map/gl")).glMap(box);
    } catch (error) {
      console.warn("map:", error);
      box.replaceChildren();
    }
  }
  return await (await import("../map/canvas")).canvasMap(box);
}

const TOGETHER_MS = 60;
const WHOLE_UP_TO = 5000; // movers; with fewer every screen gets all of them, so that the lists are complete

const narrow = (view: MapView): void => setView((node.value?.movers ?? 0) > WHOLE_UP_TO ? view.bounds() : null);

/** Seconds left per mover as predicted, for the label's second line; nothing where nobody can tell. */
function timesLeft(): Map<string, string> {
  const least = new Map<string, number>();
  for (const alarm of alarms.value.values()) {
    if (alarm.state === "shelved" || alarm.lost) continue;
    const left_s = isInside(alarm) ? -1 : (bestTime(alarm) ?? Number.POSITIVE_INFINITY);
    if (left_s < (least.get(alarm.mover) ?? Number.POSITIVE_INFINITY)) least.set(alarm.mover, left_s);
  }
  const words = new Map<string, string>();
  for (const [mover, left_s] of least) words.set(mover, left_s < 0 ? s.map.inside : countdown(left_s));
  return words;
}

export function fitZones(view: MapView, only?: string): void {
  const shown = [...zones.value.values()].filter((z) => !z.withdrawn && (only === undefined || z.id === only));
  const shapes = shown.flatMap((z) => [z.outline?.coordinates, ...(z.ring_outlines ?? []).map((r) => r.outline.coordinates)]);
  const found = boundsOf(shapes.filter((c) => c !== undefined));
  if (found) view.fit(found);
}

/** Movers with a standing alarm, where they were last. */
function alarmedMovers(): Alarmed[] {
  const names = new Map([...alarms.value.values()].map((alarm) => [alarm.mover, alarm.callsign ?? alarm.mover]));
  return [...moverPriority.value].flatMap(([mover, rank]): Alarmed[] => {
    const fix = alarmedFixes.value.get(mover);
    return fix ? [{ mover, name: names.get(mover) ?? mover, rank, lat_deg: fix.lat_deg, lon_deg: fix.lon_deg }] : [];
  });
}

/** Everything in alarm and the zones it is about, in one view. */
function fitAlarmed(view: MapView): void {
  const about = new Set([...alarms.value.values()].map((alarm) => alarm.zone));
  const shapes = [...zones.value.values()].filter((zone) => about.has(zone.id)).map((zone) => zone.outline?.coordinates);
  const found = boundsOf([...shapes.filter((c) => c !== undefined), ...alarmedMovers().map((one) => [one.lon_deg, one.lat_deg])]);
  if (found) view.fit(found);
}

function OffMap({ count, view }: { count: number; view: MapView }) {
  if (count === 0) return null;
  return (
    <p class="offmap">
      {many(s.map.offMap, count)}
      <button type="button" onClick={() => fitAlarmed(view)}>{s.map.offMapShow}</button>
    </p>
  );
}

function Controls({ view }: { view: MapView }) {
  return (
    <div class="controls">
      <button type="button" aria-label={s.map.zoomIn} title={s.map.zoomIn} onClick={() => view.zoomBy(1)}>+</button>
      <button type="button" aria-label={s.map.zoomOut} title={s.map.zoomOut} onClick={() => view.zoomBy(-1)}>−</button>
      <button type="button" onClick={() => fitZones(view)}>{s.map.home}</button>
      <button type="button" aria-pressed={showBorders.value} onClick={() => (showBorders.value = !showBorders.value)}>{s.map.borders}</button>
      <button type="button" aria-pressed={showLabels.value} onClick={() => (showLabels.value = !showLabels.value)}>{s.map.names}</button>
    </div>
  );
}

function Legend() {
  return (
    <p class="legend">
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M10 1l6.5 16L10 13.4 3.5 17z" class="own" /></svg>
      {s.map.own}
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M10 1l6.5 16L10 13.4 3.5 17z" class="other" /></svg>
      {s.map.other}
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><circle cx="10" cy="10" r="6" class="other" /></svg>
      {s.map.unknown}
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><circle cx="10" cy="10" r="8.5" class="lost" /></svg>
      {s.map.lastKnown}
    </p>
  );
}

/** A mover chosen on the map: its most urgent alarm, and its track. */
function choose(mover: string): void {
  const its = [...alarms.value.values()].filter((alarm) => alarm.mover === mover).sort(compare);
  chooseAlarm(its[0]?.id ?? null);
  openTrack(mover);
}

function find(one: Away): void {
  choose(one.mover);
  showWanted.value = { lat_deg: one.lat_deg, lon_deg: one.lon_deg };
}

/** The map comes after the alarms, loads by itself, and its failure is one sentence. */
export function MapPane() {
  const box = useRef<HTMLDivElement>(null);
  const glass = useRef<HTMLCanvasElement>(null);
  const view = useSignal<MapView | null>(null);
  const failed = useSignal(false);
  const scene = useRef<Scene>({ frame: null, styles: new Uint8Array(), names: names.value, second: new Map(), lastKnown: s.map.lastKnown, features: [], away: [] });
  const away = useSignal(0);
  const paint = (): void => {
    if (!glass.current || !view.value) return;
    scene.current.away = awayOf(view.value, alarmedMovers());
    away.value = countAway(scene.current.away);
    drawLabels(glass.current, view.value, scene.current);
  };
  const due = useRef(0);
  /** Frames, names and alarms come within milliseconds of each other: the map is drawn once for all of them. */
  const soon = (then: () => void): void => {
    if (due.current) return;
    due.current = window.setTimeout(() => {
      due.current = 0;
      then();
    }, TOGETHER_MS);
  };
  const redraw = (): void => {
    const now = frame.peek();
    const styles = now ? stylesOf(now, names.peek(), moverPriority.peek(), chosenMover.peek()) : new Uint8Array();
    scene.current = { ...scene.current, frame: now, styles, names: names.peek(), second: timesLeft() };
    if (now) view.peek()?.setTracks(now, styles); // the map tells when it is drawn; the labels follow then
    else paint();
  };

  useEffect(() => {
    let gone = false;
    const inner = box.current;
    if (!inner) return;
    openMap(inner)
      .then((opened) => {
        if (gone) return opened.destroy();
        view.value = opened;
        fitZones(opened);
        opened.onFrame(paint);
        opened.onMoved(() => narrow(opened));
        narrow(opened);
        opened.onClick((at, x, y) => {
          if (drawing.value) return drawing.value(at);
          const off = pickAway(scene.current.away, x, y);
          if (off) return find(off);
          const f = scene.current.frame;
          const slot = f ? pick(opened, f, scene.current.styles, x, y) : null;
          const mover = slot === null ? undefined : names.value.get(slot)?.mover;
          if (mover) choose(mover);
        });
        new ResizeObserver(() => opened.resize()).observe(inner);
      })
      .catch((error: unknown) => {
        console.warn("map:", error);
        failed.value = true;
      });
    return () => {
      gone = true;
      view.value?.destroy();
    };
  }, []);

  const clicked = useRef<string | null>(null);
  useSignalEffect(() => {
    namesVersion.value;
    frame.value;
    moverPriority.value;
    view.value;
    if (clicked.current === chosenMover.value) return soon(redraw);
    clicked.current = chosenMover.value; // a choice is shown at once
    redraw();
  });
  useSignalEffect(() => {
    const zoneShapes = zoneFeatures(zones.value.values(), chosenZone.value);
    const features = [...zoneShapes, ...line("trail", trail.value), ...line("route", route.value), ...sketchFeatures(sketch.value)];
    scene.current = { ...scene.current, features: zoneShapes };
    view.value?.setFeatures(features);
  });
  useSignalEffect(() => view.value?.setSwitches(showBorders.value, showLabels.value));
  const first = useRef(true);
  useSignalEffect(() => {
    palette.value;
    if (!first.current) view.peek()?.repaint();
    first.current = false;
  });
  const fitted = useRef(false);
  useSignalEffect(() => {
    if (!view.value || fitted.current || zones.value.size === 0) return;
    fitted.current = true;
    fitZones(view.value);
  });
  useSignalEffect(() => {
    const wanted = showWanted.value;
    if (!wanted || !view.value) return;
    if ("zone" in wanted) fitZones(view.value, wanted.zone);
    else view.value.go([wanted.lat_deg, wanted.lon_deg], Math.max(view.value.zoom(), 8));
  });

  return (
    <section class={`map ${link.value === "stale" ? "old" : ""} ${drawing.value ? "drawing" : ""}`} aria-label={s.map.label}>
      <div class="stage">
        <div class="ground" ref={box} />
        <canvas class="glass" ref={glass} aria-hidden="true" />
        {view.value && <Controls view={view.value} />}
        {view.value && <OffMap count={away.value} view={view.value} />}
        {!view.value && <p class="waiting-map">{failed.value ? s.map.none : s.map.loading}</p>}
      </div>
      {view.value && (
        <div class="foot">
          <Legend />
          <p class="note">
            {view.value.kind === "canvas" && <b>{s.map.canvas} </b>}
            {s.map.note} <span>{s.map.credit}</span>
          </p>
        </div>
      )}
    </section>
  );
}
