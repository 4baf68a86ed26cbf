import { useSignal } from "@preact/signals";
import { perform } from "../../actions";
import type { Custody, Talk } from "../../model/line";
import { fill, s } from "../../strings";

/** The units this desk has to tell: a board that knows whom it misses shows them one by one. Naming tells nobody. */
export function UnitsForm({ talk, custody, close }: { talk: Talk; custody: Custody; close: () => void }) {
  const said = custody.units_in_message ?? [];
  const text = useSignal(custody.units.filter((unit) => !said.includes(unit)).join(", "));
  const words = s.line.custody;
  const put = async (event: Event): Promise<void> => {
    event.preventDefault();
    const units = text.value.split(/[,;،]/).map((one) => one.trim()).filter(Boolean);
    if ((await perform("line.units", { to: talk.party, talk: talk.id, units })) !== null) close();
  };
  return (
    <form class="boxed edit" onSubmit={(event) => void put(event)}>
      <p>{said.length > 0 ? fill(words.unitsMessage, { units: said.join(", ") }) : words.unitsMessageNone}</p>
      <label>
        {words.unitsField}
        <input dir="auto" value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
        <small class="calm">{words.unitsHint}</small>
      </label>
      <p class="row end">
        <button type="button" onClick={close}>{s.cancel}</button>
        <button type="submit" class="main">{words.unitsGo}</button>
      </p>
    </form>
  );
}
