/** Where at the edge of the map a mark stands for a place that is off it. */

export interface Edge {
  x: number;
  y: number;
  /** Which way the mark points, in radians, clockwise from east as on a screen. */
  turn: number;
}

/** Null where the place is on the map. The mark stands where the line from the map's middle to the place leaves it, `inset` before the edge. */
export function edgeOf(x: number, y: number, width: number, height: number, inset: number): Edge | null {
  if (!Number.isFinite(x) || !Number.isFinite(y) || (x >= 0 && y >= 0 && x <= width && y <= height)) return null;
  const [dx, dy] = [x - width / 2, y - height / 2];
  const room_x = Math.max(1, width / 2 - inset) / Math.max(1e-9, Math.abs(dx));
  const room_y = Math.max(1, height / 2 - inset) / Math.max(1e-9, Math.abs(dy));
  const share = Math.min(room_x, room_y);
  return { x: width / 2 + dx * share, y: height / 2 + dy * share, turn: Math.atan2(dy, dx) };
}
