/** What of the line waits for a person here, and in which order messages and custody chains are shown. */

import type { Custody, Due, Escalation, Hop, Line, Station, Talk, Thing } from "../model/line";

export const THINGS: readonly Thing[] = ["received", "seen", "understood", "passed_on", "acted"];
const OVER = new Set(["expired", "superseded", "withdrawn"]);

/** One talk has one name on one line; two lines may use the same one. */
export const talkKey = (talk: { party: string; id: string }): string => `${talk.party} ${talk.id}`;

export const isOver = (talk: Talk): boolean => OVER.has(talk.states["life"] ?? "");
export const unseen = (talk: Talk): boolean => !talk.ours && !isOver(talk) && talk.states["seen"] === "not seen";
export const dueHere = (talk: Talk): boolean => talk.due.some((one) => one.acknowledged_by === null);
export const waits = (talk: Talk): boolean => dueHere(talk) || unseen(talk);

/** Up is the only state that needs nobody. */
export const isUp = (line: Line): boolean => line.state === "up" && !line.stopped;

/** What is due, each thing once: the same question raised at the second and third of its times stands since the first. */
export function dueOnce(due: readonly Due[]): Due[] {
  const found = new Map<string, Due>();
  for (const one of due) {
    const name = `${one.what} ${one.unit ?? ""} ${one.acknowledged_by === null}`;
    const had = found.get(name);
    if (!had || cmp(one.since, had.since) < 0) found.set(name, one);
  }
  return [...found.values()];
}

const GRAVITY = ["critical", "warning", "advisory"];

/** Who is told of what, outside: what nobody here has acknowledged first, then the gravest, then the oldest. */
export const escalationOrder = (all: Iterable<Escalation>): Escalation[] =>
  [...all].sort(
    (a, b) =>
      Number(a.acknowledged_by !== null) - Number(b.acknowledged_by !== null) || GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity) || cmp(a.since, b.since),
  );

/** The newest trial of a path, while it runs: what is known of the path. */
export const trialOf = (all: Iterable<Escalation>, path: string): Escalation | undefined =>
  [...all].filter((one) => one.due === "try" && one.told.some((each) => each.path === path)).sort((a, b) => cmp(b.since, a.since))[0];

/** What came of it is not what should have come: somebody has to be reached another way. */
export const wantsOtherPath = (talk: Talk): boolean =>
  !isOver(talk) && (talk.due.length > 0 || ["differs", "stopped", "no reply"].includes(talk.headline) || (talk.result !== null && talk.result.outcome !== "agrees"));

/** Lines that a person has to know of whatever is being done: nothing gets through, or what does contradicts itself. */
export const broken = (lines: Iterable<Line>): Line[] => [...lines].filter((line) => line.stopped || !["up", "silent", "never met"].includes(line.state));

/** How many things of the line want a person: lines that are not up or miss a notice, and messages with something due or not yet seen. */
export const waiting = (lines: Iterable<Line>, talks: Iterable<Talk>): number =>
  [...lines].filter((line) => !isUp(line) || (line.notices?.missing.length ?? 0) > 0 || (line.unusable?.length ?? 0) > 0).length + [...talks].filter(waits).length;

/** A FLASH of a counterpart that nobody here has said to have seen: shown over whatever is being done. */
export const flashes = (talks: Iterable<Talk>): Talk[] =>
  [...talks].filter((talk) => unseen(talk) && talk.precedence === "flash").sort((a, b) => cmp(a.queued, b.queued));

const cmp = (a: string | null, b: string | null): number => ((a ?? "") < (b ?? "") ? -1 : (a ?? "") > (b ?? "") ? 1 : 0);

/** What waits first, then the newest. */
export const inOrder = (talks: Iterable<Talk>): Talk[] =>
  [...talks].sort((a, b) => Number(waits(b)) - Number(waits(a)) || cmp(b.queued, a.queued));

const rank = (custody: Custody): number => (custody.closed ? 3 : custody.status === "told" ? 2 : custody.status === "partly told" ? 1 : 0);

/** Messages that are carried to a unit: the open ones of which nobody says that the unit was told, then the rest; newest first. */
export const boardOrder = (talks: Iterable<Talk>): Talk[] =>
  [...talks]
    .filter((talk) => talk.custody !== null)
    .sort((a, b) => rank(a.custody as Custody) - rank(b.custody as Custody) || cmp(b.queued, a.queued));

/** Carried messages about a mover that still stand. */
export const aboutMover = (talks: Iterable<Talk>, mover: string): Talk[] =>
  boardOrder(talks).filter((talk) => talk.mover === mover && !talk.custody?.closed);

export const red = (custody: Custody): boolean => !custody.closed && custody.status !== "told";

/** The units by name that nobody is known to have told: what a form offers, so that one unit is not written in two ways. */
export const unitsMissing = (custody: Custody | null): string[] => (custody?.not_told ?? []).filter((unit): unit is string => unit !== null);

export interface Branch {
  station: Station | null; // null: a unit of which nobody says that it was told
  unit: string | null; // its name then; null where nobody knows it
  below: Branch[];
}

const key = (name: string): string => name.trim().toLocaleLowerCase("en").replace(/\s+/g, " ");

/**
 * Sender, desk, units, as a tree. Units that must be told and stand nowhere hang where the branch ends, so that what is missing
 * is seen as missing and not only not seen.
 */
export function treeOf(custody: Custody): Branch[] {
  const branches = new Map<string, Branch>();
  for (const station of custody.stations) branches.set(key(station.name), { station, unit: null, below: [] });
  const roots: Branch[] = [];
  for (const branch of branches.values()) {
    const above = branch.station && !circles(branch.station, branches) ? branches.get(key(branch.station.via ?? "")) : undefined;
    (above?.below ?? roots).push(branch);
  }
  const open = custody.not_told.filter((unit) => unit === null || !branches.has(key(unit)));
  const last = endOf(custody, branches) ?? roots.at(-1);
  for (const unit of open) (last?.below ?? roots).push({ station: null, unit, below: [] });
  return roots;
}

/** Whether the way up from a station comes back to it: it then stands alone, so that none is lost from the board. */
function circles(from: Station, branches: Map<string, Branch>): boolean {
  let via = from.via;
  for (let i = 0; via && i <= branches.size; i++) {
    if (key(via) === key(from.name)) return true;
    via = branches.get(key(via))?.station?.via ?? null;
  }
  return false;
}

/** The station where what is missing should have gone on from: the one branch that has not come to a unit. */
function endOf(custody: Custody, branches: Map<string, Branch>): Branch | undefined {
  const ends = custody.stations.filter((one) => one.end && one.end.standing !== "unit");
  const end = ends.length === 1 ? ends[0] : custody.stations[1];
  return end && branches.get(key(end.name));
}

/** In the order in which they were entered. */
export const hopsOf = (station: Station): Hop[] => [...station.hops].sort((a, b) => a.number - b.number);
