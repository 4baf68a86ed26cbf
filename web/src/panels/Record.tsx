import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { entries, node, nodeNow } from "../model/store";
import type { Entry } from "../model/types";
import { get } from "../net/api";
import { number, shortZ } from "../pure/format";
import { fill, s } from "../strings";
import { Head } from "../views/bits";

const SHOWN = 100;
const ASKED = 500;
const QUIET = new Set(["track.segment"]); // one a second and source; they would bury what people and the watch did

export function RecordPanel() {
  const older = useSignal<Entry[]>([]);
  const whole = useSignal(false);
  const size = node.value?.record.size ?? 0;
  useEffect(() => {
    get<Entry[]>(`api/v1/log?after=${Math.max(0, size - ASKED)}&limit=${ASKED}`)
      .then((found) => (older.value = found))
      .catch(() => undefined); // the live entries below still come
  }, []);
  const known = new Set(older.value.map((entry) => entry.index));
  const all = [...older.value, ...entries.value.filter((entry) => !known.has(entry.index))]
    .filter((entry) => whole.value || !QUIET.has(entry.kind))
    .sort((a, b) => b.index - a.index)
    .slice(0, SHOWN);
  const now = nodeNow();
  return (
    <>
      <Head title={s.record.table}>
        <a class="end" href="api/v1/log.html" target="_blank" rel="noopener">{s.record.print}</a>
      </Head>
      <div class="body">
        <p>{fill(s.record.size, { n: number(size) })}</p>
        <p class="calm break">{s.record.head} <code>{node.value?.record.root}</code></p>
        <h3>{s.record.latest}</h3>
        <label class="check">
          <input type="checkbox" checked={whole.value} onChange={(e) => (whole.value = e.currentTarget.checked)} /> {s.record.whole}
        </label>
        <ul class="claims">
          {all.map((entry) => (
            <li key={entry.index}>
              <span class="calm">{fill(s.incident.index, { n: entry.index })} · {entry.at ? shortZ(entry.at, now) : ""} · {entry.kind}{entry.who && ` · ${entry.who}`}</span>
              <span class="block">{entry.says}</span>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
