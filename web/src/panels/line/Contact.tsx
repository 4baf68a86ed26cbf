import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { inWords, perform } from "../../actions";
import { lines, may } from "../../model/store";
import { fill, s } from "../../strings";
import { Head } from "../../views/bits";
import { askOurLine, goHome, ourLine } from "./state";

const WORDS = 16;
const met = signal({ card: "", words: "", how: "" }); // what is begun stays, whatever is looked at meanwhile

/** Sixteen words in four lines: how they are read aloud. */
function Words({ of }: { of: string }) {
  const words = of.split(/\s+/).filter(Boolean);
  const rows = [0, 4, 8, 12].map((from) => words.slice(from, from + 4));
  return (
    <ol class="words">
      {rows.map((row, i) => <li key={i}>{row.map((word, j) => <span key={j}>{word}</span>)}</li>)}
    </ol>
  );
}

function OurCard() {
  const copied = useSignal(false);
  const ours = ourLine.value;
  const card = ours?.card;
  if (!card) return <p class="boxed">{ours ? s.line.meet.noCard : s.loading}</p>;
  const copy = (): void => void navigator.clipboard?.writeText(card).then(() => (copied.value = true)).catch(() => undefined);
  return (
    <section class="boxed" aria-label={s.line.meet.ours}>
      <h3>{s.line.meet.ours}</h3>
      <p class="calm">{s.line.meet.oursHint}</p>
      {(ours.urls ?? []).length === 0 ? <p><b>{s.line.meet.noUrl}</b></p> : <p class="break"><code>{ours.urls?.join(" ")}</code></p>}
      <p class="row">
        <input readOnly value={card.trim()} aria-label={s.line.meet.ours} onFocus={(e) => e.currentTarget.select()} />
        <button type="button" onClick={copy}>{copied.value ? s.copied : s.copy}</button>
        <a class="button" href={`data:application/json;charset=utf-8,${encodeURIComponent(card)}`} download="line-card.json">{s.line.meet.download}</a>
      </p>
      <h3>{s.line.meet.words}</h3>
      <p class="calm">{s.line.meet.wordsHint}</p>
      <Words of={ours.words ?? ""} />
    </section>
  );
}

function Theirs() {
  const has = met.value;
  const put = (next: Partial<typeof has>): void => {
    met.value = { ...has, ...next };
  };
  const heard = has.words.trim().toLowerCase().split(/[\s,]+/).filter(Boolean);
  const take = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { card: has.card.trim() + "\n", words: heard.join(" "), how: has.how.trim() };
    if ((await perform("counterpart.put", body)) === null) return;
    met.value = { card: "", words: "", how: "" };
    goHome();
  };
  if (!may("administrator")) return <p class="calm">{s.line.meet.admin}</p>;
  return (
    <form class="boxed edit" onSubmit={(event) => void take(event)}>
      <h3>{s.line.meet.theirs}</h3>
      <label>
        {s.line.meet.paste}
        <textarea rows={4} spellcheck={false} value={has.card} onInput={(e) => put({ card: e.currentTarget.value })} />
      </label>
      <label>
        {s.line.meet.heard}
        <textarea rows={4} spellcheck={false} autocomplete="off" value={has.words} onInput={(e) => put({ words: e.currentTarget.value })} />
        <small class="calm">{fill(s.line.meet.counted, { n: heard.length })}</small>
      </label>
      <label>
        {s.line.meet.how}
        <input maxLength={200} placeholder={s.line.meet.howHint} value={has.how} onInput={(e) => put({ how: e.currentTarget.value })} />
      </label>
      <p class="row end">
        <button type="submit" class="main" disabled={!has.card.trim() || heard.length !== WORDS || !has.how.trim()}>{s.line.meet.go}</button>
      </p>
    </form>
  );
}

/** A newer key manifest of ours, told to those who pinned the root that signed it: two presses, since every message hangs on it. */
function OurKeys() {
  const typed = useSignal({ manifest: "", certificates: "", to: "" });
  const sure = useSignal(false);
  const words = s.line.keys;
  const has = typed.value;
  const put = (next: Partial<typeof has>): void => {
    typed.value = { ...has, ...next };
    sure.value = false;
  };
  const tell = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!sure.value) {
      sure.value = true;
      return;
    }
    const body = { manifest: has.manifest.trim(), certificates: has.certificates.trim() ? has.certificates.trim() + "\n" : "", ...(has.to ? { to: has.to } : {}) };
    sure.value = false;
    if ((await perform("line.keys", body, words.told)) !== null) typed.value = { manifest: "", certificates: "", to: "" };
  };
  if (!may("administrator") || lines.value.size === 0) return null;
  return (
    <details class="boxed">
      <summary>{words.title}</summary>
      <form class="edit" onSubmit={(event) => void tell(event)}>
        <p class="calm">{words.hint}</p>
        <label>{words.manifest}<textarea rows={4} spellcheck={false} required value={has.manifest} onInput={(e) => put({ manifest: e.currentTarget.value })} /></label>
        <label>{words.certificates}<textarea rows={3} spellcheck={false} value={has.certificates} onInput={(e) => put({ certificates: e.currentTarget.value })} /></label>
        <label>
          {words.to}
          <select aria-label={words.to} value={has.to} onChange={(e) => put({ to: e.currentTarget.value })}>
            <option value="">{words.all}</option>
            {[...lines.value.keys()].map((party) => <option key={party} value={party}>{party}</option>)}
          </select>
        </label>
        <p class="row end">
          {sure.value && <b>{fill(words.sure, { party: has.to || words.all })}</b>}
          <button type="submit" class="main" disabled={!has.manifest.trim()}>{words.go}</button>
        </p>
      </form>
    </details>
  );
}

/** Two administrators take each other's card and compare sixteen words over another channel; nothing else opens a line. */
export function ContactView() {
  const wrong = useSignal("");
  useEffect(() => void askOurLine(true).catch((error: unknown) => (wrong.value = inWords(error))), []);
  return (
    <>
      <Head title={s.line.meet.title} back={goHome} />
      <div class="body">
        {wrong.value && <p class="boxed">{wrong.value}</p>}
        <OurCard />
        <Theirs />
        <OurKeys />
      </div>
    </>
  );
}
