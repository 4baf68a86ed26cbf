import { perform } from "../../actions";
import { nodeNow } from "../../model/store";
import type { Custody, Talk } from "../../model/line";
import { talkKey, unitsMissing } from "../../pure/line";
import { blank, timeOf, type Typed, typedText } from "../../pure/slots";
import { s } from "../../strings";
import { UnitOffers } from "./marks";
import { nowTyped, TimeField } from "./SlotFields";
import { forms, setForm } from "./state";

const OFFERS = "units-to-enter";
const GRADES = ["passed_on", "stored", "seen", "understood", "acted"] as const;
const HOWS = ["radio", "phone", "runner", "paper", "guest_link", "line"] as const;

/** What happened outside the line, as somebody says it: radio, telephone, a runner. What is begun stays when it is closed. */
export function HopForm({ talk, custody, close }: { talk: Talk; custody: Custody; close: () => void }) {
  const key = `hop ${talkKey(talk)}`;
  const typed = forms.value.get(key) ?? { at: nowTyped(), grade: typedText("passed_on") };
  const value = (name: string): string => typed[name]?.text ?? "";
  const put = (name: string, next: Typed): void => setForm(key, { ...typed, [name]: next });
  const say = (name: string, words: string): void => put(name, typedText(words));
  const at = timeOf(value("at"), nodeNow());
  const good = Boolean(value("unit").trim() && value("says").trim() && at && value("how") && (value("by").trim() || value("stopped").trim() || value("grade") !== "passed_on"));
  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!at) return;
    const body: Record<string, unknown> = {
      to: talk.party, talk: talk.id, unit: value("unit").trim(), says: value("says").trim(), grade: value("stopped").trim() ? "stored" : value("grade"), how: value("how"), at_us: at.at_ms * 1000, last: value("last") === "yes",
    };
    for (const name of ["via", "by", "stopped", "detail"]) if (value(name).trim()) body[name] = value(name).trim();
    if ((await perform("line.hop", body)) === null) return;
    setForm(key, null);
    close();
  };
  const words = s.line.hop;
  const missing = unitsMissing(custody);
  const box = (name: string, label: string, most: number, required = false, offers: string[] = []) => (
    <label>{label}<input dir="auto" list={offers.length > 0 ? OFFERS : undefined} maxLength={most} required={required} value={value(name)} onInput={(e) => say(name, e.currentTarget.value)} /></label>
  );
  return (
    <form class="boxed edit" onSubmit={(event) => void enter(event)}>
      <h3>{words.title}</h3>
      <p class="calm">{words.hint}</p>
      {box("unit", words.unit, 80, true, missing)}
      <UnitOffers id={OFFERS} of={missing} />
      <label class="check">
        <input type="checkbox" checked={value("last") === "yes"} onChange={(e) => say("last", e.currentTarget.checked ? "yes" : "")} /> {words.last}
      </label>
      <label>
        {words.via}
        <select aria-label={words.via} value={value("via")} onChange={(e) => say("via", e.currentTarget.value)}>
          <option value="">{words.viaNone}</option>
          {custody.stations.map((one) => <option key={one.name} value={one.name}>{one.name}</option>)}
        </select>
      </label>
      <div class="row">
        <label>
          {words.grade}
          <select aria-label={words.grade} value={value("grade")} onChange={(e) => say("grade", e.currentTarget.value)}>
            {GRADES.map((one) => <option key={one} value={one}>{s.line.custody.grades[one]}</option>)}
          </select>
        </label>
        <label>
          {words.how}
          <select aria-label={words.how} required value={value("how")} onChange={(e) => say("how", e.currentTarget.value)}>
            <option value="">{s.line.form.choose}</option>
            {HOWS.map((one) => <option key={one} value={one}>{s.line.custody.hows[one]}</option>)}
          </select>
        </label>
      </div>
      {box("by", words.by, 80)}
      {box("says", words.says, 160, true)}
      <div class="field"><TimeField label={words.at} typed={typed["at"] ?? blank()} set={(next) => put("at", next)} steps={false} /></div>
      {box("stopped", words.stopped, 200)}
      {box("detail", words.detail, 300)}
      <p class="row end">
        <button type="button" onClick={close}>{s.cancel}</button>
        <button type="submit" class="main" disabled={!good}>{words.go}</button>
      </p>
    </form>
  );
}
