/** People outside the console: who is told of what is due, what became of each message, and trying the ways to them. */

import { useEffect } from "preact/hooks";
import { perform } from "../../actions";
import { beat, escalations, may, nodeNow, talks } from "../../model/store";
import type { Escalation, TellingPath, Told } from "../../model/line";
import { shortZ } from "../../pure/format";
import { escalationOrder, talkKey, trialOf } from "../../pure/line";
import { fill, many, s } from "../../strings";
import { Head } from "../../views/bits";
import { sinceWords } from "./marks";
import { askOurLine, goHome, goTalk, goTold, ourLine } from "./state";

const words = s.line.told;
const FAILED = new Set(["failed for now", "failed for good", "not known"]);

const dueSaid = (of: Escalation): string => words.dues[of.due] ?? of.due.replaceAll("_", " ");

/** One message over one path. Of none more is known than that it was sent. */
function Made({ of }: { of: Told }) {
  return (
    <li class={FAILED.has(of.state) ? "failed" : ""}>
      <bdi>{of.to}</bdi> {fill(words.over, { path: of.path })}: <b>{words.states[of.state] ?? of.state}</b> <time>{shortZ(of.at, nodeNow())}</time>
      {of.attempt > 1 && <> · {fill(words.attempt, { n: of.attempt })}</>}
      {of.why && <span class="block calm break">{of.why}</span>}
    </li>
  );
}

/** What is owed, since when, who was told, and taking notice of it. */
export function EscalationRow({ of }: { of: Escalation }) {
  const talk = of.talk && of.party ? talks.value.get(talkKey({ party: of.party, id: of.talk })) : undefined;
  return (
    <li class={`escalation ${of.acknowledged_by ? "over" : of.severity}`} data-escalation={of.id}>
      <p class="first">
        <span class={`mark ${of.severity}`}>{words.severities[of.severity]}</span>
        {of.exercise && <span class="mark exercise">{s.line.exercise}</span>}
        <strong>{dueSaid(of)}</strong>
        {of.unit && <span>{of.unit}</span>}
        {of.party && <span class="calm">{of.party}</span>}
        {talk && <button type="button" class="quiet" onClick={() => goTalk(talk)}>{talk.id}</button>}
      </p>
      <p class="calm">{sinceWords(of.since)}{of.steps > 0 && <> · {fill(words.step, { n: of.step, of: of.steps })}</>}</p>
      {of.told.length > 0 ? <ul class="made">{of.told.map((one) => <Made key={one.key} of={one} />)}</ul> : <p><b>{words.nobody}</b></p>}
      {of.acknowledged_by ? (
        <p class="calm">{fill(words.acknowledged, { who: of.acknowledged_by })}</p>
      ) : (
        may("operator") && (
          <p class="row wrap">
            <button type="button" onClick={() => void perform("escalation.acknowledge", { escalation: of.id })}>{of.due === "try" ? words.endTrial : words.acknowledge}</button>
            {of.due !== "try" && <span class="calm">{words.note}</span>}
          </p>
        )
      )}
    </li>
  );
}

/** On the line's first page: how many things people outside are told of, the gravest in words. */
export function ToldStrip() {
  beat.value;
  const all = escalationOrder(escalations.value.values()).filter((one) => one.due !== "try");
  const open = all.filter((one) => one.acknowledged_by === null);
  const worst = open[0];
  return (
    <p class={`row toldstrip ${worst ? worst.severity : ""}`}>
      <span>
        {worst ? <><b>{many(words.open, open.length)}</b> {dueSaid(worst)}{worst.party && `, ${worst.party}`}, {sinceWords(worst.since)}</> : <span class="calm">{words.none}</span>}
      </span>
      <button type="button" class="end" onClick={goTold}>{words.look}</button>
    </p>
  );
}

function PathRow({ of }: { of: TellingPath }) {
  const trial = trialOf(escalations.value.values(), of.name);
  const runs = trial !== undefined && trial.acknowledged_by === null;
  return (
    <li class="escalation" data-path={of.name}>
      <p class="first">
        <strong>{of.name}</strong> <span class="calm">{of.kind}</span> <bdi>{of.to}</bdi>
        {may("administrator") && !runs && <button type="button" class="end" onClick={() => void perform("path.try", { path: of.name }, words.trying)}>{words.try}</button>}
      </p>
      <p class="calm">{of.severities.map((one) => words.severities[one] ?? one).join(", ")}{of.quiet && <> · {fill(words.quiet, { hours: of.quiet })}</>}</p>
      {trial && (
        <>
          <p class="calm">{fill(words.trial, { id: trial.id })}</p>
          <ul class="made">{trial.told.map((one) => <Made key={one.key} of={one} />)}</ul>
        </>
      )}
      {runs && may("operator") && (
        <p class="row"><button type="button" onClick={() => void perform("escalation.acknowledge", { escalation: trial.id })}>{words.endTrial}</button></p>
      )}
    </li>
  );
}

export function ToldView() {
  beat.value;
  useEffect(() => void askOurLine(true).catch(() => undefined), []);
  const all = escalationOrder(escalations.value.values()).filter((one) => one.due !== "try");
  const paths = ourLine.value?.paths ?? [];
  return (
    <>
      <Head title={words.title} back={goHome} />
      <div class="body">
        <p class="calm">{words.hint}</p>
        {all.length === 0 ? <p class="empty">{words.none}</p> : <ul class="escalations">{all.map((one) => <EscalationRow key={one.id} of={one} />)}</ul>}
        <h3>{words.paths}</h3>
        {paths.length === 0 ? <p class="boxed"><b>{words.noPaths}</b> {words.noPathsBody}</p> : <ul class="escalations">{paths.map((one) => <PathRow key={one.name} of={one} />)}</ul>}
      </div>
    </>
  );
}
