/** What is being drawn by hand: the map writes its clicks here, the editor reads them. */

import { signal } from "@preact/signals";
import type { LatLon } from "../model/types";
import type { Sketch } from "./overlays";

export const sketch = signal<Sketch | null>(null);
export const trail = signal<LatLon[]>([]);
export const route = signal<LatLon[]>([]);

/** Set while a click on the map means "a point here" and not "choose this". */
export const drawing = signal<((at: LatLon) => void) | null>(null);
