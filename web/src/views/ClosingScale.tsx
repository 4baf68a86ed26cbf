import type { Alarm, Zone } from "../model/types";
import { metres } from "../pure/format";
import { closingScale, reachOf } from "../pure/geo";
import { bestTime } from "../pure/rank";
import { fill, s } from "../strings";

const WIDE = 200;
const HIGH = 18;

/**
 * Where the mover stands between the rings, as a line: inside on the left (hatched), boundary as a bar, rings as ticks, the
 * mover as a pointer towards the boundary while it closes, else as a diamond. It needs no map, so it still says "how close"
 * when there is none.
 */
export function ClosingScale({ alarm, zone }: { alarm: Alarm; zone: Zone | undefined }) {
  const scale = closingScale(alarm.boundary_m, zone?.rings ?? [], zone ? reachOf(zone.shape) : null);
  if (!scale) return <p class="scale none">{s.alarm.placeUnknown}</p>;
  const x = (at: number): number => Math.round(at * WIDE * 10) / 10;
  const here = x(scale.at);
  const closing = bestTime(alarm) !== null;
  return (
    <svg class={`scale ${alarm.priority}`} viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="xMinYMid meet" role="img" aria-label={fill(s.alarm.scale, { d: metres(alarm.boundary_m) })}>
      <rect class="within" x="0" y="5" width={x(scale.boundary)} height="8" />
      <line class="run" x1="0" x2={WIDE} y1="9" y2="9" />
      {scale.marks.map((mark) => (
        <line key={mark.name} class="ring" x1={x(mark.at)} x2={x(mark.at)} y1="5" y2="13">
          <title>{mark.name}</title>
        </line>
      ))}
      <line class="boundary" x1={x(scale.boundary)} x2={x(scale.boundary)} y1="1" y2="17" />
      <path class="mover" d={closing ? `M${here - 4} 9l8 -6.5v13z` : `M${here - 6} 9l6 -6.5l6 6.5l-6 6.5z`} />
    </svg>
  );
}
