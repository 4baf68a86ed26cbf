/** The shapes of docs/api.md. Numbers carry their unit as the last word; null is "not known", never zero. */

import type { Escalation, Line, Talk } from "./line";
export type * from "./line";

export type Priority = "critical" | "warning" | "advisory";
export type AlarmState = "unacknowledged" | "acknowledged" | "returned_unacknowledged" | "shelved" | "normal";
export type Role = "viewer" | "operator" | "supervisor" | "release officer" | "administrator" | "auditor" | "facilitator";
export type LatLon = [number, number];

export interface Session {
  name: string;
  role: Role;
  party: string;
  version: string;
  exercise: boolean;
}

export interface Alarm {
  id: string;
  mover: string;
  callsign: string | null;
  zone: string;
  zone_name: string;
  zone_version: number;
  ring: string;
  rule: string;
  priority: Priority;
  event: "approach" | "may_reach" | "entry" | "first_seen_inside" | "inside" | "exit" | "averted";
  state: AlarmState;
  certainty: "certain" | "probable" | "possible";
  since: string;
  changed: string;
  crossed: string | null;
  depth_m: number | null;
  deepest_m: number | null; // inside the alarm's own ring
  deepest_range_m?: [number, number | null] | null; // what the data allow: at least, at most
  first_range?: [string | null, string | null] | null; // not before, not after
  last_range?: [string | null, string | null] | null;
  path_range_m?: [number, number | null] | null;
  closest_m?: number | null; // outside the boundary, of an approach
  boundary_m: number | null;
  to_ring_s: number | null;
  to_boundary_s: number | null; // the best prediction: by its route or on its heading
  earliest_s?: number | null; // the straight line, whatever its heading
  by_route: boolean | null;
  lat_deg: number | null;
  lon_deg: number | null;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
  silenced: boolean;
  shelved_until: string | null;
  shelved_reason: string | null;
  incident: string | null;
  lost?: boolean; // not heard any more: LAST KNOWN
  why?: string[];
  says: string;
}

export interface Ring {
  name: string;
  offset_m: number;
  rule: "contact_by" | "no_contact_no_entry" | "boundary" | "inner" | "other";
  says: string;
}

export type Datum = "baro" | "wgs84" | "amsl" | "agl";

export interface Limit {
  value: number;
  unit: "m" | "ft" | "fl";
  datum: Datum;
  altitude_m: number;
}

export interface Hours {
  weekdays: number[];
  start_s: number;
  end_s: number;
}

export interface Standing {
  party: string;
  status: "declared" | "notified" | "received" | "acknowledged" | "agreed" | "disputed";
  at?: string | null;
  message: string;
}

export interface Circle {
  type: "circle";
  lat_deg: number;
  lon_deg: number;
  radius_m: number;
}
export interface Polygon {
  type: "polygon";
  outer: LatLon[];
  holes: LatLon[][];
}
export interface Corridor {
  type: "corridor";
  line: LatLon[];
  half_width_m: number;
}
export interface Group {
  type: "group";
  parts: (Circle | Polygon | Corridor)[];
}
export type Shape = Circle | Polygon | Corridor | Group;

export interface Declared {
  words: string;
  value: string;
  unit: string;
  means: "radius" | "diameter" | "across" | "not stated" | "";
  other_readings_m: number[];
}

export interface Geometry {
  type: string;
  coordinates: unknown;
}

export interface Zone {
  id: string;
  issuer: string;
  serial: number;
  version: number;
  name: string;
  shape: Shape;
  edge_rule: "geodesic" | "lonlat";
  rings: Ring[];
  lower: Limit | null;
  upper: Limit | null;
  hours: Hours[];
  effective: string | null;
  expires: string | null;
  review: string | null;
  declared: Declared;
  applies_to: string[];
  asks: string;
  exempt: string[];
  purpose: string;
  standings: Standing[];
  withdrawn: boolean;
  active: boolean;
  outline: Geometry | null;
  ring_outlines: { name: string; offset_m: number; outline: Geometry }[];
  holders: { party: string; version: number; since: string }[];
}

/** What a person gives for a zone: the node adds version, outlines and holders. */
export type ZoneDraft = Omit<Zone, "version" | "active" | "outline" | "ring_outlines" | "holders" | "standings" | "withdrawn">;

export type MoverClass = "aircraft" | "vehicle" | "vessel" | "people" | "unknown";
export type ListName = "own" | "reserved" | "none";
export type TrackState = "live" | "coasting" | "last_known" | "closed" | "archived";

