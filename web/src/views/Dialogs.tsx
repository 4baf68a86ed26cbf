import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Dialog, dialog, helpOpen, inWords, signInAgain } from "../actions";
import { session } from "../model/store";
import { post, Refused } from "../net/api";
import { fill, s } from "../strings";

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

/** After a while without an act the node lets a screen look but not act: the password again, nothing is lost. */
function Again({ go, leave }: { go: () => void; leave: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const password = useSignal("");
  const wrong = useSignal("");
  useEffect(() => box.current?.showModal(), []);
  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await post("api/v1/login", { name: session.value?.name ?? "", password: password.value });
      go();
    } catch (error) {
      wrong.value = error instanceof Refused && error.status === 401 ? s.login.wrong : inWords(error);
      password.value = "";
    }
  };
  return (
    <dialog ref={box} aria-label={s.login.again} onClose={leave}>
      <form onSubmit={(event) => void enter(event)}>
        <h2>{s.login.again}</h2>
        <p>{fill(s.login.againWhy, { name: session.value?.name ?? "" })}</p>
        <label>
          {s.login.password}
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(e) => (password.value = e.currentTarget.value)}
          />
        </label>
        <p role="alert">{wrong.value}</p>
        <p class="row end">
          <button type="button" onClick={leave}>
            {s.cancel}
          </button>
          <button type="submit" class="main">
            {s.login.enter}
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
  if (signInAgain.value) return <Again {...signInAgain.value} />;
  if (dialog.value) return <Reason key={dialog.value.title} of={dialog.value} />;
  return helpOpen.value ? <Help /> : null;
}
