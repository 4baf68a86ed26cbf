import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import { lines, may, nodeNow } from "../../model/store";
import type { Back, GoneHop, Hop, Statement, Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { isUp } from "../../pure/line";
import { fill, s } from "../../strings";

/** What becomes of it at the other end, before anybody presses. */
function reach(talk: Talk, over: boolean): string {
  const words = s.line.custody;
  if (!over) return fill(words.backHere, { party: talk.party });
  if (talk.ours) return fill(words.backTheirs, { party: talk.party });
  const line = lines.value.get(talk.party);
  const down = line && !isUp(line) ? fill(words.backWaits, { party: talk.party }) : "";
  return [fill(words.backBoth, { party: talk.party }), down].filter(Boolean).join(" ");
}

/** Two steps: a statement that is taken back makes the mover as little warned as before it. */
export function TakeBack({ talk, number, over }: { talk: Talk; number: number | string; over: boolean }) {
  const sure = useSignal(false);
  const why = useSignal("");
  if (!may("operator")) return null;
  if (!sure.value) return <button type="button" class="quiet" onClick={() => (sure.value = true)}>{s.line.custody.takeBack}</button>;
  const go = (): void => {
    void perform("line.take_back", { to: talk.party, talk: talk.id, number, reason: why.value.trim() });
  };
  return (
    <span class="row wrap sure">
      {s.line.custody.takeBackWhy} <b>{reach(talk, over)}</b>
      <label>{s.line.custody.backReason} <input maxLength={120} value={why.value} onInput={(e) => (why.value = e.currentTarget.value)} /></label>
      <button type="button" onClick={go}>{s.line.custody.takeBackDo}</button>
      <button type="button" class="quiet" onClick={() => (sure.value = false)}>{s.cancel}</button>
    </span>
  );
}

/** What was stored, and what the other desk saw or understood, is a signed statement of the other node: not ours to take back. */
export function mayTakeBack(talk: Talk, hop: Hop): boolean {
  if (talk.custody?.closed) return false;
  if (hop.by_hand || hop.stopped) return true;
  return talk.ours ? !["stored", "seen", "understood"].includes(hop.grade) : hop.grade !== "stored";
}

const Said = ({ back }: { back: Back }) => (
  <span class="block calm">
    <b>{fill(s.line.custody.takenBack, { who: back.by, at: shortZ(back.at, nodeNow()) })}</b>
    {back.why && <> · <bdi>{back.why}</bdi></>}
    {back.sent === false && <> · {s.line.custody.neverSent}</>}
  </span>
);

function Gone({ hop }: { hop: GoneHop }) {
  const words = s.line.custody;
  return (
    <li class="statement gone">
      <s>
        <bdi>{hop.to}</bdi>: {hop.stopped ? words.stopped : (words.grades[hop.grade] ?? hop.grade)} {shortZ(hop.at, nodeNow())} {words.hows[hop.how] ?? hop.how} {fill(words.says, { who: hop.says })}
      </s>
      <Said back={hop.taken_back} />
    </li>
  );
}

/** Statements of the custody chain that do not stand any more. */
export function GoneHops({ hops = [] }: { hops?: GoneHop[] | undefined }) {
  return hops.length === 0 ? null : <ul class="statements">{hops.map((hop) => <Gone key={hop.number} hop={hop} />)}</ul>;
}

/** Statements that are in no custody chain: an answer, a read-back, seen of a question. */
export function OtherStatements({ talk }: { talk: Talk }) {
  const others = (talk.statements ?? []).filter((one) => one.hops.length === 0 && (one.taken_back || one.ours));
  if (others.length === 0) return null;
  const says = (one: Statement): string => `${s.line.custody.events[one.what] ?? one.what} ${shortZ(one.at, nodeNow())} ${one.who ?? one.party}`;
  return (
    <ul class="statements">
      {others.map((one, i) => (
        <li key={i} class={`statement ${one.taken_back ? "gone" : ""}`}>
          {one.taken_back ? <><s>{says(one)}</s><Said back={one.taken_back} /></> : says(one)}{" "}
          {!one.taken_back && one.number && <TakeBack talk={talk} number={one.number} over />}
        </li>
      ))}
    </ul>
  );
}
