import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Dialog, dialog, helpOpen } from "../actions";
import { s } from "../strings";

const kept = new Map<string, string>(); // Esc never loses typed text: it is there when the dialog opens again

function Reason({ of }: { of: Dialog }) {
  const box = useRef<HTMLDialogElement>(null);
  const reason = useSignal(kept.get(of.title) ?? "");
  const minutes = useSignal(of.minutes ?? 0);
  useEffect(() => box.current?.showModal(), []);
  const done = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await of.done(reason.value.trim(), minutes.value)) {
      kept.delete(of.title);
      dialog.value = null;
    }
  };
  return (
    <dialog ref={box} aria-label={of.title} onClose={() => (dialog.value = null)}>
      <form onSubmit={(event) => void done(event)}>
        <h2>{of.title}</h2>
        {of.body && <p>{of.body}</p>}
        {of.minutes !== undefined && (
          <label>
            {s.alarm.shelveMinutes}
            <input type="number" min={1} max={480} required value={minutes.value} onInput={(e) => (minutes.value = e.currentTarget.valueAsNumber)} />
          </label>
        )}
        <label>
          {of.field}
          <textarea
            rows={3}
            required
            value={reason.value}
            onInput={(e) => {
              reason.value = e.currentTarget.value;
              kept.set(of.title, reason.value);
            }}
          />
        </label>
        <p class="row end">
          <button type="button" onClick={() => (dialog.value = null)}>
            {s.cancel}
          </button>
          <button type="submit" class="main" disabled={!reason.value.trim()}>
            {of.go(minutes.value)}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function Help() {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} aria-label={s.keys.title} onClose={() => (helpOpen.value = false)}>
      <h2>{s.keys.title}</h2>
      <dl class="keys">
        {s.keys.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="row end">
        <button type="button" class="main" onClick={() => (helpOpen.value = false)}>
          {s.close}
        </button>
      </p>
    </dialog>
  );
}

export function Dialogs() {
  if (dialog.value) return <Reason key={dialog.value.title} of={dialog.value} />;
  return helpOpen.value ? <Help /> : null;
}
