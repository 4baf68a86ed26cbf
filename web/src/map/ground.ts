/** The ground of the plain map: tiles of the same basemap, drawn on a 2D canvas. */

import { readTile, type TileFeature } from "../pure/mvt";
import { tone } from "../station";
import { archive } from "./basemap";

const DEEPEST = 7;
const KEPT = 120; // tiles

type Tile = Map<string, TileFeature[]>;

export interface Square {
  x: number; // left, top and side in pixels
  y: number;
  side: number;
}

export class Ground {
  private tiles = new Map<string, Tile | null>();

  constructor(private changed: () => void) {}

  /** The tile, or null while it is on its way or where there is none. */
  private tile(z: number, x: number, y: number): Tile | null {
    const key = `${z}/${x}/${y}`;
    const kept = this.tiles.get(key);
    if (kept !== undefined) return kept;
    this.tiles.set(key, null);
    if (this.tiles.size > KEPT) this.tiles.delete(this.tiles.keys().next().value ?? "");
    archive
      .getZxy(z, x, y)
      .then((found) => {
        if (!found) return;
        this.tiles.set(key, readTile(new Uint8Array(found.data)));
        this.changed();
      })
      .catch(() => undefined); // without the basemap the zones and tracks are still drawn
    return null;
  }

  /** Draw what covers the view; `left`, `top` are the view's corner and `world` its size, in pixels of the whole world. */
  draw(c: CanvasRenderingContext2D, left: number, top: number, world: number, width: number, height: number, zoom: number, borders: boolean, names: boolean): void {
    c.fillStyle = tone("--map-water");
    c.fillRect(0, 0, width, height);
    const z = Math.max(0, Math.min(DEEPEST, Math.floor(zoom + 0.2)));
    const n = 2 ** z;
    const side = world / n;
    const squares: [Tile, Square][] = [];
    for (let tx = Math.floor(left / side); tx * side < left + width; tx++) {
      for (let ty = Math.max(0, Math.floor(top / side)); ty < n && ty * side < top + height; ty++) {
        const tile = this.tile(z, ((tx % n) + n) % n, ty);
        if (tile) squares.push([tile, { x: tx * side - left, y: ty * side - top, side }]);
      }
    }
    for (const [tile, square] of squares) {
      fill(c, tile.get("land"), square, tone("--map-land"));
      fill(c, tile.get("lakes"), square, tone("--map-water"));
    }
    for (const [tile, square] of squares) {
      stroke(c, tile.get("rivers"), square, tone("--map-river"), 1, []);
      if (borders) {
        const lines = tile.get("borders") ?? [];
        stroke(c, tile.get("provinces"), square, tone("--map-province"), 1, []);
        stroke(c, lines.filter((f) => !f.properties["unsettled"]), square, tone("--map-border"), 1.4, []);
        stroke(c, lines.filter((f) => f.properties["unsettled"]), square, tone("--map-border"), 1.4, [5, 5]);
      }
      if (names) label(c, tile.get("towns"), square, zoom);
    }
  }
}

function path(c: CanvasRenderingContext2D, features: TileFeature[] | undefined, { x, y, side }: Square): boolean {
  if (!features?.length) return false;
  c.beginPath();
  for (const feature of features) {
    for (const line of feature.lines) {
      for (let i = 0; i < line.length; i += 2) {
        const px = x + (line[i] ?? 0) * side;
        const py = y + (line[i + 1] ?? 0) * side;
        if (i) c.lineTo(px, py);
        else c.moveTo(px, py);
      }
    }
  }
  return true;
}

function fill(c: CanvasRenderingContext2D, features: TileFeature[] | undefined, square: Square, colour: string): void {
  if (!path(c, features, square)) return;
  c.fillStyle = colour;
  c.fill("nonzero"); // even-odd would draw stripes where tile edges overlap
}

function stroke(c: CanvasRenderingContext2D, features: TileFeature[] | undefined, square: Square, colour: string, width: number, dash: number[]): void {
  if (!path(c, features, square)) return;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.setLineDash(dash);
  c.stroke();
  c.setLineDash([]);
}

function label(c: CanvasRenderingContext2D, features: TileFeature[] | undefined, { x, y, side }: Square, zoom: number): void {
  const least = zoom < 6 ? 1_000_000 : zoom < 7 ? 250_000 : zoom < 8 ? 50_000 : 0;
  c.font = `11.5px ${tone("--font")}`;
  c.fillStyle = tone("--map-place");
  c.textAlign = "left";
  c.textBaseline = "middle";
  for (const { lines, properties } of features ?? []) {
    const at = lines[0];
    if (!at || Number(properties["people"]) < least) continue;
    c.fillText(`· ${String(properties["name"])}`, x + (at[0] ?? 0) * side, y + (at[1] ?? 0) * side);
  }
}
