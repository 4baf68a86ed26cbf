import { useEffect, useRef } from "preact/hooks";
import { may, nodeNow, session } from "../../model/store";
import { perform } from "../../actions";
import type { Params, Slot, Talk } from "../../model/line";
import { talkKey, unitsMissing } from "../../pure/line";
import { blank, readAll, type Typed } from "../../pure/slots";
import { fill, s } from "../../strings";
import { UnitOffers } from "./marks";
import { nowTyped, slotName, SlotFields } from "./SlotFields";
import { answerSays, forms, setForm, templateOf } from "./state";

export type Kind = "answer" | "passed_on" | "stopped" | "acted" | "withdrawal";

/** What the node fills in by itself, or what the choice of the form already says. */
const GIVEN = new Set(["message_text", "asked_text", "answer", "result", "who", "role", "at_us", "sent_us"]);

const WHAT: Record<Kind, string> = { answer: "answer", passed_on: "passed_on", stopped: "passed_on", acted: "acted", withdrawal: "withdrawal" };
const TEMPLATE: Record<Kind, string> = { answer: "answer", passed_on: "passed_on", stopped: "passed_on.stopped", acted: "acted", withdrawal: "withdrawal" };
const OFFERS = "units-to-state";
const TIMES = ["told_us", "stopped_us", "acted_us"];

/** What a form begins with: that it was just now. Nobody's name and no unit is filled in. */
const begun = (slots: Slot[]): Record<string, Typed> =>
  Object.fromEntries(slots.filter((slot) => TIMES.includes(slot.name)).map((slot) => [slot.name, nowTyped()]));

function bodyOf(kind: Kind, talk: Talk, params: Params, word: string): Record<string, unknown> {
  const fixed: Params = kind === "answer" ? { asked_text: talk.id, answer: word } : kind === "passed_on" ? { result: "passed" } : kind === "stopped" ? { result: "stopped" } : {};
  return { to: talk.party, talk: talk.id, what: WHAT[kind], template: TEMPLATE[kind], params: { ...params, ...fixed } };
}

const plain = (name: string): string => name.toLowerCase().split(/\s+/).filter(Boolean).join(" ");

/** The units that the message names, one press each, and what it means to name another: a slip of the pen warns nobody. */
function NamedUnits({ named, unit, put }: { named: string[]; unit: string; put: (text: string) => void }) {
  if (named.length === 0) return null;
  const other = unit !== "" && !named.some((one) => plain(one) === plain(unit));
  return (
    <>
      <p class="row wrap" role="group" aria-label={s.line.custody.named}>
        <span class="calm">{s.line.custody.named}</span>
        {named.map((one) => <button key={one} type="button" aria-pressed={plain(one) === plain(unit)} onClick={() => put(one)}><bdi>{one}</bdi></button>)}
      </p>
      {other && <p class="trouble" role="alert"><b>{fill(s.line.custody.otherUnit, { unit, units: named.join(", ") })}</b></p>}
    </>
  );
}

/** A statement about a message, by a person here, over the line: first what is said, then a second press that says it. */
export function StateForm({ talk, kind, word = "", close }: { talk: Talk; kind: Kind; word?: string; close: () => void }) {
  const key = `${kind} ${word} ${talkKey(talk)}`;
  const slots = (templateOf(TEMPLATE[kind])?.slots ?? []).filter((slot) => !GIVEN.has(slot.name));
  const typed = forms.value.get(key) ?? begun(slots);
  const whole = readAll(slots, typed, nodeNow());
  const named = talk.custody?.units ?? [];
  const unit = typed["unit"]?.text.trim() ?? "";
  const asked = [...whole.missing, ...whole.wrong.map((one) => one.slot)];
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = await perform("line.state", bodyOf(kind, talk, whole.params, word), fill(s.line.act.sent, { party: talk.party, index: "{index}" }));
    if (answer === null) return;
    setForm(key, null);
    close();
  };
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
    box.current?.querySelector<HTMLElement>("input, select, button")?.focus({ preventScroll: true });
  }, []);
  if (!may("operator")) return null;
  return (
    <form ref={box} class="boxed edit stating" onSubmit={(event) => void send(event)}>
      <h3>{fill(s.line.act.titles[kind === "stopped" ? "stopped" : kind], { word: answerSays(word) })}</h3>
      <SlotFields slots={slots} typed={typed} set={(slot, next) => setForm(key, { ...typed, [slot]: next })} steps={false} offers={OFFERS} />
      <UnitOffers id={OFFERS} of={unitsMissing(talk.custody)} />
      {slots.some((slot) => slot.name === "unit") && <NamedUnits named={named} unit={unit} put={(text) => setForm(key, { ...typed, unit: { ...blank(), text } })} />}
      {asked.length > 0 && <p class="calm">{fill(s.line.form.missing, { fields: asked.map(slotName).join(", ") })}</p>}
      <p class="calm">{fill(s.line.act.signedAs, { who: session.value?.name ?? s.notKnown })}</p>
      <p class="row end">
        <button type="button" onClick={close}>{s.cancel}</button>
        <button type="submit" class="main" disabled={asked.length > 0}>{s.line.act.go[kind]}</button>
      </p>
    </form>
  );
}
