import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import { nodeNow, session, talks } from "../../model/store";
import { shortZ } from "../../pure/format";
import { readAll, slotsOf } from "../../pure/slots";
import { fill, many, s } from "../../strings";
import { Head } from "../../views/bits";
import { Marks } from "./marks";
import { slotName, SlotFields } from "./SlotFields";
import { forms, goTalk, nameOf, setForm, slotsKnown } from "./state";
import { Message } from "./Texts";

/**
 * The fields of a message of theirs, blank. Their text is put away: what is written here is what was understood, and a place is
 * typed or clicked on our own map, which shows nothing of theirs (R47, R48).
 */
export function ReadBackView({ of }: { of: string }) {
  const peek = useSignal(false);
  const unread = useSignal(false);
  const talk = talks.value.get(of);
  if (!talk) return null;
  const key = `understood ${of}`;
  const typed = forms.value.get(key) ?? {};
  const slots = slotsOf(talk.readback, slotsKnown(talk)).map((slot) => ({ ...slot, optional: false, grid_1e7: 1 }));
  const whole = readAll(slots, typed, nodeNow());
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { to: talk.party, talk: talk.id, what: "understood", params: { fields: whole.params, steps: whole.steps } };
    const answer = await perform("line.state", body, fill(s.line.readBack.sent, { party: talk.party, index: "{index}" }));
    if (answer === null) return;
    setForm(key, null);
    goTalk(talk);
  };
  const unplaced = slots.filter((slot) => slot.kind === "place" && !typed[slot.name]?.at);
  const any = Object.keys(whole.params).length > 0;
  return (
    <>
      <Head title={fill(s.line.readBack.title, { what: nameOf(talk) })} back={() => goTalk(talk)} />
      <form class="body edit" onSubmit={(event) => void send(event)}>
        <p class="first"><Marks talk={talk} /> <span class="calm">{talk.party} · {shortZ(talk.queued, nodeNow())}</span></p>
        <p>{s.line.readBack.hint}</p>
        <p class="row wrap">
          <span class="calm">{s.line.readBack.away}</span>
          <button type="button" class="quiet" aria-expanded={peek.value} onClick={() => (peek.value = !peek.value)}>{s.line.readBack.look}</button>
        </p>
        {peek.value && <Message talk={talk} />}
        {!peek.value && <SlotFields slots={slots} typed={typed} set={(slot, next) => setForm(key, { ...typed, [slot]: next })} marks={false} steps={false} />}
        {unplaced.length > 0 && (
          <p class="trouble">
            <b>{fill(s.line.readBack.noPlace, { places: unplaced.map((slot) => slotName(slot.name)).join(", ") })}</b>
            {" "}<button type="button" aria-pressed={unread.value} onClick={() => (unread.value = !unread.value)}>{s.line.readBack.unread}</button>
          </p>
        )}
        {whole.wrong.length > 0 && <p class="trouble">{fill(s.line.form.wrong, { fields: whole.wrong.map((one) => slotName(one.slot)).join(", ") })}</p>}
        <p class="calm">{fill(s.line.act.signedAs, { who: session.value?.name ?? s.notKnown })}</p>
        <p class="row sticky">
          <span class="calm">{whole.missing.length > 0 && many(s.line.readBack.blank, whole.missing.length)}</span>
          <button type="submit" class="main" disabled={!any || whole.wrong.length > 0 || (unplaced.length > 0 && !unread.value)}>{s.line.readBack.go}</button>
        </p>
      </form>
    </>
  );
}
