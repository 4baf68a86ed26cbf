import { s } from "../strings";
export function MapPane() {
  return <section class="map" aria-label={s.map.label} />;
}