export interface Track {
  mover: string;
  slot: number | null;
  callsign: string | null;
  mover_class: MoverClass;
  list: ListName | null; // null is none
  label?: string | null; // the name a person here gave it
  state: TrackState;
  lat_deg: number | null;
  lon_deg: number | null;
  altitude: { baro_m: number | null; wgs84_m: number | null; amsl_m: number | null; agl_m: number | null };
  on_ground: boolean | null;
  speed_mps: number | null;
  track_deg: number | null;
  vertical_mps: number | null;
  accuracy_m: number | null;
  accuracy_stated: boolean;
  uncertainty_m: number | null;
  source: string | null;
  method: string | null;
  observed: string | null;
  heard: string | null;
  age_s: number | null;
  doubts: string[];
  disputed_m?: number | null; // how far apart two sources put it that cannot both be right
}

export interface Claim {
  [field: string]: unknown;
}

export interface TrackDetail {
  track: Track;
  claims: Claim[];
  reports: (Partial<Track> & { used?: boolean })[];
  alarms: string[];
}

export interface Refusal {
  at: string;
  field: string;
  value: string;
  accepted: string;
  mover: string | null;
  position: string | null;
}

export interface Feed {
  source: string;
  kind: string;
  where: string;
  state: "up" | "refusing" | "refused" | "late" | "down" | "connecting" | "off";
  since: string;
  last_heard: string | null;
  age_s: number | null;
  reports: number;
  refused: number;
  refusals: Refusal[];
  why: string | null;
}

export interface Incident {
  id: string;
  mover: string;
  zone: string;
  opened: string;
  closed: string | null;
  state: string;
  alarms: string[];
  headline: string;
}

export interface TimelineRow {
  at: string;
  uncertainty_ms: number | null;
  index: number | null;
  kind: string;
  who: string | null;
  says: string;
  evidence: unknown;
  gap: { from: string; to: string } | null;
}

export interface Notice {
  id: string;
  zone: string;
  zone_name: string;
  to: string;
  over: string;
  made: string;
  made_by: string;
  valid_until: string;
  state: "made" | "opened" | "read_back" | "mismatch" | "confirmed" | "revoked" | "expired";
  opened_at: string | null;
  answered_at: string | null;
  answered_by: string | null;
  read_back: Record<string, unknown> | null;
  differs: string[];
  red: boolean;
  talk?: string | null; // the message of the line that it tells a unit of
  unit?: string | null;
  answered_role?: string | null;
  tries?: number; // uses of the link that were refused
  link?: string;
  link_qr?: string; // a data: address of an SVG
  link_note?: string;
}

/** What stands against the picture as a whole; it stays until it is over and a person saw it. */
export interface Condition {
  id: string;
  what: "gnss_suspect" | "picture_full" | "two_places" | "frozen" | "disk";
  priority: Priority;
  since: string;
  over: string | null;
  count: number; // movers; reports turned away where the picture is full
  movers: string[]; // the newest
  says: string;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
}

export interface NodeState {
  name?: string;
  party: string;
  watching: boolean;
  why: string | null;
  started: string;
  now: string;
  clock: {
    offset_ms: number | null;
    uncertainty_ms: number | null;
    synchronised: boolean | null;
    jumped?: { at: string; by_ms: number } | null;
  };
  exercise: boolean;
  movers: number;
  bound: number;
  limit: number;
  archived: number;
  turned_away?: number; // reports of new movers not followed because the picture was full
  conditions?: Condition[];
  record: { size: number; root: string; at: string };
  local_zone: string;
  counterpart_zone: string | null;
}

export interface Health {
  alarms_10min: number;
  alarms_hour: number;
  per_10min_average: number;
  peak_10min: number;
  stale: number;
  chattering: string[];
}

export interface Picture {
  seq: number;
  node: NodeState;
  zones: Zone[];
  alarms: Alarm[];
  feeds: Feed[];
  incidents: Incident[];
  notices: Notice[];
  lines?: (Line & { talks: Talk[] })[];
  escalations?: Escalation[]; // those that run
  health: Health;
}

export interface Entry {
  index: number;
  at?: string;
  kind: string;
  who: string | null;
  role?: string | null;
  says: string;
}

export interface Reading {
  form: string;
  lat_deg: number;
  lon_deg: number;
  mgrs: string;
  dms: string;
  ddm: string;
  dd: string;
  near: string | null;
}

export interface SlotName {
  mover: string;
  callsign: string | null;
  mover_class: MoverClass;
  list: ListName;
  state: TrackState;
}

export interface ApiError {
  code: string;
  message: string;
  field?: string;
  value?: string;
  accepted?: string;
  remedy?: string;
}
