/** The events socket: resumes where it stopped, says when it is stale, never gives up. */

import { backoffMs, LOOK_MS, STALE_MS } from "../pure/backoff";
import { type EventFrame, lastHeard_ms, link, session, takeEvents, takePicture } from "../model/store";
import type { Picture } from "../model/types";
import { get, Refused, socketAddress } from "./api";

let socket: WebSocket | null = null;
let seen = -1;
let tries = 0;
let waiting: EventFrame[] = [];
let resyncing = false;

async function resync(): Promise<void> {
  if (resyncing) return;
  resyncing = true;
  try {
    const picture = await get<Picture>("api/v1/state");
    takePicture(picture);
    lastHeard_ms.value = Date.now(); // a node that dies before its first frame was heard all the same, and its picture grows old
    seen = Math.max(seen, picture.seq);
  } finally {
    resyncing = false;
  }
}

function flush(): void {
  const events = waiting;
  waiting = [];
  takeEvents(events);
}

function take(text: string): void {
  let event: EventFrame;
  try {
    event = JSON.parse(text) as EventFrame;
  } catch {
    return;
  }
  lastHeard_ms.value = Date.now();
  link.value = "up";
  tries = 0;
  if (event.type === "resync") {
    void resync().catch(again);
    return;
  }
  if (typeof event.seq === "number" && event.seq > seen) seen = event.seq;
  if (waiting.length === 0) setTimeout(flush, 0);
  waiting.push(event);
}

function again(): void {
  socket?.close();
  socket = null;
  // A connection that closed is seen at once: from this moment the picture is as old as its last word.
  if (link.value !== "refused") link.value = lastHeard_ms.value > 0 ? "stale" : "connecting";
  const wait = backoffMs(tries++) * (0.75 + Math.random() / 2);
  setTimeout(() => void connect(), wait);
}

async function connect(): Promise<void> {
  if (session.value === null) return;
  try {
    if (seen < 0) await resync();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      session.value = null;
      return;
    }
    again();
    return;
  }
  const opened = new WebSocket(socketAddress(`ws/events?after=${seen}`));
  let open = false;
  socket = opened;
  opened.onopen = () => {
    open = true;
    lastHeard_ms.value = Date.now();
    link.value = "up";
  };
  opened.onmessage = (message) => take(String(message.data));
  opened.onclose = (closed) => {
    if (socket !== opened) return;
    if (!open || closed.code === 4401 || closed.code === 4403) void probe(!open);
    again();
  };
}

/**
 * A socket refused before it opened says nothing about why; ask plainly. 401: the session ended, show the login page.
 * An answer: the node is there and something between (a proxy without Upgrade) keeps the live connection out.
 */
async function probe(neverOpened = false): Promise<void> {
  try {
    await get("api/v1/session");
    if (neverOpened && tries > 2) link.value = "refused";
  } catch (error) {
    if (error instanceof Refused && error.status === 401) session.value = null;
  }
}

let started = false;
export function startEvents(): void {
  seen = -1;
  tries = 0;
  void connect();
  if (started) return;
  started = true;
  setInterval(() => {
    if (session.value !== null && lastHeard_ms.value > 0 && Date.now() - lastHeard_ms.value > STALE_MS) {
      link.value = "stale";
      // A half-open connection (a pulled cable) never closes by itself.
      if (socket && Date.now() - lastHeard_ms.value > 2 * STALE_MS) {
        lastHeard_ms.value += STALE_MS;
        void probe();
        again();
      }
    }
  }, LOOK_MS);
}

export function stopEvents(): void {
  const open = socket;
  socket = null;
  open?.close();
}
