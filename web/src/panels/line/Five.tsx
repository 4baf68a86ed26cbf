import { nodeNow } from "../../model/store";
import type { Stated, Talk, Thing } from "../../model/line";
import { distance, metres, shortZ } from "../../pure/format";
import { THINGS } from "../../pure/line";
import { fill, s } from "../../strings";
import { slotName } from "./SlotFields";
import { answerSays } from "./state";
import { OtherStatements } from "./TakeBack";

const person = (said: Stated): string => [said.who, said.role].filter(Boolean).join(", ") || said.party;

/** Who and when. A receipt is a machine's: no person is named, and that is said. Understood is two: who read back, who compared. */
function Who({ said, thing, talk }: { said: Stated; thing: Thing; talk: Talk }) {
  const read = thing === "understood" ? talk.read_back : null;
  if (read) {
    return (
      <>
        <time>{shortZ(read.at, nodeNow())}</time> <bdi>{person(read)}</bdi>
        <span class="block calm">{fill(s.line.comparedBy, { party: said.party, at: shortZ(said.at, nodeNow()) })}</span>
      </>
    );
  }
  const machine = thing === "received";
  const who = machine && !said.who ? (talk.ours ? s.line.machine : s.line.machineOurs) : person(said);
  return (
    <>
      <time>{shortZ(said.at, nodeNow())}</time> <bdi>{who}</bdi>
    </>
  );
}

/** What stands beside a thing that is not stated, and is no statement of it: a read-back that differs, a branch that stopped. */
function beside(talk: Talk, thing: Thing): { words: string; bad: boolean } | null {
  const state = talk.states;
  if (thing === "understood" && state["read_back"] === "differs") return { words: s.line.readBackDiffers, bad: true };
  if (thing === "understood" && state["read_back"] === "read back") return { words: s.line.readBackWaiting, bad: false };
  if (thing === "passed_on" && state["passed_on"] === "stopped") return { words: s.line.stoppedThere, bad: true };
  return null;
}

const slotNames = (names: string[]): string => names.map(slotName).join(", ");

/** What the sender's node found when it compared. */
export function Compared({ talk }: { talk: Talk }) {
  const found = talk.result;
  if (!found) return null;
  const words = s.line.result;
  const off = found.offset_m === null ? "" : fill(words.offset, { d: distance(found.offset_m), most: metres(found.tolerance_m) });
  const bad = found.outcome !== "agrees";
  return (
    <p class={`compared ${bad ? "red" : ""}`}>
      <b>{bad ? words.notConfirmed : s.line.agrees}</b> {off}
      {found.against && <b class="block">{fill(words.against, { why: found.against })}</b>}
      {found.differs.length > 0 && <> {fill(words.fields, { names: slotNames(found.differs) })}</>}
      {found.missing.length > 0 && <> {fill(words.missing, { names: slotNames(found.missing) })}</>}
    </p>
  );
}

/** Five things, each with its own statement or none: never one sign for all. */
export function Five({ talk }: { talk: Talk }) {
  const reply = talk.answers.length > 0;
  const standby = talk.states["answer"] === "standby";
  return (
    <section class="five" aria-label={s.line.thingsTitle}>
      <h3>{s.line.thingsTitle}</h3>
      <dl>
        {THINGS.map((thing) => {
          const said = talk.five[thing];
          const other = said ? null : beside(talk, thing);
          return (
            <div key={thing} class={said ? "said" : "unsaid"}>
              <dt>{s.line.things[thing][0]} <small>{s.line.things[thing][1]}</small></dt>
              <dd>
                {said ? <Who said={said} thing={thing} talk={talk} /> : <span class="calm">{s.line.notStated}</span>}
                {other && <b class={other.bad ? "red" : ""}>{other.words}</b>}
                {other && thing === "understood" && talk.read_back && (
                  <span class="block calm">
                    <time>{shortZ(talk.read_back.at, nodeNow())}</time> <bdi>{person(talk.read_back)}</bdi>
                  </span>
                )}
                {said?.word && thing === "acted" && <span class="block">{said.word.replaceAll("_", " ")}</span>}
              </dd>
            </div>
          );
        })}
        {reply && (
          <div class={talk.answer ? "said answer" : "unsaid answer"}>
            <dt>{s.line.answered}</dt>
            <dd>
              {talk.answer ? (
                <>
                  <b>{answerSays(talk.answer.word ?? "")}</b> <time>{shortZ(talk.answer.at, nodeNow())}</time> <bdi>{talk.answer.who ?? talk.answer.party}</bdi>
                </>
              ) : (
                <span class="calm">{standby ? s.line.standby : s.line.notAnswered}</span>
              )}
              {talk.states["reply"] === "no reply" && <b class="red">{s.line.noReply}</b>}
            </dd>
          </div>
        )}
      </dl>
      <OtherStatements talk={talk} />
    </section>
  );
}
