import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import { may, nodeNow } from "../../model/store";
import type { CoreOffer, Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { fill, s } from "../../strings";

const words = s.line.core;

/** One core that was offered, and what became of it. No answer is said as no answer. */
function Offered({ talk, one }: { talk: Talk; one: CoreOffer }) {
  const now = nodeNow();
  const theirs = one.by === talk.party;
  const bad = one.state === "refuses" || one.held !== "same";
  return (
    <li>
      <span class="block">
        {fill(words.offered, { party: one.by, who: one.who, at: shortZ(one.at, now) })} <code>{one.core.slice(0, 16)}…</code>
      </span>
      <b class={bad ? "red" : ""}>{words.states[one.state]}</b>{" "}
      <span class="calm">
        {one.answered && fill(words.answered, { who: one.answered_by ?? s.notKnown, at: shortZ(one.answered, now) })}
        {one.why && ` · ${one.why}`}
      </span>
      {theirs && <span class={one.held === "same" ? "block calm" : "block verdict red"}>{words.held[one.held]}</span>}
    </li>
  );
}

/** The shared core of a conversation: what both nodes hold of it alike, signed by both, or refused with a reason. */
export function SharedCore({ talk }: { talk: Talk }) {
  const why = useSignal("");
  const reason = useSignal("");
  const core = talk.core;
  if (!core || !talk.number) return null;
  const about = { to: talk.party, talk: talk.id };
  const open = core.offers.filter((one) => one.by === talk.party && one.state === "no answer").at(-1);
  const whole = why.value !== "" && (why.value !== "other" || reason.value.trim() !== "");
  const refuse = async (event: Event): Promise<void> => {
    event.preventDefault();
    const more = reason.value.trim() ? { reason: reason.value.trim() } : {};
    if ((await perform("core.refuse", { ...about, why: why.value, ...more })) === null) return;
    why.value = reason.value = "";
  };
  return (
    <section class="core" aria-label={words.title}>
      <h3>{words.title}</h3>
      <p class="calm">{words.note}</p>
      {core.offers.length > 0 && <ul>{core.offers.map((one, i) => <Offered key={i} talk={talk} one={one} />)}</ul>}
      {may("operator") && !open && <button type="button" onClick={() => void perform("core.offer", about)}>{words.offer}</button>}
      {may("operator") && open && (
        <form onSubmit={(event) => void refuse(event)}>
          <button type="button" class="main" disabled={open.held !== "same"} onClick={() => void perform("core.agree", about)}>{words.agree}</button>
          <div class="row wrap">
            <select aria-label={words.why} value={why.value} onChange={(e) => (why.value = e.currentTarget.value)}>
              <option value="">{words.why}</option>
              {Object.entries(words.reasons).map(([word, says]) => <option key={word} value={word}>{says}</option>)}
            </select>
            <input dir="auto" aria-label={words.reason} placeholder={words.reason} maxLength={200} value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
            <button type="submit" disabled={!whole}>{words.refuse}</button>
          </div>
        </form>
      )}
    </section>
  );
}
