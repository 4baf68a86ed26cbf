import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { inWords, perform } from "../../actions";
import { lines, nodeNow, session } from "../../model/store";
import type { Precedence, Preview, Template } from "../../model/line";
import { post, Refused } from "../../net/api";
import { readAll, type Typed, typedText, type Whole } from "../../pure/slots";
import { fill, s } from "../../strings";
import { Head } from "../../views/bits";
import { slotName, SlotFields } from "./SlotFields";
import { composable, type Draft, draft, emptyDraft, goHome, goTranslations, setDraft, setTyped, templateOf } from "./state";
import { languageName, Texts } from "./Texts";

const SOON_MS = 350; // after the last key; each preview is a question to the node
const CARRIED = new Set(["zone.notice", "reservation.notice", "movement.notice", "warning.relay", "hazard.keep_clear", "correction"]);
const PRECEDENCES: Precedence[] = ["flash", "immediate", "priority", "routine"];

/** What still stands in the way of the text, in words; empty where nothing does. */
function needs(template: Template | undefined, whole: Whole, of: Draft): string {
  if (!template) return s.line.form.previewWaits;
  if (!of.precedence) return s.line.form.howUrgent;
  if (whole.wrong.length > 0) return fill(s.line.form.wrong, { fields: whole.wrong.map((one) => slotName(one.slot)).join(", ") });
  if (whole.missing.length > 0) return fill(s.line.form.missing, { fields: whole.missing.map(slotName).join(", ") });
  const open = (template.describing ?? []).filter((name) => !Object.keys(whole.params).some((param) => param === name || param.startsWith(name.replace(/altitude$/, ""))));
  const short = (template.at_least ?? 0) - ((template.describing ?? []).length - open.length);
  return short > 0 ? fill(s.line.form.atLeast, { n: short, fields: open.map(slotName).join(", ") }) : "";
}

interface Shown {
  preview: Preview | null;
  wrong: string;
}

/** The exact texts, from the node that will sign them: asked for a moment after the last change. */
function usePreview(to: string, template: string, precedence: string, params: string, ready: boolean): Shown {
  const shown = useSignal<Shown>({ preview: null, wrong: "" });
  useEffect(() => {
    shown.value = { preview: ready ? shown.value.preview : null, wrong: "" };
    if (!ready) return;
    let old = false;
    const timer = setTimeout(() => {
      post<Preview>("api/v1/line/preview", { template, precedence, to, params: JSON.parse(params) as unknown })
        .then((preview) => !old && (shown.value = { preview, wrong: "" }))
        .catch((error: unknown) => {
          if (old) return;
          const away = error instanceof Refused && error.status === 401;
          shown.value = { preview: null, wrong: away ? s.line.form.signIn : inWords(error) };
        });
    }, SOON_MS);
    return () => {
      old = true;
      clearTimeout(timer);
    };
  }, [to, template, precedence, params, ready]);
  return shown.value;
}

function PreviewBox({ shown, waits }: { shown: Shown; waits: string }) {
  const left = Object.entries(shown.preview?.left_out ?? {});
  return (
    <section class="preview" aria-label={s.line.form.preview} aria-live="polite">
      <h3>{s.line.form.preview}</h3>
      {waits && <p class="calm">{waits}</p>}
      {shown.wrong && <p class="trouble">{shown.wrong}</p>}
      {shown.preview && <Texts text={shown.preview.text} />}
      {left.length > 0 && (
        <div class="stays">
          <p><b>{s.line.form.stays}</b></p>
          <ul>{left.map(([tag, why]) => <li key={tag}><span lang={tag}>{languageName(tag)}</span>: {why}</li>)}</ul>
          <p class="calm">{s.line.form.staysNote} <button type="button" class="quiet" onClick={goTranslations}>{s.line.translations.title}…</button></p>
        </div>
      )}
    </section>
  );
}

const minutes = (text: string): number | undefined => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : undefined);

function bodyOf(of: Draft, whole: Whole): Record<string, unknown> {
  const units = of.units.split(",").map((one) => one.trim()).filter(Boolean);
  const body: Record<string, unknown> = { to: of.to, template: of.template, precedence: of.precedence, params: whole.params };
  if (units.length > 0) body["units"] = units;
  if (of.free.trim()) body["free"] = of.free.trim();
  if (of.reason.trim()) body["reason"] = of.reason.trim();
  if (minutes(of.valid)) body["valid_minutes"] = minutes(of.valid);
  if (minutes(of.answer)) body["answer_minutes"] = minutes(of.answer);
  if (of.mover) body["mover"] = of.mover;
  if (of.re) body["re"] = of.re;
  return body;
}

/** Whose zone, movement or activity it is: ours, until somebody says otherwise. */
const ownParty = (template: Template | undefined): Record<string, Typed> =>
  Object.fromEntries((template?.slots ?? []).filter((slot) => slot.kind === "party").map((slot) => [slot.name, typedText(session.value?.party ?? "")]));

