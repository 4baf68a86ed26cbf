import { useSignal } from "@preact/signals";
import { helpOpen, type Panel, panel } from "../actions";
import { beat, feeds, lastHeard_ms, link, node, nodeNow, notices, session } from "../model/store";
import { post } from "../net/api";
import { age, clockIn, clockZ, number } from "../pure/format";
import { sound, soundOff, soundOn, testTone } from "../sound";
import { palette, PALETTES } from "../station";
import { fill, s } from "../strings";

const NAV: Panel[] = ["tracks", "zones", "incidents", "feeds", "notices", "record", "health"];

function Clock() {
  beat.value;
  const now = nodeNow();
  const here = clockIn(node.value?.local_zone ?? null, now);
  const there = clockIn(node.value?.counterpart_zone ?? null, now);
  const clock = node.value?.clock;
  const hint = clock ? fill(s.head.clockHint, { offset: clock.offset_ms ?? "?", uncertainty: clock.uncertainty_ms ?? "?" }) : "";
  return (
    <div class="clock" title={hint}>
      <time class="utc">{clockZ(now)}</time>
      <span class="local">
        {here && <span>{`${here} ${s.head.ours}`}</span>}
        {there && <span>{`${there} ${s.head.theirs}`}</span>}
      </span>
      {clock && !clock.synchronised && <span class="flag late">{s.head.clockUnsynchronised}</span>}
    </div>
  );
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
  const said = all.length === 0 ? s.head.feedsNone : fill(bad ? s.head.feedsBad : s.head.feedsOk, { n: all.length, bad });
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

export function Header() {
  const open = useSignal(false);
  const who = session.value;
  const now = node.value;
  const known = link.value !== "stale"; // an old word that it watches is no word
  return (
    <header>
      <div class="bar">
        <span class="brand">{s.product}</span>
        <span class="party">{who?.party}</span>
        <span class={`watch ${known && now?.watching ? "" : "bad"}`}>
          {!known ? s.head.watchUnknown : now?.watching ? s.head.watching : s.head.notWatching}
        </span>
        {now && (
          <span class="movers">
            {fill(s.head.movers, { movers: number(now.movers), bound: number(now.bound), limit: number(now.limit) })}
          </span>
        )}
        <Clock />
      </div>
      <div class="bar lower">
        <Nav />
        <span class="flags">
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
