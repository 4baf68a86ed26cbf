import { useSignal } from "@preact/signals";
import type { Talk } from "../../model/line";
import { many, fill, s } from "../../strings";
import { firstLanguage } from "./state";

export const languageName = (tag: string): string => s.line.languages[tag] ?? tag;

/** One text in its own direction: nothing in it can reorder what stands around it. */
export const Text = ({ tag, text }: { tag: string; text: string }) => (
  <blockquote class="message" lang={tag} dir="auto">
    {text.split("\n").map((one, i) => <p key={i} dir="auto">{one}</p>)}
  </blockquote>
);

/** Several languages: the operator's first, the others behind a switch. */
export function Texts({ text }: { text: Record<string, string> }) {
  const open = useSignal(false);
  const first = firstLanguage(text);
  const others = Object.keys(text).filter((tag) => tag !== first);
  if (first === undefined) return <p class="calm">{s.line.noText}</p>;
  return (
    <>
      <Text tag={first} text={text[first] ?? ""} />
      {others.length > 0 && (
        <p>
          <button type="button" class="quiet" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
            {many(s.line.otherLanguages, others.length)}: {others.map(languageName).join(", ")}
          </button>
        </p>
      )}
      {open.value && others.map((tag) => <Text key={tag} tag={tag} text={text[tag] ?? ""} />)}
    </>
  );
}

/** Whether our own node writes the same from the same slots. Only that it does not, or cannot, is said loudly. */
function Checked({ talk }: { talk: Talk }) {
  if (!talk.checked) return null;
  const { verdict, why } = talk.checked;
  if (verdict === "same") return <p class="calm">{s.line.checkedSame}</p>;
  const words = verdict === "differs" ? s.line.differsFromTemplate : s.line.notChecked;
  return <p class={`verdict ${verdict === "differs" ? "red" : ""}`}><b>{fill(words, { why })}</b></p>;
}

/** Everything that was said in one message. */
export function Message({ talk }: { talk: Talk }) {
  return (
    <section class="said" aria-label={s.line.text}>
      <Checked talk={talk} />
      <Texts text={talk.text} />
      {talk.free && (
        <div class="free">
          <p class="calm"><b>{talk.ours ? s.line.freeOurs : s.line.free}</b> · {s.line.freeNote}</p>
          <p dir="auto">{talk.free}</p>
        </div>
      )}
      <details>
        <summary>{s.line.slots}</summary>
        <dl class="slots">
          {Object.entries(talk.params).map(([name, value]) => (
            <div key={name}>
              <dt><code>{name}</code></dt>
              <dd><bdi>{String(value)}</bdi></dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
