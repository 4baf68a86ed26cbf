import { useEffect } from "preact/hooks";
import { beat, lines, may, nodeNow, talks } from "../../model/store";
import type { Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { boardOrder, dueOnce, inOrder, isOver, red, talkKey, unseen, waits } from "../../pure/line";
import { s } from "../../strings";
import { Head } from "../../views/bits";
import { ComposeView } from "./Compose";
import { ContactView } from "./Contact";
import { CustodyTree } from "./CustodyTree";
import { Instrument } from "./Instrument";
import { dueWords, Headline, headlineOf, isBad, Marks, sinceWords, whose } from "./marks";
import { ReadBackView } from "./ReadBack";
import { askOurLine, goCompose, goContact, goTalk, goTranslations, nameOf, side, where } from "./state";
import { TalkView } from "./TalkView";
import { ToldStrip, ToldView } from "./Told";
import { TranslationsView } from "./Translations";

/** One message in the list: what it is, how far it is stated to have got, and what is missing of it. */
function Row({ talk }: { talk: Talk }) {
  const due = dueOnce(talk.due).filter((one) => one.acknowledged_by === null);
  return (
    <li data-talk={talk.id} class={`talkrow ${talk.ours ? "ours" : "theirs"} ${waits(talk) ? "waits" : ""} ${isOver(talk) ? "over" : ""}`}>
      <button type="button" class="line" onClick={() => goTalk(talk)}>
        <span class="first">
          <Marks talk={talk} />
          <strong>{nameOf(talk)}</strong>
          <span class="calm end">{shortZ(talk.queued, nodeNow())}</span>
        </span>
        <span class="first">
          <span class="way">{whose(talk)}</span>
          <span class={`farthest ${isBad(talk) ? "red" : ""}`}>{unseen(talk) ? s.line.unseen : headlineOf(talk)}</span>
        </span>
        {talk.custody && red(talk.custody) && <Headline custody={talk.custody} />}
        {due.map((one, i) => (
          <span key={i} class="block duerow"><b>{dueWords(talk, one)}</b> <span class="calm">{sinceWords(one.since)}</span></span>
        ))}
      </button>
    </li>
  );
}

function Messages() {
  beat.value;
  const all = inOrder(talks.value.values());
  if (all.length === 0) return <p class="empty">{s.line.noMessages}</p>;
  return <ul class="talks">{all.map((talk) => <Row key={talkKey(talk)} talk={talk} />)}</ul>;
}

/** Every message that has to reach a unit: what is said of the people it was meant for first, then the path. */
function Board() {
  const all = boardOrder(talks.value.values());
  if (all.length === 0) return <p class="empty">{s.line.noCustody}</p>;
  return (
    <ul class="board">
      {all.map((talk) => talk.custody && (
        <li key={talkKey(talk)} data-talk={talk.id} class={`item ${red(talk.custody) ? "red" : ""} ${talk.custody.closed ? "over" : ""}`}>
          <Headline custody={talk.custody} />
          <p class="first">
            <Marks talk={talk} />
            <button type="button" class="quiet" onClick={() => goTalk(talk)}>{nameOf(talk)}</button>
            <span class="calm">{whose(talk)} · {shortZ(talk.queued, nodeNow())}</span>
          </p>
          <CustodyTree talk={talk} custody={talk.custody} headline={false} />
        </li>
      ))}
    </ul>
  );
}

function Home() {
  const all = [...lines.value.values()];
  const carried = [...talks.value.values()].filter((talk) => talk.custody && red(talk.custody)).length;
  return (
    <>
      <Head title={s.line.title}>
        <span class="end row">
          <button type="button" onClick={goTranslations}>{s.line.translations.title}</button>
          <button type="button" onClick={goContact}>{s.line.contact}</button>
          {may("operator") && all.length > 0 && <button type="button" class="main" onClick={() => goCompose()}>{s.line.compose}</button>}
        </span>
      </Head>
      {all.length === 0 && <p class="empty"><b>{s.line.none}</b> {s.line.noneBody}</p>}
      {all.map((line) => <Instrument key={line.party} line={line} />)}
      <ToldStrip />
      {all.length > 0 && (
        <div class="sides" role="group" aria-label={s.line.title}>
          {(["messages", "board"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={side.value === name} onClick={() => (side.value = name)}>
              {s.line[name]}
              {name === "board" && carried > 0 && <b class="count bad">{carried}</b>}
            </button>
          ))}
        </div>
      )}
      {all.length > 0 && (side.value === "messages" ? <Messages /> : <Board />)}
    </>
  );
}

/** The line: how it is, what was said on it, and how far it got. */
export function LinePanel() {
  useEffect(() => void askOurLine().catch(() => undefined), []); // without it the words of lists are shown as they are sent
  const at = where.value;
  if (at.at === "talk") return <TalkView key={at.key} of={at.key} />;
  if (at.at === "readback") return <ReadBackView key={at.key} of={at.key} />;
  if (at.at === "compose") return <ComposeView />;
  if (at.at === "told") return <ToldView />;
  if (at.at === "translations") return <TranslationsView />;
  return at.at === "contact" ? <ContactView /> : <Home />;
}
