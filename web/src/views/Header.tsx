import { useSignal } from "@preact/signals";
import { helpOpen, type Panel, panel } from "../actions";
import { beat, feeds, lastHeard_ms, lineWaits, link, node, nodeNow, notices, session, zones } from "../model/store";
import { post } from "../net/api";
import { age, clockIn, clockZ, number, shortZ, span } from "../pure/format";
import { watchOf } from "../pure/watch";
import { sound, soundOff, soundOn, testTone } from "../sound";
import { palette, PALETTES } from "../station";
import { fill, many, s } from "../strings";

const NAV: Panel[] = ["line", "tracks", "zones", "incidents", "feeds", "notices", "record", "health"];

function Clock() {
  beat.value;
  const now = nodeNow();
  const here = clockIn(node.value?.local_zone ?? null, now);
  const there = clockIn(node.value?.counterpart_zone ?? null, now);
  const clock = node.value?.clock;
  const measured = clock?.synchronised && clock.offset_ms !== null && clock.uncertainty_ms !== null;
  const hint = measured ? fill(s.head.clockHint, { offset: clock.offset_ms ?? 0, uncertainty: clock.uncertainty_ms ?? 0 }) : s.head.clockHintUnknown;
  return (
    <div class="clock" title={hint}>
      <time class="utc">{clockZ(now)}</time>
      <span class="local">
        {here && <span>{`${here} ${s.head.ours}`}</span>}
        {there && <span>{`${there} ${s.head.theirs}`}</span>}
      </span>
      {clock && !clock.synchronised && (
        <span class="flag late">{clock.synchronised === false ? s.head.clockUnsynchronised : s.head.clockUnknown}</span>
      )}
    </div>
  );
}

/** The node's clock was set, or the machine slept: times around that moment are to be doubted. */
function Jump() {
  const jumped = node.value?.clock.jumped;
  if (!jumped) return null;
  const by = fill(jumped.by_ms < 0 ? s.head.clockBack : s.head.clockAhead, { by: span(Math.abs(jumped.by_ms) / 1000) });
  return <span class="flag late">{fill(s.head.clockJumped, { by, at: shortZ(jumped.at, nodeNow()) })}</span>;
}

function LinkState() {
  beat.value;
  const silent_s = (Date.now() - lastHeard_ms.value) / 1000;
  const said = {
    up: fill(s.head.linkUp, { age: age(silent_s) }),
    connecting: s.head.linkConnecting,
    stale: fill(s.head.linkStale, { age: age(silent_s) }),
    refused: s.head.linkRefused,
  }[link.value];
  return <span class={`flag ${link.value === "up" ? "" : link.value === "connecting" ? "unsure" : "bad"}`}>{said}</span>;
}

function FeedState() {
  const all = [...feeds.value.values()].filter((feed) => feed.state !== "off");
  const bad = all.filter((feed) => feed.state !== "up").length;
  const down = all.length === 0 || all.some((feed) => feed.state === "down");
  const said = all.length === 0 ? s.head.feedsNone : many(bad ? s.head.feedsBad : s.head.feedsOk, all.length, { bad });
  return (
    <button type="button" class={`flag ${down ? "bad" : bad ? "late" : ""}`} onClick={() => (panel.value = "feeds")}>
      {said}
    </button>
  );
}

function SoundState() {
  if (sound.value !== "on") {
    return (
      <span class="sound">
        <span class="flag bad">{sound.value === "blocked" ? s.head.soundBlocked : s.head.soundOff}</span>
        <button type="button" class="main" onClick={() => void soundOn()}>
          {s.head.soundTurnOn}
        </button>
      </span>
    );
  }
  return (
    <span class="sound">
      <button type="button" class="flag" title={s.head.mute} onClick={soundOff}>
        {s.head.soundOn}
      </button>
      <button type="button" class="quiet" onClick={testTone}>
        {s.head.test}
      </button>
    </span>
  );
}

function Nav() {
  const red = [...notices.value.values()].filter((notice) => notice.red).length;
  return (
    <nav aria-label={s.nav.label}>
      {NAV.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={panel.value === name}
          onClick={() => (panel.value = panel.value === name ? null : name)}
        >
          {s.nav[name]}
          {name === "notices" && red > 0 && <b class="count bad">{red}</b>}
          {name === "line" && lineWaits.value > 0 && <b class="count bad">{lineWaits.value}</b>}
        </button>
      ))}
    </nav>
  );
}

async function leave(): Promise<void> {
  try {
    await post("api/v1/logout", {});
  } finally {
    session.value = null;
  }
}

/** Whether the node watches, and whether there is anything it could see. An old word that it watches is no word. */
function Watching() {
  const standing = [...zones.value.values()].filter((zone) => !zone.withdrawn).length;
  const said = watchOf(link.value !== "stale", node.value?.watching, standing, [...feeds.value.values()].map((feed) => feed.state));
  return <span class={`watch ${said === "watching" ? "" : "bad"}`}>{s.head.watch[said]}</span>;
}

const NEARLY_FULL = 0.8;

function Movers() {
  const now = node.value;
  if (!now) return null;
  const full = now.movers >= NEARLY_FULL * now.limit;
  if (full) return <span class="flag late">{fill(s.head.nearlyFull, { movers: number(now.movers), limit: number(now.limit) })}</span>;
  return (
    <span class="movers" title={many(s.head.moversHint, now.bound)}>
      {many(s.head.movers, now.movers)}
    </span>
  );
}

export function Header() {
  const open = useSignal(false);
  const who = session.value;
  const named = node.value?.name;
  return (
    <header>
      <div class="bar">
        <span class="brand">{s.product}</span>
        <span class="party">
          {who?.party}
          {named && named !== who?.party && <small>{named}</small>}
        </span>
        <Watching />
        <Movers />
        <Clock />
      </div>
      <div class="bar lower">
        <Nav />
        <span class="flags">
          <Jump />
          <LinkState />
          <FeedState />
          <SoundState />
          <span class="palettes" role="group" aria-label={s.head.palette}>
            {PALETTES.map((name) => (
              <button key={name} type="button" aria-pressed={palette.value === name} onClick={() => (palette.value = name)}>
                {s.head[name]}
              </button>
            ))}
          </span>
          <span class="menu">
            <button type="button" class="quiet" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
              {who?.name} · {who?.role}
            </button>
            {open.value && (
              <span class="drop">
                <button type="button" onClick={() => { helpOpen.value = true; open.value = false; }}>
                  {s.head.help}
                </button>
                <button type="button" onClick={() => void leave()}>
                  {s.head.signOut}
                </button>
              </span>
            )}
          </span>
        </span>
      </div>
    </header>
  );
}
