import { dialog, perform } from "../../actions";
import { beat, linesHeard_ms, link, may, node, nodeNow } from "../../model/store";
import type { Connection, Line } from "../../model/line";
import { age, number, shortZ } from "../../pure/format";
import { isUp } from "../../pure/line";
import { fill, many, s } from "../../strings";
import { Fact } from "../../views/bits";
import { OtherPath } from "./OtherPath";
import { answerSays } from "./state";

const ms = (value: number): string => (Math.abs(value) >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} ms`);

/** Their clock against ours, never without how far that may be off. */
function clockSaid(seen: Connection | null): string {
  if (!seen || seen.offset_ms === null || seen.delay_ms === null) return s.notKnown;
  const within = ms(Math.max(0.1, seen.delay_ms / 2));
  if (Math.abs(seen.offset_ms) <= seen.delay_ms / 2) return fill(s.line.clockEqual, { within });
  const way = seen.offset_ms > 0 ? s.line.clockAhead : s.line.clockBehind;
  return fill(s.line.clockSaid, { by: ms(Math.abs(seen.offset_ms)), way, within });
}

/** When they were heard, counted on by this machine between frames. */
function heardSaid(seen: Connection | null): string {
  beat.value;
  if (!seen || seen.silent_s === null) return s.line.never;
  return fill(s.line.heardAgo, { age: age(seen.silent_s + Math.max(0, Date.now() - linesHeard_ms.value) / 1000) });
}

function deskSaid(seen: Connection | null): string {
  const said = seen?.status;
  if (!said) return s.notStated;
  const staffed = said.staffed === null ? s.line.deskUnsaid : said.staffed ? s.line.deskStaffed : s.line.deskUnstaffed;
  return [staffed, said.officer, said.role, shortZ(new Date(said.at / 1000).toISOString(), nodeNow())].filter(Boolean).join(", ");
}

export function Stopped({ line }: { line: Line }) {
  if (!line.stopped) return null;
  return (
    <div class="stopped" role="alert">
      <p><b>{fill(s.line.nothingSigned, { party: line.party, why: line.stopped })}</b></p>
      <p>{s.line.telephone}</p>
    </div>
  );
}

function settle(line: Line): void {
  dialog.value = {
    title: fill(s.line.settleTitle, { party: line.party }),
    body: line.why,
    field: s.line.settleWhy,
    go: () => s.line.settleDo,
    done: async (reason) => (await perform("line.settle", { to: line.party, lane: null, reason })) !== null,
  };
}

function end(line: Line): void {
  dialog.value = {
    title: fill(s.line.removeTitle, { party: line.party }),
    field: s.line.removeWhy,
    go: () => s.line.removeDo,
    done: async (reason) => (await perform("counterpart.remove", { to: line.party, reason })) !== null,
  };
}

function enterHad(line: Line, number: number): void {
  const words = s.line.notices;
  dialog.value = {
    title: fill(words.hadTitle, { n: number, party: line.party }),
    field: words.hadField,
    go: () => words.hadDo,
    done: async (says) => (await perform("line.had", { to: line.party, number, how: words.hadHow, says })) !== null,
  };
}

/** Notices of theirs that are not here: which, since when, whether they were asked, and a way to say that one came. */
function MissingNotices({ line }: { line: Line }) {
  const { missing = [], odd = null, upto = 0 } = line.notices ?? {};
  const words = s.line.notices;
  return (
    <>
      {missing.map((one) => (
        <p key={one.number} class="means missing">
          <b class="red">{fill(words.missing, { n: one.number })}</b> {one.since && fill(words.since, { at: shortZ(one.since, nodeNow()) })}{" "}
          {one.answer ? fill(words.answered, { answer: answerSays(one.answer) }) : one.asked ? fill(words.asked, { id: one.asked }) : words.notAsked}{" "}
          {may("operator") && <button type="button" class="quiet" onClick={() => enterHad(line, one.number)}>{words.had}</button>}
        </p>
      ))}
      {odd !== null && <p class="means missing"><b class="red">{fill(words.odd, { n: odd, upto })}</b></p>}
    </>
  );
}

/** One line as an instrument: how it is, since when, and what that rests on. Silence is shown as silence. */
export function Instrument({ line }: { line: Line }) {
  const seen = line.connection;
  const up = isUp(line);
  const stale = link.value === "stale"; // our own node is not heard: nothing here is known to be so any more
  const known = s.line.state[line.state] ?? line.state;
  const contradicts = ["fork", "put back", "they were put back"].includes(line.state);
  return (
    <section class={`instrument ${up && !stale ? "" : "off"} ${stale ? "old" : ""}`} aria-label={line.party}>
      <p class="first">
        <strong class="who">{line.party}</strong>
        {stale ? <span class="linestate late">{fill(s.line.lastKnown, { state: known })}</span> : <span class={`linestate ${up ? "up" : contradicts || line.stopped ? "bad" : "late"}`}>{known}</span>}
        {line.since && <span class="calm">{fill(s.line.since, { at: shortZ(line.since, nodeNow()) })}</span>}
      </p>
      <Stopped line={line} />
      {!up && !line.stopped && (
        <p class="means">
          {s.line.stateMeans[line.state]} {line.why && <span class="break">{line.why}.</span>} {s.line.path.wanted}
        </p>
      )}
      {!up && <OtherPath line={line} loud />}
      {up && line.why && <p class="means break">{line.why}</p>}
      {up && line.fell && may("operator") && (
        <button type="button" class="quiet" onClick={() => void perform("line.noted", { to: line.party })}>{s.line.noted}</button>
      )}
      {(line.unusable ?? []).map((one) => (
        <p key={one.talk} class="means missing" role="alert"><b class="red">{one.says}.</b> <bdi>{one.talk}</bdi></p>
      ))}
      <MissingNotices line={line} />
      <dl class="gauges">
        <Fact name={s.line.heard}>{heardSaid(seen)}</Fact>
        <Fact name={s.line.waitingOf}>{line.waiting ? <b>{many(s.line.waitingCount, line.waiting)}</b> : s.line.noWaiting}</Fact>
        <Fact name={s.line.clock}>{clockSaid(seen)}</Fact>
        <Fact name={s.line.cosigned}>
          {seen?.cosigned ? fill(s.line.cosignedOf, { n: number(seen.cosigned), of: number(Math.max(seen.cosigned, node.value?.record.size ?? 0)) }) : s.line.cosignedNone}
        </Fact>
        <Fact name={s.line.desk}>{deskSaid(seen)}</Fact>
      </dl>
      {up && <OtherPath line={line} loud={(line.unusable ?? []).length > 0} />}
      {(((contradicts || line.unwitnessed) && may("supervisor")) || may("administrator")) && (
        <div class="row wrap">
          {(contradicts || line.unwitnessed) && may("supervisor") && <button type="button" onClick={() => settle(line)}>{s.line.settle}</button>}
          {may("administrator") && (
            <details>
              <summary>{s.line.words}</summary>
              <p class="words four">{line.words}</p>
              <button type="button" class="quiet" onClick={() => end(line)}>{s.line.remove}</button>
            </details>
          )}
        </div>
      )}
    </section>
  );
}
