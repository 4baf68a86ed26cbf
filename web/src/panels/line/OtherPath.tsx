/** The telephone beside the line: what is left when the line is not, and how it is entered. */

import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import { lines, may, nodeNow } from "../../model/store";
import type { Line, Talk } from "../../model/line";
import { shortZ } from "../../pure/format";
import { isUp, wantsOtherPath } from "../../pure/line";
import { fill, s } from "../../strings";

/** What was entered here first, then what the counterpart said of itself; that there is none is said as loudly as a number. */
export function PathTexts({ line }: { line: Line }) {
  const entered = line.other_paths ?? [];
  const words = s.line.path;
  return (
    <>
      {entered.map((one) => <bdi key={one} class="pathtext">{one}</bdi>)}
      {entered.length === 0 && <b>{words.none}</b>}
      {line.stated_path && (
        <span class="block">
          <bdi>{line.stated_path.text}</bdi> <small>({fill(words.theySay, { at: shortZ(line.stated_path.at, nodeNow()) })})</small>
        </span>
      )}
    </>
  );
}

/** In one line, for a banner. */
export const pathWords = (line: Line): string => {
  const said = [...(line.other_paths ?? []), ...(line.stated_path ? [`${line.stated_path.text} (${fill(s.line.path.theySay, { at: shortZ(line.stated_path.at, nodeNow()) })})`] : [])];
  return `${s.line.path.title}: ${said.join("; ") || s.line.path.none}.`;
};

function Form({ line, close }: { line: Line; close: () => void }) {
  const text = useSignal((line.other_paths ?? []).join("\n"));
  const words = s.line.path;
  const keep = async (event: Event): Promise<void> => {
    event.preventDefault();
    const paths = text.value.split("\n").map((one) => one.trim()).filter(Boolean);
    if ((await perform("counterpart.paths", { to: line.party, paths })) !== null) close();
  };
  return (
    <form class="edit" onSubmit={(event) => void keep(event)}>
      <label>
        {words.field}
        <textarea dir="auto" rows={3} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
        <small class="calm">{words.hint}</small>
      </label>
      <p class="row end">
        <button type="button" onClick={close}>{s.cancel}</button>
        <button type="submit" class="main">{words.go}</button>
      </p>
    </form>
  );
}

/** The paths of one line; an administrator enters them where they are read. */
export function OtherPath({ line, loud = false }: { line: Line; loud?: boolean }) {
  const entering = useSignal(false);
  const words = s.line.path;
  const none = (line.other_paths ?? []).length === 0;
  return (
    <div class={`otherpath ${loud ? "loud" : ""}`} role="group" aria-label={`${words.title}: ${line.party}`}>
      <span class="pathname">{words.title}</span>
      <div>
        <PathTexts line={line} />
        {none && !may("administrator") && <small class="block">{fill(words.ask, { party: line.party })}</small>}
      </div>
      {may("administrator") && !entering.value && (
        <button type="button" class={none ? "" : "quiet"} onClick={() => (entering.value = true)}>{none ? words.enter : words.change}</button>
      )}
      {entering.value && <Form line={line} close={() => (entering.value = false)} />}
    </div>
  );
}

/** In a message: shown as soon as the line does not bring what should have come. */
export function OtherPathOf({ talk }: { talk: Talk }) {
  const line = lines.value.get(talk.party);
  if (!line || (isUp(line) && !wantsOtherPath(talk))) return null;
  return <OtherPath line={line} loud />;
}
