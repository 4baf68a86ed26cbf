/** The tracks socket: the newest frame as it came, and the names of its slots. */

import { backoffMs } from "../pure/backoff";
import { readFrame } from "../pure/frame";
import { wrapLon } from "../pure/geo";
import { frame, names, namesVersion, session, tracksHeard_ms } from "../model/store";
import type { SlotName } from "../model/types";
import { socketAddress } from "./api";

interface NamesFrame {
  names?: Record<string, SlotName>;
  gone?: number[];
}

let socket: WebSocket | null = null;
let tries = 0;
let view: [number, number, number, number] | null = null;

function takeNames(said: NamesFrame): void {
  const known = names.value as Map<number, SlotName>; // changed in place: 100,000 names are not copied each second
  for (const slot of said.gone ?? []) known.delete(slot);
  for (const [slot, name] of Object.entries(said.names ?? {})) known.set(Number(slot), name);
  namesVersion.value++;
}

function take(data: unknown): void {
  tries = 0;
  tracksHeard_ms.value = Date.now();
  if (data instanceof ArrayBuffer) {
    const read = readFrame(data);
    if (read) frame.value = read;
    return;
  }
  try {
    takeNames(JSON.parse(String(data)) as NamesFrame);
  } catch {
    // a text frame that is no JSON is a newer node's: the picture stays
  }
}

function connect(): void {
  if (session.value === null) return;
  const opened = new WebSocket(socketAddress("ws/tracks"));
  opened.binaryType = "arraybuffer";
  socket = opened;
  opened.onopen = () => {
    (names.value as Map<number, SlotName>).clear();
    if (view) opened.send(JSON.stringify({ view }));
  };
  opened.onmessage = (message) => take(message.data);
  opened.onclose = () => {
    if (socket !== opened) return;
    setTimeout(connect, backoffMs(tries++) * (0.75 + Math.random() / 2));
  };
}

export function startTracks(): void {
  tries = 0;
  connect();
}

export function stopTracks(): void {
  const open = socket;
  socket = null;
  open?.close();
}

/** Narrow what the node sends to what the map shows; movers that are bound always come. */
export function setView(next: [number, number, number, number] | null): void {
  if (next === null && view === null) return;
  const [west, south, east, north] = next ?? [-180, -90, 180, 90];
  const whole = east - west >= 360;
  view = [whole ? -180 : wrapLon(west), Math.max(-90, south), whole ? 180 : wrapLon(east), Math.min(90, north)];
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ view }));
}
