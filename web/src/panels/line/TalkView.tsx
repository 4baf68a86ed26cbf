import { useSignal } from "@preact/signals";
import { openTrack, perform } from "../../actions";
import { beat, escalations, may, nodeNow, talks } from "../../model/store";
import type { Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { dueOnce, escalationOrder, isOver, unseen } from "../../pure/line";
import { type Typed, typedOf, typedText, typedTime } from "../../pure/slots";
import { fill, many, s } from "../../strings";
import { Head } from "../../views/bits";
import { CustodyTree } from "./CustodyTree";
import { Compared, Five } from "./Five";
import { GuestLink } from "./GuestLink";
import { dueWords, Headline, Marks, sinceWords, whose } from "./marks";
import { OtherPathOf } from "./OtherPath";
import { answerSays, goCompose, goHome, goReadBack, nameOf, slotsKnown } from "./state";
import { SharedCore } from "./SharedCore";
import { type Kind, StateForm } from "./StateForm";
import { Message } from "./Texts";
import { EscalationRow } from "./Told";

export function DueList({ talk }: { talk: Talk }) {
  if (talk.due.length === 0) return null;
  beat.value;
  const open = talk.due.some((one) => one.acknowledged_by === null);
  return (
    <section class="due" aria-label={s.line.due.title}>
      <ul>
        {dueOnce(talk.due).map((one, i) => (
          <li key={i}>
            <b>{dueWords(talk, one)}</b> <span class="calm">{sinceWords(one.since)}</span>
            {one.acknowledged_by && <span class="block calm">{fill(s.line.due.acknowledgedBy, { who: one.acknowledged_by })}</span>}
          </li>
        ))}
      </ul>
      {open && may("operator") && (
        <p class="row wrap">
          <button type="button" onClick={() => void perform("line.acknowledge", { to: talk.party, talk: talk.id })}>{s.line.due.acknowledge}</button>
          <span class="calm">{s.line.due.note}</span>
        </p>
      )}
    </section>
  );
}

/** What can be said of a message of theirs: each its own statement, none made by another. */
function Theirs({ talk, open }: { talk: Talk; open: (kind: Kind, word?: string) => void }) {
  const read = talk.states["read_back"];
  const about = { to: talk.party, talk: talk.id };
  const missed = talk.template === "question.serial" ? talk.params["serial_number"] : undefined;
  return (
    <div class="acts">
      {missed !== undefined && talk.states["answer"] !== "answered" && (
        <p><button type="button" onClick={() => void perform("line.resend", { to: talk.party, number: missed })}>{fill(s.line.notices.resend, { n: missed })}</button></p>
      )}
      <p class="row wrap">
        {unseen(talk) && (
          <button type="button" class="main" onClick={() => void perform("line.state", { ...about, what: "seen" }, fill(s.line.act.sent, { party: talk.party, index: "{index}" }))}>
            {s.line.act.seen}
          </button>
        )}
        {talk.readback.length > 0 && read !== "agrees" && (
          <button type="button" class={unseen(talk) ? "" : "main"} onClick={() => goReadBack(talk)}>{read === "not read back" ? s.line.act.readBack : s.line.act.readBackAgain}</button>
        )}
        {talk.custody && <button type="button" onClick={() => open("passed_on")}>{s.line.act.passed}</button>}
        {talk.custody && <button type="button" onClick={() => open("stopped")}>{s.line.act.stopped}</button>}
        {talk.custody && <button type="button" onClick={() => open("acted")}>{s.line.act.acted}</button>}
      </p>
      {talk.answers.length > 0 && talk.states["answer"] !== "answered" && (
        <p class="row wrap" role="group" aria-label={s.line.act.theyAsk}>
          <span class="calm">{s.line.act.answer}</span>
          {[...talk.answers, "standby"].map((word) => (
            <button key={word} type="button" onClick={() => open("answer", word)}>{answerSays(word)}</button>
          ))}
        </p>
      )}
    </div>
  );
}

/** The same message again, its slots as fields, to replace the one that was wrong. */
function correct(talk: Talk): void {
  const slots = slotsKnown(talk);
  const typed = Object.fromEntries(slots.map((slot) => [slot.name, typedOf(slot, talk.params)]));
  goCompose({
    to: talk.party, template: talk.template ?? talk.type, precedence: talk.precedence, typed, units: talk.custody?.units.join(", ") ?? "", mover: talk.mover, name: talk.mover ?? "", re: talk.id,
  });
}

/** A warning that nobody is known to have got is asked after. */
function ask(talk: Talk): void {
  const typed: Record<string, Typed> = { warning_text: typedText(talk.id) };
  const unit = talk.custody?.not_told[0];
  if (talk.queued) typed["sent_us"] = typedTime(Date.parse(talk.queued));
  if (unit) typed["addressed_unit"] = typedText(unit);
  goCompose({ to: talk.party, template: "question.delivered", precedence: talk.precedence, typed });
}

function Ours({ talk, open }: { talk: Talk; open: (kind: Kind) => void }) {
  return (
    <p class="row wrap acts">
      {talk.custody && talk.custody.status !== "told" && <button type="button" onClick={() => ask(talk)}>{s.line.act.ask}</button>}
      {talk.number && slotsKnown(talk).length > 0 && <button type="button" onClick={() => correct(talk)}>{s.line.act.correct}</button>}
      {talk.number && <button type="button" onClick={() => open("withdrawal")}>{s.line.act.withdraw}</button>}
    </p>
  );
}

/** Who outside was told of what is due of this message. */
function ToldOf({ talk }: { talk: Talk }) {
  const all = escalationOrder(escalations.value.values()).filter((one) => one.talk === talk.id && one.party === talk.party);
  if (all.length === 0) return null;
  return (
    <details>
      <summary>{many(s.line.told.of, all.length)}</summary>
      <ul class="escalations">{all.map((one) => <EscalationRow key={one.id} of={one} />)}</ul>
    </details>
  );
}

function Facts({ talk }: { talk: Talk }) {
  const now = nodeNow();
  const facts = [
    whose(talk), fill(s.line.queued, { at: shortZ(talk.queued, now) }), talk.number ? fill(s.line.number, { n: talk.number }) : s.line.notSent,
    talk.answer_by && fill(s.line.answerBy, { at: shortZ(talk.answer_by, now) }), talk.valid_until && fill(s.line.validUntil, { at: shortZ(talk.valid_until, now) }), talk.id,
    talk.seen_by && talk.telephone_at && fill(s.line.seenBy, { at: shortZ(talk.seen_by, now) }),
    talk.ours && talk.telephone_at && fill(s.line.telephoneAt, { at: shortZ(talk.telephone_at, now) }),
  ];
  return <p class="calm">{facts.filter(Boolean).join(" · ")}</p>;
}

/** One message and everything that came of it. */
export function TalkView({ of }: { of: string }) {
  const doing = useSignal<{ kind: Kind; word: string } | null>(null);
  const talk = talks.value.get(of);
  if (!talk) return <Head title={s.line.title} back={goHome} />;
  const open = (kind: Kind, word = ""): void => {
    doing.value = { kind, word };
  };
  const acting = may("operator") && !isOver(talk);
  return (
    <>
      <Head title={nameOf(talk)} back={goHome} />
      <div class="body talk">
        <div class="first">
          <Marks talk={talk} />
          {talk.mover && <button type="button" class="quiet" onClick={() => openTrack(talk.mover)}>{talk.mover}</button>}
        </div>
        <Facts talk={talk} />
        {isOver(talk) && <p><b>{s.line.headline[talk.states["life"] ?? ""] ?? talk.states["life"]}</b></p>}
        {talk.custody && <Headline custody={talk.custody} />}
        {(talk.marks ?? []).map((mark) => <p key={mark} class="verdict red"><b>{mark}.</b></p>)}
        {talk.unused && <p class="verdict red"><b>{fill(talk.ours ? s.line.unused : s.line.unusedHere, { why: talk.unused })}</b></p>}
        <DueList talk={talk} />
        <Compared talk={talk} />
        <OtherPathOf talk={talk} />
        <ToldOf talk={talk} />
        {talk.ours && <Five talk={talk} />}
        {talk.lead && <p class={talk.lead.too_late ? "verdict red" : ""}>{s.line.lead}: {talk.lead.says}</p>}
        <Message talk={talk} />
        {acting && !doing.value && (talk.ours ? <Ours talk={talk} open={open} /> : <Theirs talk={talk} open={open} />)}
        {acting && doing.value && <StateForm key={doing.value.kind + doing.value.word} talk={talk} {...doing.value} close={() => (doing.value = null)} />}
        {!talk.ours && <Five talk={talk} />}
        {talk.custody && (
          <section aria-label={s.line.custody.title}>
            <h3>{s.line.custody.title}</h3>
            <CustodyTree talk={talk} custody={talk.custody} headline={false} />
          </section>
        )}
        <GuestLink key={talk.id} talk={talk} />
        <SharedCore talk={talk} />
      </div>
    </>
  );
}
