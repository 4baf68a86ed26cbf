import type { MapView } from "./view";
export async function canvasMap(_box: HTMLElement): Promise<MapView> { throw new Error("not yet"); }
