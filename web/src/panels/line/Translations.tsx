/** Translations of what is sent, each beside its source, and a person's approval of one: until then it never leaves as FLASH. */

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { inWords, perform, signedIn } from "../../actions";
import { may, nodeNow, session } from "../../model/store";
import type { Translated, TranslatedText } from "../../model/line";
import { get } from "../../net/api";
import { shortZ } from "../../pure/format";
import { fill, s } from "../../strings";
import { Head } from "../../views/bits";
import { goHome } from "./state";
import { languageName } from "./Texts";

const words = s.line.translations;
const chosen = signal({ id: "", language: "" }); // looking elsewhere loses no place in a long comparison
const nameOfTemplate = (id: string): string => s.line.names[id] ?? id.replaceAll(".", " ").replaceAll("_", " ");

function Column({ tag, said }: { tag: string; said: TranslatedText }) {
  return (
    <div lang={tag} dir={tag === "ar" ? "rtl" : "ltr"} class="column">
      <h3 lang="en" dir="ltr">{languageName(tag)}</h3>
      <blockquote class="message">{said.lines.map((line, i) => <p key={i}>{line}</p>)}</blockquote>
      {Object.entries(said.choices).map(([list, each]) => (
        <ul key={list} class="choices" aria-label={list}>
          {Object.entries(each).map(([word, phrase]) => <li key={word}><code dir="ltr">{word}</code> {phrase}</li>)}
        </ul>
      ))}
    </div>
  );
}

/** Both texts, and two steps to approve: what is approved is exactly what stands here. */
function Compared({ of, language, again }: { of: Translated; language: string; again: () => void }) {
  const sure = useSignal(false);
  const source = of.texts[of.source];
  const said = of.texts[language];
  if (!source || !said) return null;
  const approve = async (): Promise<void> => {
    if ((await perform("template.approve", { template: of.id, language })) === null) return;
    sure.value = false;
    again();
  };
  return (
    <section aria-label={fill(words.compared, { language: languageName(language) })} class="comparing">
      <p><b>{nameOfTemplate(of.id)}</b> <span class="calm">{fill(words.version, { v: of.version })} · {said.translator ? fill(words.by, { who: said.translator }) : words.byUnknown}</span></p>
      <div class="columns">
        <Column tag={of.source} said={source} />
        <Column tag={language} said={said} />
      </div>
      <p class="calm">{words.holes}</p>
      {said.approved ? (
        <p><b>{fill(words.approvedBy, { who: said.approved.reviewer, at: shortZ(said.approved.at, nodeNow()) })}</b></p>
      ) : !may("supervisor") ? (
        <p class="calm">{words.supervisor}</p>
      ) : sure.value ? (
        <div class="boxed">
          <p>{fill(words.sure, { who: session.value?.name ?? s.notKnown, language: languageName(language) })}</p>
          <p class="row end">
            <button type="button" onClick={() => (sure.value = false)}>{s.cancel}</button>
            <button type="button" class="main" onClick={() => void approve()}>{words.approve}</button>
          </p>
        </div>
      ) : (
        <p class="row"><button type="button" onClick={() => (sure.value = true)}>{words.ask}</button></p>
      )}
    </section>
  );
}

export function TranslationsView() {
  const all = useSignal<Translated[] | null>(null);
  const wrong = useSignal("");
  const ask = (): void =>
    void signedIn(() => get<{ translations: Translated[] }>("api/v1/line/translations"))
      .then((said) => (all.value = said.translations))
      .catch((error: unknown) => (wrong.value = inWords(error)));
  useEffect(ask, []);
  const at = chosen.value;
  const of = all.value?.find((one) => one.id === at.id);
  return (
    <>
      <Head title={words.title} back={goHome} />
      <div class="body">
        <p class="calm">{words.hint}</p>
        {wrong.value && <p class="boxed">{wrong.value}</p>}
        {!all.value && !wrong.value && <p class="calm">{s.loading}</p>}
        {of && at.language && <Compared key={at.id + at.language} of={of} language={at.language} again={ask} />}
        <ul class="translations">
          {(all.value ?? []).map((one) => (
            <li key={one.id} data-template={one.id} class="row wrap">
              <span class="name">{nameOfTemplate(one.id)}</span>
              {Object.entries(one.texts).filter(([tag]) => tag !== one.source).map(([tag, said]) => (
                <button
                  key={tag}
                  type="button"
                  aria-pressed={at.id === one.id && at.language === tag}
                  class={said.approved ? "approved" : "unapproved"}
                  onClick={() => {
                    chosen.value = { id: one.id, language: tag };
                    document.querySelector(".side")?.scrollTo(0, 0);
                  }}
                >
                  {languageName(tag)}: {said.approved ? words.approved : words.notApproved}
                </button>
              ))}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
