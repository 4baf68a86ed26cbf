/** What the console asks of a map, whichever of the two draws it. North is always up: bearings on the glass are true. */

import type { Frame } from "../pure/frame";
import type { LatLon } from "../model/types";

export interface Feature {
  type: "Feature";
  geometry: { type: string; coordinates: unknown };
  properties: { kind: FeatureKind; chosen?: boolean; off?: boolean; name?: string };
}
export type FeatureKind = "area" | "zone" | "ring" | "sketch" | "corner" | "trail" | "route";

export interface MapView {
  readonly kind: "gl" | "canvas";
  project(lat_deg: number, lon_deg: number): [number, number];
  unproject(x: number, y: number): LatLon;
  zoom(): number;
  size(): [number, number];
  bounds(): [number, number, number, number];
  fit(bounds: [number, number, number, number]): void;
  go(to: LatLon, zoom?: number): void;
  zoomBy(levels: number): void;
  setFeatures(features: Feature[]): void;
  setTracks(frame: Frame, styles: Uint8Array): void;
  setSwitches(borders: boolean, names: boolean): void;
  repaint(): void;
  onFrame(then: () => void): void;
  onClick(then: (at: LatLon, x: number, y: number) => void): void;
  onMoved(then: () => void): void;
  resize(): void;
  destroy(): void;
}

/** The style byte of a record: bits 0-1 the worst alarm (0 none … 3 critical), bit 2 chosen, bit 3 without its disc. */
export const CHOSEN = 4;
export const BARE = 8;

export const START: { centre: LatLon; zoom: number } = { centre: [25, 30], zoom: 2.6 };
export const ZOOM_MIN = 1.5;
export const ZOOM_MAX = 16;
