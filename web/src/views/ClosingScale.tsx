import type { Alarm, Zone } from "../model/types";
import { metres } from "../pure/format";
import { closingScale } from "../pure/geo";
import { fill, s } from "../strings";

const WIDE = 200;
const HIGH = 18;

/**
 * Where the mover stands between the rings, as a line: inside on the left (hatched), boundary as a bar, rings as ticks, the
 * mover as a pointer. It needs no map, so it still says "how close" when there is none.
 */
export function ClosingScale({ alarm, zone }: { alarm: Alarm; zone: Zone | undefined }) {
  const scale = closingScale(alarm.boundary_m, zone?.rings ?? []);
  if (!scale) return <span class="scale none">{s.alarm.timeUnknown}</span>;
  const x = (at: number): number => Math.round(at * WIDE * 10) / 10;
  const here = x(scale.at);
  return (
    <svg class={`scale ${alarm.priority}`} viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={fill(s.alarm.scale, { d: metres(alarm.boundary_m) })}>
      <rect class="within" x="0" y="5" width={x(scale.boundary)} height="8" />
      <line class="run" x1="0" x2={WIDE} y1="9" y2="9" />
      {scale.marks.map((mark) => (
        <line key={mark.name} class="ring" x1={x(mark.at)} x2={x(mark.at)} y1="5" y2="13">
          <title>{mark.name}</title>
        </line>
      ))}
      <line class="boundary" x1={x(scale.boundary)} x2={x(scale.boundary)} y1="1" y2="17" />
      <path class="mover" d={`M${here - 4} 9l8 -6.5v13z`} />
    </svg>
  );
}
