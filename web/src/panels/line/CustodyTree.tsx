import { useSignal } from "@preact/signals";
import { may, nodeNow, session } from "../../model/store";
import type { Custody, Hop, Station, Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { type Branch, hopsOf, treeOf } from "../../pure/line";
import { fill, s } from "../../strings";
import { HopForm } from "./HopForm";
import { Headline } from "./marks";
import { GoneHops, mayTakeBack, TakeBack } from "./TakeBack";
import { UnitsForm } from "./UnitsForm";

/** One statement: what, when, how, by whom, and who says so. */
function Statement({ talk, hop }: { talk: Talk; hop: Hop }) {
  const words = s.line.custody;
  const what = hop.stopped ? words.stopped : (words.grades[hop.grade] ?? hop.grade);
  return (
    <li class={`statement ${hop.stopped ? "red" : ""}`}>
      <b>{what}</b> <time>{shortZ(hop.at, nodeNow())}</time> {words.hows[hop.how] ?? hop.how}
      {hop.by && <> {fill(words.by, { who: hop.by })}</>}
      {hop.stopped && <b class="block">{hop.stopped}</b>}
      <span class="block calm">
        {fill(words.says, { who: hop.says })}
        {hop.by_hand && <> · {words.byHand}</>}
        {hop.detail && <> · <bdi>{hop.detail}</bdi></>}
      </span>
      {mayTakeBack(talk, hop) && <TakeBack talk={talk} number={hop.number} over={!hop.by_hand} />}
    </li>
  );
}

function endWords(station: Station): string {
  const standing = station.end?.standing;
  if (!standing) return "";
  return { stopped: s.line.custody.deadEnd, overdue: s.line.custody.overdue, waiting: s.line.custody.waiting, unit: s.line.custody.told }[standing];
}

function role(station: Station, talk: Talk): string {
  if (station.name === session.value?.party) return s.line.custody.us;
  if (station.name === talk.party) return s.line.custody.them;
  return station.last ? s.line.custody.unit : "";
}

function Node({ of, talk }: { of: Branch; talk: Talk }) {
  const { station } = of;
  if (!station) {
    return (
      <li class="station missing">
        <p class="name">{of.unit === null ? s.line.custody.noUnit : fill(s.line.custody.unitNot, { unit: of.unit })}</p>
      </li>
    );
  }
  const known = role(station, talk);
  const closed = Boolean(talk.custody?.closed);
  return (
    <li class={`station ${station.end?.red && !closed ? "red" : ""} ${station.last ? "unit" : ""}`}>
      <p class="name">
        <b><bdi>{station.name}</bdi></b> {known && <small>{known}</small>}
        {station.end && !closed && <span class={`standing ${station.end.red ? "red" : ""}`}>{endWords(station)}</span>}
      </p>
      {station.hops.length > 0 ? (
        <ul class="statements">{hopsOf(station).map((hop) => <Statement key={hop.number} talk={talk} hop={hop} />)}</ul>
      ) : (
        station.name !== talkSender(talk) && <p class="calm">{s.line.custody.nothing}</p>
      )}
      {of.below.length > 0 && <ul class="tree">{of.below.map((one, i) => <Node key={i} of={one} talk={talk} />)}</ul>}
    </li>
  );
}

const talkSender = (talk: Talk): string | undefined => (talk.ours ? session.value?.party : talk.party);

/** Sender, desk, units: every statement where it belongs, dead ends in red, and what is missing drawn as missing. */
export function CustodyTree({ talk, custody, headline = true }: { talk: Talk; custody: Custody; headline?: boolean }) {
  const doing = useSignal<"" | "hop" | "units">("");
  const close = (): void => {
    doing.value = "";
  };
  return (
    <div class="custody">
      {headline && <Headline custody={custody} />}
      {custody.starts && <p class="calm">{fill(s.line.custody.begins, { at: shortZ(custody.starts, nodeNow()) })}</p>}
      <ul class="tree root">{treeOf(custody).map((one, i) => <Node key={i} of={one} talk={talk} />)}</ul>
      <GoneHops hops={custody.taken_back} />
      {custody.closed && <p class="calm">{fill(s.line.custody.closed, { at: shortZ(custody.closed, nodeNow()) })}</p>}
      {may("operator") && doing.value === "" && (
        <p class="row wrap">
          <button type="button" onClick={() => (doing.value = "hop")}>{s.line.custody.enter}</button>
          {!custody.closed && <button type="button" onClick={() => (doing.value = "units")}>{s.line.custody.nameUnits}</button>}
        </p>
      )}
      {doing.value === "hop" && <HopForm talk={talk} custody={custody} close={close} />}
      {doing.value === "units" && <UnitsForm talk={talk} custody={custody} close={close} />}
    </div>
  );
}