/** Whom, what, and how urgent. A precedence that the template does not have cannot be chosen. */
function Top({ of, template }: { of: Draft; template: Template | undefined }) {
  const parties = [...lines.value.keys()];
  const choose = (id: string): void => {
    const next = templateOf(id);
    setDraft({ template: id, typed: { ...ownParty(next), ...of.typed }, precedence: next && of.precedence && !next.precedence.includes(of.precedence) ? "" : of.precedence });
  };
  return (
    <>
      <div class="row">
        <label>
          {s.line.form.to}
          <select aria-label={s.line.form.to} required disabled={of.re !== null} value={of.to} onChange={(e) => setDraft({ to: e.currentTarget.value })}>
            {parties.map((party) => <option key={party} value={party}>{party}</option>)}
          </select>
        </label>
        <label>
          {s.line.form.template}
          <select aria-label={s.line.form.template} required disabled={of.re !== null} value={of.template} onChange={(e) => choose(e.currentTarget.value)}>
            <option value="">{s.line.form.choose}</option>
            {composable().map((one) => <option key={one.id} value={one.id}>{s.line.names[one.id] ?? one.id}</option>)}
          </select>
        </label>
      </div>
      {template && (
        <p class="row wrap precedences" role="group" aria-label={s.line.precedence}>
          {PRECEDENCES.filter((one) => template.precedence.includes(one)).map((one) => (
            <button key={one} type="button" class={one} aria-pressed={of.precedence === one} onClick={() => setDraft({ precedence: one })}>{s.line.precedences[one]}</button>
          ))}
          <span class="mark">{s.line.markers[template.marker] ?? template.marker}</span>
        </p>
      )}
    </>
  );
}

function More({ of, template }: { of: Draft; template: Template }) {
  const inText = template.slots.some((slot) => slot.name === "addressed_unit"); // then both desks get it
  const carried = !inText && template.types.some((type) => CARRIED.has(type) && type !== "correction");
  const reason = template.slots.some((slot) => slot.name === "start_us");
  return (
    <>
      {carried && (
        <label>
          {s.line.form.units}
          <input dir="auto" value={of.units} onInput={(e) => setDraft({ units: e.currentTarget.value })} />
          <small class="calm">{s.line.form.unitsHint}</small>
        </label>
      )}
      {reason && <label>{s.line.form.reason}<input dir="auto" maxLength={500} value={of.reason} onInput={(e) => setDraft({ reason: e.currentTarget.value })} /></label>}
      <details open={Boolean(of.free || of.valid || of.answer)}>
        <summary>{s.line.form.more}</summary>
        <div class="row">
          <label>{s.line.form.answer}<input inputMode="numeric" value={of.answer} onInput={(e) => setDraft({ answer: e.currentTarget.value })} /></label>
          <label>{s.line.form.valid}<input inputMode="numeric" value={of.valid} onInput={(e) => setDraft({ valid: e.currentTarget.value })} /></label>
        </div>
        <label>{s.line.form.free}<textarea dir="auto" rows={2} maxLength={2000} value={of.free} onInput={(e) => setDraft({ free: e.currentTarget.value })} /></label>
      </details>
    </>
  );
}

/** A message written with a template: fields from its slots, and beside them exactly what would leave. */
export function ComposeView() {
  const of = draft.value;
  const template = templateOf(of.template);
  const slots = (template?.slots ?? []).filter((slot) => slot.name !== "serial_number" || template?.id === "question.serial"); // the node counts notices
  const whole = readAll(slots, of.typed, nodeNow());
  const waits = needs(template, whole, of);
  const shown = usePreview(of.to, of.template, of.precedence, JSON.stringify(whole.params), waits === "");
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if ((await perform("line.send", bodyOf(of, whole), fill(s.line.form.sending, { party: of.to, index: "{index}" }))) === null) return;
    draft.value = emptyDraft();
    goHome();
  };
  const named = of.precedence ? s.line.precedences[of.precedence] : "";
  return (
    <>
      <Head title={s.line.compose} back={goHome}>
        <button type="button" class="quiet end" onClick={() => (draft.value = { ...emptyDraft(), to: of.to })}>{s.line.form.discard}</button>
      </Head>
      <form class="body edit compose" onSubmit={(event) => void send(event)}>
        {of.re && <p><b>{fill(s.line.form.correcting, { id: of.re })}</b></p>}
        {of.mover && (
          <p class="row wrap">
            {fill(s.line.form.about, { mover: of.name || of.mover })}
            <button type="button" class="quiet" onClick={() => setDraft({ mover: null })}>{s.line.form.unlink}</button>
          </p>
        )}
        <Top of={of} template={template} />
        <SlotFields slots={slots} typed={of.typed} set={setTyped} movers />
        {template && <More of={of} template={template} />}
        {template && <PreviewBox shown={shown} waits={waits} />}
        <p class="row sticky">
          <span class="calm">{waits}</span>
          <button type="submit" class="main" disabled={waits !== "" || !of.to || shown.preview === null}>
            {named ? fill(s.line.form.sendAs, { precedence: named, party: of.to }) : fill(s.line.form.send, { party: of.to })}
          </button>
        </p>
      </form>
    </>
  );
}
