/** The plain map, for browsers without WebGL2: the same ground, zones and records on a 2D canvas, with its own pan and zoom. */

import type { Frame } from "../pure/frame";
import { latOf, lonOf, mercX, mercY, wrapLon } from "../pure/geo";
import type { LatLon } from "../model/types";
import { s } from "../strings";
import { Ground } from "./ground";
import { drawFeatures, drawTracks } from "./plain";
import { type Feature, type MapView, START, ZOOM_MAX, ZOOM_MIN } from "./view";

const TILE = 512; // the world at zoom 0, as in the other map, so that zoom means the same
const CLICK_PX = 5;
const STEP_PX = 120;

export async function canvasMap(box: HTMLElement): Promise<MapView> {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.className = "plain";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", s.map.keys);
  box.replaceChildren(canvas);
  const c = canvas.getContext("2d");
  if (!c) throw new Error("no 2D canvas");
  let [cx, cy, zoom] = [mercX(START.centre[1]), mercY(START.centre[0]), START.zoom];
  let features: Feature[] = [];
  let tracks: { frame: Frame; styles: Uint8Array } | null = null;
  let switches: [boolean, boolean] = [true, true];
  let due = 0;
  const frameThens: (() => void)[] = [];
  const moveThens: (() => void)[] = [];
  const clickThens: ((at: LatLon, x: number, y: number) => void)[] = [];
  const size = (): [number, number] => [box.clientWidth, box.clientHeight];
  const world = (): number => TILE * 2 ** zoom;

  const project = (lat: number, lon: number): [number, number] => {
    const [w, h] = size();
    let dx = mercX(lon) - cx;
    dx -= Math.round(dx); // the nearest copy of the world
    return [w / 2 + dx * world(), h / 2 + (mercY(lat) - cy) * world()];
  };
  const unproject = (x: number, y: number): LatLon => {
    const [w, h] = size();
    return [latOf(cy + (y - h / 2) / world()), wrapLon(lonOf(cx + (x - w / 2) / world()))];
  };

  const paint = (): void => {
    due = 0;
    const [w, h] = size();
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    ground.draw(c, cx * world() - w / 2, cy * world() - h / 2, world(), w, h, zoom, ...switches);
    drawFeatures(c, features.filter((f) => f.properties.kind === "area"), project);
    if (tracks) drawTracks(c, tracks.frame, tracks.styles, { project, world: world(), size: size(), alarmed: false, zoom });
    drawFeatures(c, features.filter((f) => f.properties.kind !== "area"), project);
    if (tracks) drawTracks(c, tracks.frame, tracks.styles, { project, world: world(), size: size(), alarmed: true, zoom });
    frameThens.forEach((then) => then());
  };
  const again = (): void => {
    due ||= requestAnimationFrame(paint);
  };
  const ground = new Ground(again);

  const moved = (): void => {
    const h = size()[1];
    zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, zoom));
    const half = h / 2 / world();
    cy = half >= 0.5 ? 0.5 : Math.max(half, Math.min(1 - half, cy));
    cx -= Math.floor(cx);
    again();
  };
  const settle = (): void => moveThens.forEach((then) => then());
  const zoomAt = (levels: number, x: number, y: number): void => {
    const [lat, lon] = unproject(x, y);
    zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, zoom + levels));
    const [nx, ny] = project(lat, lon);
    cx += (nx - x) / world();
    cy += (ny - y) / world();
    moved();
    settle();
  };

  let held: { x: number; y: number; far: boolean } | null = null;
  canvas.addEventListener("pointerdown", (e) => {
    canvas.setPointerCapture(e.pointerId);
    held = { x: e.offsetX, y: e.offsetY, far: false };
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!held) return;
    const [dx, dy] = [e.offsetX - held.x, e.offsetY - held.y];
    if (!held.far && Math.hypot(dx, dy) < CLICK_PX) return;
    held = { x: e.offsetX, y: e.offsetY, far: true };
    cx -= dx / world();
    cy -= dy / world();
    moved();
  });
  canvas.addEventListener("pointerup", (e) => {
    if (held && !held.far) clickThens.forEach((then) => then(unproject(e.offsetX, e.offsetY), e.offsetX, e.offsetY));
    else settle();
    held = null;
  });
  canvas.addEventListener("wheel", (e) => {
    e.preventDefault();
    zoomAt(-e.deltaY / 300, e.offsetX, e.offsetY);
  }, { passive: false });
  const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (e) => {
    const [w, h] = size();
    const step = STEPS[e.key];
    if (step) {
      cx += (step[0] * STEP_PX) / world();
      cy += (step[1] * STEP_PX) / world();
      moved();
      settle();
    } else if (e.key === "+" || e.key === "=") zoomAt(1, w / 2, h / 2);
    else if (e.key === "-") zoomAt(-1, w / 2, h / 2);
    else return;
    e.preventDefault();
  });

  again();
  return {
    kind: "canvas",
    project,
    unproject,
    zoom: () => zoom,
    size,
    bounds: () => {
      const [w, h] = size();
      const half = w / 2 / world();
      return [lonOf(cx - half), latOf(cy + h / 2 / world()), lonOf(cx + half), latOf(cy - h / 2 / world())];
    },
    fit: ([west, south, east, north]) => {
      const [w, h] = size();
      const [x0, x1, y0, y1] = [mercX(west), mercX(east), mercY(north), mercY(south)];
      const room = Math.min((w - 96) / Math.max(1e-9, x1 - x0), (h - 96) / Math.max(1e-9, y1 - y0));
      zoom = Math.min(12, Math.log2(Math.max(room, 1) / TILE));
      cx = (x0 + x1) / 2;
      cy = (y0 + y1) / 2;
      moved();
      settle();
    },
    go: (to, level) => {
      [cx, cy] = [mercX(to[1]), mercY(to[0])];
      zoom = level ?? zoom;
      moved();
      settle();
    },
    zoomBy: (levels) => {
      const [w, h] = size();
      zoomAt(levels, w / 2, h / 2);
    },
    setFeatures: (next) => {
      features = next;
      again();
    },
    setTracks: (frame, styles) => {
      tracks = { frame, styles };
      again();
    },
    setSwitches: (borders, names) => {
      switches = [borders, names];
      again();
    },
    repaint: again,
    onFrame: (then) => void frameThens.push(then),
    onClick: (then) => void clickThens.push(then),
    onMoved: (then) => void moveThens.push(then),
    resize: again,
    destroy: () => {
      cancelAnimationFrame(due);
      box.replaceChildren();
    },
  };
}
