/** What the line says of a mover, on its alarm card: that its people are not warned stands where the alarm stands. */

import { inWords, say, signedIn } from "../../actions";
import { lines, may, nodeNow, talks } from "../../model/store";
import type { Alarm, Reading, Track, TrackDetail } from "../../model/types";
import { get, post } from "../../net/api";
import { bestTime, isInside } from "../../pure/rank";
import { type Typed, blank, typedFt, typedKm, typedKmh, typedText, typedTime } from "../../pure/slots";
import { s } from "../../strings";
import { Headline } from "./marks";
import { goCompose, goTalk, relaysOf } from "./state";

/** The newest relay about this mover; until somebody states that the last unit was told, in red. */
export function LineOfMover({ mover }: { mover: string }) {
  const [talk] = relaysOf(mover);
  if (!talk?.custody) return null;
  return (
    <div role="row">
      <div role="gridcell">
        <button type="button" class="ofmover" onClick={(event) => { event.stopPropagation(); goTalk(talk); }}>
          <Headline custody={talk.custody} />
        </button>
      </div>
    </div>
  );
}

const CLASSES: Record<string, string> = { aircraft: "aircraft", vehicle: "vehicle", vessel: "vessel", people: "people" };
const ZONE_CHARS_MAX = 50;
const NEAR_CHARS_MAX = 60;

/** The nearest known place in words; nothing where none is known: a landmark is never made up. */
async function nearOf(track: Track): Promise<string> {
  try {
    const said = await post<{ readings: Reading[] }>("api/v1/position", { text: `${track.lat_deg?.toFixed(5)}, ${track.lon_deg?.toFixed(5)}` });
    return said.readings[0]?.near?.slice(0, NEAR_CHARS_MAX) ?? "";
  } catch {
    return "";
  }
}

function heightOf(track: Track): Typed {
  for (const datum of ["amsl", "agl", "wgs84", "baro"] as const) {
    const value_m = track.altitude[`${datum}_m`];
    if (value_m !== null && track.mover_class === "aircraft") return typedFt(value_m, datum);
  }
  return blank();
}

/** How they were asked to be called back the last time we asked anything. */
function contactBefore(): string {
  const ours = [...talks.value.values()].filter((talk) => talk.ours && typeof talk.params["contact_text"] === "string");
  return String(ours.at(-1)?.params["contact_text"] ?? "");
}

/** What the picture has of a mover, as the fields of a relay. What it does not have stays empty; how many they are it never knows. */
function relayOf(alarm: Alarm, track: Track, near: string): Record<string, Typed> {
  const typed: Record<string, Typed> = {
    mover_choice: typedText(CLASSES[track.mover_class] ?? "not_known"),
    zone_text: typedText(alarm.zone_name.slice(0, ZONE_CHARS_MAX)),
    height_altitude: heightOf(track),
  };
  if (track.lat_deg !== null && track.lon_deg !== null) typed["mover_place"] = { ...blank(), at: [track.lat_deg, track.lon_deg] };
  if (track.observed) typed["seen_us"] = typedTime(Date.parse(track.observed));
  if (track.track_deg !== null && (track.speed_mps ?? 0) > 0) typed["course_deg"] = typedText(String(Math.round(track.track_deg) % 360));
  if (track.speed_mps !== null) typed["speed_cmps"] = typedKmh(track.speed_mps);
  if (alarm.boundary_m !== null) {
    typed["side_choice"] = typedText(alarm.boundary_m < 0 ? "inside" : "outside");
    typed["distance_m"] = typedKm(Math.abs(alarm.boundary_m));
  }
  const left_s = bestTime(alarm);
  if (left_s !== null && !isInside(alarm)) typed["by_us"] = typedTime(nodeNow() + left_s * 1000);
  if (near) typed["landmark_text"] = typedText(near);
  if (contactBefore()) typed["contact_text"] = typedText(contactBefore());
  return typed;
}

async function ask(alarm: Alarm): Promise<void> {
  try {
    const { track } = await signedIn(() => get<TrackDetail>(`api/v1/tracks/${encodeURIComponent(alarm.mover)}`));
    const typed = relayOf(alarm, track, track.lat_deg === null ? "" : await nearOf(track));
    goCompose({ template: "warning.relay", precedence: alarm.priority === "critical" ? "flash" : "immediate", typed, mover: alarm.mover, name: alarm.callsign ?? alarm.mover });
  } catch (error) {
    say(inWords(error), true);
  }
}

/** A relay about the mover of an alarm, filled in with what is known here and open to be changed. Nothing is sent by this. */
export function AskRelay({ alarm }: { alarm: Alarm }) {
  if (!may("operator") || lines.value.size === 0) return null;
  return <button type="button" onClick={() => void ask(alarm)}>{s.line.alarm.ask}</button>;
}
