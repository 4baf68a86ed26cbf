import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { entries, node, nodeNow } from "../model/store";
import type { Entry } from "../model/types";
import { get } from "../net/api";
import { shortZ } from "../pure/format";
import { fill, many, s } from "../strings";
import { Head } from "../views/bits";

const SHOWN = 100;
const ASKED = 1000; // in one answer
const KEPT = 20_000; // in this browser; the printable log has them all
const QUIET = new Set(["track.segment"]); // one a second and source; they would bury what people and the watch did

/** The entries above the newest one known, from the record itself: what the socket tells of them has no time. */
async function newer(than: Entry[], size: number): Promise<Entry[]> {
  const after = Math.max(than.at(-1)?.index ?? -1, size - ASKED - 1);
  const found = await get<Entry[]>(`api/v1/log?after=${after}&limit=${ASKED}`);
  return [...than, ...found].slice(-KEPT);
}

/** As many again before the oldest one known. */
async function older(than: Entry[], first: number): Promise<{ all: Entry[]; first: number }> {
  const after = Math.max(-1, first - ASKED - 1);
  const found = await get<Entry[]>(`api/v1/log?after=${after}&limit=${first - after - 1}`);
  return { all: [...found, ...than], first: after + 1 };
}

export function RecordPanel() {
  const known = useSignal<Entry[]>([]);
  const whole = useSignal(false);
  const first = useSignal<number | null>(null); // up to here the record has been asked for
  const most = useSignal(SHOWN);
  const asking = useRef(false);
  const turn = useSignal(0);
  const size = node.value?.record.size ?? 0;
  const ask = (doing: Promise<Entry[]>): void => {
    asking.current = true;
    doing
      .then((found) => (known.value = found))
      .catch(() => undefined) // what is here stays, and is asked for again
      .finally(() => {
        asking.current = false;
        if ((node.peek()?.record.size ?? 0) > size) turn.value++;
      });
  };
  useEffect(() => {
    if (asking.current || size === 0) return;
    first.value ??= Math.max(0, size - ASKED);
    ask(newer(known.value, size));
  }, [size, entries.value, turn.value]);
  const back = (): void => {
    most.value += SHOWN;
    const from = first.value ?? 0;
    if (asking.current || from === 0) return;
    ask(older(known.value, from).then((found) => {
      first.value = found.first;
      return found.all;
    }));
  };
  const all = known.value
    .filter((entry) => whole.value || !QUIET.has(entry.kind))
    .sort((a, b) => b.index - a.index)
    .slice(0, most.value);
  const now = nodeNow();
  return (
    <>
      <Head title={s.record.table}>
        <a class="end" href="api/v1/log.html" target="_blank" rel="noopener">{s.record.print}</a>
      </Head>
      <div class="body">
        <p>{many(s.record.size, size)}</p>
        <p class="calm break">{s.record.head} <code>{node.value?.record.root}</code></p>
        <h3>{s.record.latest}</h3>
        <label class="check">
          <input type="checkbox" checked={whole.value} onChange={(e) => (whole.value = e.currentTarget.checked)} /> {s.record.whole}
        </label>
        <ul class="claims">
          {all.map((entry) => (
            <li key={entry.index}>
              <span class="calm">{fill(s.incident.index, { n: entry.index })} · {shortZ(entry.at, now)} · {entry.kind}{entry.who && ` · ${entry.who}`}</span>
              <span class="block">{entry.says}</span>
            </li>
          ))}
        </ul>
        {((first.value ?? 0) > 0 || all.length === most.value) && <button type="button" onClick={back}>{s.record.older}</button>}
      </div>
    </>
  );
}
