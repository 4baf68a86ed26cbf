/** Where labels go: right of the symbol, else left, below, above; the more important first; no overlap. */

export interface Wanted {
  x: number;
  y: number;
  lines: string[];
  rank: number;
  clear: number; // pixels kept free around the symbol
  alarm: number;
  chosen: boolean;
}

export interface Placed {
  wanted: Wanted;
  x: number;
  y: number;
}

export type Box = [left: number, top: number, right: number, bottom: number];

const hits = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** `wanted` in order of importance. A chosen mover's label is placed even where it overlaps. */
export function placeLabels(
  wanted: Wanted[],
  width: number,
  height: number,
  measure: (w: Wanted) => [number, number],
  blocked: Box[] = [],
): Placed[] {
  const symbols = wanted.filter((w) => w.rank > 0).map((w): Box => [w.x - 7, w.y - 7, w.x + 7, w.y + 7]);
  const taken: Box[] = [...blocked, ...symbols];
  const placed: Placed[] = [];
  for (const one of wanted) {
    const [wide, high] = measure(one);
    const tries: [number, number][] = [
      [one.x + one.clear, one.y - high / 2],
      [one.x - one.clear - wide, one.y - high / 2],
      [one.x - wide / 2, one.y + one.clear],
      [one.x - wide / 2, one.y - one.clear - high],
    ];
    const fits = tries.find(([x, y]) => {
      const box: Box = [x - 1, y, x + wide + 1, y + high];
      return x > 0 && y > 0 && x + wide < width && y + high < height && !taken.some((t) => hits(box, t));
    });
    const at = fits ?? (one.chosen ? tries[0] : undefined);
    if (!at) continue;
    taken.push([at[0] - 1, at[1], at[0] + wide + 1, at[1] + high]);
    placed.push({ wanted: one, x: at[0], y: at[1] });
  }
  return placed;
}
