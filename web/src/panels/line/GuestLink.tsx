import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import { may } from "../../model/store";
import type { Talk } from "../../model/line";
import type { Notice } from "../../model/types";
import { isOver } from "../../pure/line";
import { s } from "../../strings";
import { Link } from "../Notices";

const words = s.line.guest;

/** A link that tells the last unit of a message, without a login: what it answers is the receipt of that unit, at both ends. */
export function GuestLink({ talk }: { talk: Talk }) {
  const made = useSignal<Notice | null>(null);
  const open = useSignal(false);
  const unit = useSignal(talk.custody?.not_told.find((one) => one !== null) ?? "");
  const over = useSignal("");
  const minutes = useSignal(60);
  const language = useSignal("");
  if (!talk.custody || isOver(talk) || !may("operator")) return null;
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = {
      party: talk.party, talk: talk.id, unit: unit.value.trim(), to: unit.value.trim(), over: over.value.trim(), valid_minutes: minutes.value,
      ...(language.value && { language: language.value }),
    };
    const said = (await perform("notice.make", body)) as Notice | null;
    if (!said) return;
    made.value = said;
    open.value = false;
  };
  return (
    <section class="guestlink" aria-label={words.title}>
      {made.value && <Link notice={made.value} close={() => (made.value = null)} />}
      {!open.value && <button type="button" onClick={() => (open.value = true)}>{words.open}</button>}
      {open.value && (
        <form class="boxed edit" onSubmit={(event) => void make(event)}>
          <h3>{words.title}</h3>
          <p class="calm">{words.hint}</p>
          <label>{words.unit}<input dir="auto" required maxLength={80} value={unit.value} onInput={(e) => (unit.value = e.currentTarget.value)} /></label>
          <label>{s.notice.over}<input required maxLength={80} placeholder={s.notice.overHint} value={over.value} onInput={(e) => (over.value = e.currentTarget.value)} /></label>
          <label>{s.notice.minutes}<input type="number" required min={1} max={10_080} value={minutes.value} onInput={(e) => (minutes.value = e.currentTarget.valueAsNumber)} /></label>
          {Object.keys(talk.text).length > 1 && (
            <label>
              {words.language}
              <select value={language.value} onChange={(e) => (language.value = e.currentTarget.value)}>
                <option value="">{words.first}</option>
                {Object.keys(talk.text).map((one) => <option key={one} value={one}>{one}</option>)}
              </select>
            </label>
          )}
          <p class="row end">
            <button type="button" onClick={() => (open.value = false)}>{s.cancel}</button>
            <button type="submit" class="main" disabled={!unit.value.trim() || !over.value.trim()}>{s.notice.make}</button>
          </p>
        </form>
      )}
    </section>
  );
}
