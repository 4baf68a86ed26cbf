import { signal, useSignal } from "@preact/signals";
import { dialog, perform } from "../actions";
import { chosenZone, may, nodeNow, notices, zones } from "../model/store";
import type { Notice } from "../model/types";
import { shortZ } from "../pure/format";
import { fill, s } from "../strings";
import { Head } from "../views/bits";

export const noticeFor = signal<string | null>(null);
const made = signal<Notice | null>(null); // with its link, which the node says only once

/** A link that was just made: to be copied, photographed or printed; the node says it only once. */
export function Link({ notice, close }: { notice: Notice; close: () => void }) {
  const copied = useSignal(false);
  const address = new URL(notice.link ?? "", location.href).href;
  const copy = (): void => void navigator.clipboard?.writeText(address).then(() => (copied.value = true)).catch(() => undefined);
  return (
    <div class="boxed link">
      <p><b>{s.notice.linkReady}</b></p>
      <p>{notice.to}{notice.unit && notice.unit !== notice.to ? ` · ${notice.unit}` : ""} · {notice.zone_name} · {fill(s.notice.valid, { at: shortZ(notice.valid_until, nodeNow()) })}</p>
      {notice.link_qr?.startsWith("data:image/") && <img src={notice.link_qr} alt={address} width={180} height={180} />}
      <p class="row"><input readOnly value={address} aria-label={s.notice.make} onFocus={(e) => e.currentTarget.select()} />
        <button type="button" onClick={copy}>{copied.value ? s.copied : s.copy}</button></p>
      {notice.link_note && <p>{notice.link_note}</p>}
      <p class="row">
        <button type="button" onClick={() => window.print()}>{s.notice.print}</button>
        <button type="button" class="quiet" onClick={close}>{s.close}</button>
      </p>
    </div>
  );
}

function Make({ zone }: { zone: string }) {
  const to = useSignal("");
  const over = useSignal("");
  const minutes = useSignal(120);
  const text = useSignal("");
  const chosen = useSignal(zone);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { zone: chosen.value, to: to.value.trim(), over: over.value.trim(), valid_minutes: minutes.value, text: text.value.trim() };
    const said = (await perform("notice.make", body)) as Notice | null;
    if (!said) return;
    made.value = said;
    noticeFor.value = null;
  };
  return (
    <form class="body edit boxed" onSubmit={(event) => void send(event)}>
      <label>
        {s.alarm.zone}
        <select value={chosen.value} onChange={(e) => (chosen.value = e.currentTarget.value)}>
          {[...zones.value.values()].filter((z) => !z.withdrawn).map((z) => <option key={z.id} value={z.id}>{z.name || z.id}</option>)}
        </select>
      </label>
      <label>{s.notice.to}<input required maxLength={80} value={to.value} onInput={(e) => (to.value = e.currentTarget.value)} /></label>
      <label>{s.notice.over}<input required maxLength={80} placeholder={s.notice.overHint} value={over.value} onInput={(e) => (over.value = e.currentTarget.value)} /></label>
      <label>{s.notice.minutes}<input type="number" required min={1} max={10_080} value={minutes.value} onInput={(e) => (minutes.value = e.currentTarget.valueAsNumber)} /></label>
      <label>{s.notice.text}<textarea rows={3} maxLength={2000} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} /></label>
      <p class="calm">{s.permissionShort}</p>
      <p class="row end">
        <button type="button" onClick={() => (noticeFor.value = null)}>{s.cancel}</button>
        <button type="submit" class="main">{s.notice.make}</button>
      </p>
    </form>
  );
}

const readBack = (notice: Notice): string =>
  Object.entries(notice.read_back ?? {}).map(([field, value]) => `${field.replaceAll("_", " ")}: ${String(value)}`).join(" · ");

function One({ notice }: { notice: Notice }) {
  const now = nodeNow();
  const revoke = (): void => {
    dialog.value = {
      title: s.notice.revokeTitle,
      body: `${notice.to}: ${notice.zone_name}`,
      field: s.reason,
      go: () => s.notice.revokeDo,
      done: async (reason) => (await perform("notice.revoke", { notice: notice.id, reason })) !== null,
    };
  };
  return (
    <li class="item">
      <p class="first">
        <strong>{notice.to}</strong>
        <span class={`flag ${notice.red ? "bad" : ""}`}>{s.notice[notice.state]}</span>
      </p>
      <p>{notice.unit && <>{notice.unit} · </>}{notice.zone_name} · {notice.over}</p>
      {notice.red && <p><b>{s.notice.notWarned}</b></p>}
      {notice.differs.length > 0 && <p><b>{fill(s.notice.differs, { fields: notice.differs.join(", ") })}</b></p>}
      {readBack(notice) && <p>{readBack(notice)}</p>}
      <p class="calm">
        {shortZ(notice.made, now)} {fill(s.notice.by, { who: notice.made_by })} · {fill(s.notice.valid, { at: shortZ(notice.valid_until, now) })}
        {notice.answered_by && <> · {shortZ(notice.answered_at, now)} {fill(s.notice.by, { who: notice.answered_by })}{notice.answered_role && `, ${notice.answered_role}`}</>}
        {notice.tries ? <b> · {fill(s.notice.tries, { n: notice.tries })}</b> : null}
      </p>
      {may("operator") && (
        <p class="row">
          {notice.state === "read_back" && (
            <button type="button" class="main" onClick={() => void perform("notice.confirm", { notice: notice.id })}>{s.notice.confirm}</button>
          )}
          {notice.state !== "revoked" && <button type="button" class="quiet" onClick={revoke}>{s.notice.revoke}</button>}
        </p>
      )}
    </li>
  );
}

export function NoticesPanel() {
  const all = [...notices.value.values()].sort((a, b) => Number(b.red) - Number(a.red) || (a.made < b.made ? 1 : -1));
  const first = chosenZone.value ?? [...zones.value.keys()][0];
  return (
    <>
      <Head title={s.notice.table}>
        {may("operator") && !noticeFor.value && first && (
          <button type="button" class="main end" onClick={() => (noticeFor.value = first)}>{s.notice.make}</button>
        )}
      </Head>
      {made.value && <Link notice={made.value} close={() => (made.value = null)} />}
      {noticeFor.value && <Make zone={noticeFor.value} />}
      {!noticeFor.value && <p class="calm pad">{s.notice.hint}</p>}
      {all.length === 0 && <p class="empty">{s.notice.none}</p>}
      <ul class="items">{all.map((notice) => <One key={notice.id} notice={notice} />)}</ul>
    </>
  );
}
