/** The line as docs/api.md tells it: Line, Talk, Custody, and what can be composed. Null is "not stated", never "no". */

export type Precedence = "flash" | "immediate" | "priority" | "routine";
export type Thing = "received" | "seen" | "understood" | "passed_on" | "acted";
export type Params = Record<string, string | number>;

/** What the connections know of a counterpart; null while nobody has been heard. */
export interface Connection {
  silent_s: number | null;
  offset_ms: number | null; // their clock minus ours
  delay_ms: number | null; // and within how much that holds
  cosigned: number | null; // entries of our record that they have cosigned
  status: { at: number; staffed: boolean | null; officer: string; role: string } | null; // `at` in µs
}

/** Notices by number: the last we gave, the highest of theirs, those of theirs that are not here. */
export interface Notices {
  given: number;
  upto: number;
  missing: { number: number; since: string | null; why: string; asked: string | null; answer: string | null }[];
  odd: number | null; // one that does not follow and was not counted
}

export interface Line {
  party: string;
  line: string;
  fingerprint: string;
  words: string;
  state: string; // "up", "silent", "down", "never met", "fork", "put back", "they were put back", "later version"
  link?: string; // the connection alone
  why: string;
  since: string | null;
  stopped: string | null; // why nothing more is signed
  fell?: string | null; // that they were put back, until somebody here acknowledged it
  unwitnessed?: string | null; // that they cosign nothing of our log any more, and what to do
  waiting: number; // messages of ours without a receipt
  of: number;
  other_paths?: string[]; // as an administrator here entered them
  stated_path?: { text: string; at: string | null } | null; // as the counterpart says
  notices?: Notices;
  unusable?: { talk: string; number: string; why: string; since: string | null; says: string }[]; // stored, of no use here, not seen yet
  connection: Connection | null;
  gone?: boolean; // the line was ended
}

/** One statement, by one person or one node. */
export interface Stated {
  at: string | null;
  party: string;
  who: string | null;
  role: string | null;
  word: string | null;
}

export interface Hop {
  number: number;
  grade: string;
  how: string;
  by: string | null;
  says: string;
  at: string | null;
  stopped: string | null;
  detail: string | null;
  by_hand: boolean;
}

/** Who took a statement back, when and why; `sent` false: it never left. */
export interface Back {
  at: string | null;
  by: string;
  why: string | null;
  sent?: boolean;
}

export interface GoneHop extends Hop {
  to: string;
  taken_back: Back;
}

/** A statement over the line: `hops` are what it says in the custody chain, `number` is that of its message. */
export interface Statement {
  what: string;
  number: string | null;
  ours: boolean;
  at: string | null;
  party: string;
  who: string | null;
  hops: number[];
  taken_back: Back | null;
}

export interface Station {
  name: string;
  via: string | null;
  last: boolean; // a unit that can act
  end: { standing: "waiting" | "overdue" | "stopped" | "unit"; red: boolean } | null;
  hops: Hop[];
}

export interface Custody {
  status: "not warned" | "partly told" | "told";
  headline: string;
  units: string[];
  units_in_message?: string[]; // those of them that both desks began with
  not_told: (string | null)[]; // null: a unit that nobody knows
  starts: string | null;
  closed: string | null;
  stations: Station[];
  taken_back?: GoneHop[];
}

export interface Due {
  what: string;
  unit: string | null;
  since: string | null;
  acknowledged_by: string | null;
}

/** What came of comparing a read-back with what was said. */
export interface Result {
  outcome: string; // "agrees", "differs", "not confirmed"
  against?: string | null; // where the counterpart's result is not ours
  differs: string[];
  missing: string[];
  offset_m: number | null;
  tolerance_m: number | null;
}

/** A core that one side signed: how it stands to what our node holds, and what the other answered. */
export interface CoreOffer {
  by: string;
  core: string;
  upto: Record<string, number>;
  at: string | null;
  who: string;
  role: string;
  held: "same" | "differs" | "unknown";
  state: "no answer" | "agrees" | "refuses";
  answered: string | null;
  answered_by: string | null;
  why: string | null;
}

export interface Talk {
  id: string;
  party: string;
  ours: boolean;
  type: string;
  template?: string | null;
  precedence: Precedence;
  marker: string;
  exercise: boolean;
  queued: string | null;
  valid_until: string | null;
  answer_by: string | null;
  number: string | null; // null while it waits for the line
  notice?: number | null; // its number, where it is a notice
  seen_by?: string | null; // by when a person must have seen it, while nobody has
  telephone_at?: string | null; // and, of a notice, when its issuer telephones
  text: Record<string, string>;
  free: string;
  params: Params;
  answers: string[];
  readback: string[];
  checked: { verdict: string; why: string } | null;
  marks?: string[]; // what must be read beside it: it has no right to instruct, it is too long, a clock differs, it was over when it came
  unused: string | null; // why the receiver's node cannot use it
  headline: string;
  states: Record<string, string>;
  five: Record<Thing, Stated | null>;
  read_back?: Stated | null; // the newest one, whatever came of it
  answer: Stated | null;
  result: Result | null;
  lead: { says: string; too_late: boolean } | null;
  mover: string | null;
  custody: Custody | null;
  statements?: Statement[];
  core?: { upto: Record<string, number>; offers: CoreOffer[] };
  due: Due[];
}

export type SlotKind = "text" | "integer" | "distance" | "time" | "place" | "bearing" | "speed" | "altitude" | "choice" | "party" | "unit";

export interface Slot {
  name: string;
  kind: SlotKind;
  optional: boolean;
  most: number | null;
  least?: number | null;
  grid_1e7?: number;
  choices: string[] | null;
  says?: Record<string, string> | null; // what each choice says in the template's own language
}

export interface Template {
  id: string;
  version: number;
  types: string[];
  marker: string;
  precedence: Precedence[];
  answers: string[];
  readback: string[];
  describing?: string[]; // of these,
  at_least?: number; // so many must be stated
  slots: Slot[];
  text: string;
  what_to_do: string;
  languages: string[];
}

/** GET /api/v1/line */
export interface OurLine {
  card?: string;
  words?: string;
  fingerprint?: string;
  urls?: string[];
  templates: Template[];
  paths?: TellingPath[];
}

/** POST /api/v1/line/preview */
export interface Preview {
  text: Record<string, string>;
  left_out: Record<string, string>;
  slots: string[];
}

/** Who outside the console is told of one thing that is due. */
export interface Escalation {
  id: string;
  due: string;
  severity: "critical" | "warning" | "advisory";
  exercise: boolean;
  line: string | null;
  party: string | null;
  talk: string | null;
  unit: string | null;
  since: string | null;
  step: number; // 0 before the first
  steps: number;
  acknowledged_by: string | null;
  ended: string | null;
  told: Told[];
}

export interface Told {
  key: string;
  path: string;
  to: string;
  state: string; // "waiting", "sent", "not known", "failed for now", "failed for good", "not needed"
  attempt: number;
  at: string | null;
  why: string | null;
}

/** One way to people outside, as the settings name it. */
export interface TellingPath {
  name: string;
  kind: string;
  to: string;
  severities: string[];
  quiet: string;
}

/** GET /api/v1/line/translations */
export interface Translated {
  id: string;
  version: number;
  source: string;
  texts: Record<string, TranslatedText>;
}

export interface TranslatedText {
  lines: string[];
  choices: Record<string, Record<string, string>>;
  translator: string;
  approved: { reviewer: string; at: string | null } | null;
}
