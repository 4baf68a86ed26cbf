/** Start: who is here, then the picture. Alarms come first and wait for nothing; the map loads by itself afterwards. */

import { effect } from "@preact/signals";
import { render } from "preact";
import "./style/tokens.css";
import "./style/frame.css";
import "./style/alarms.css";
import "./style/panels.css";
import "./style/map.css";
import "./style/line.css";
import { startKeys } from "./keys";
import { beat, forget, session } from "./model/store";
import type { Session } from "./model/types";
import { get } from "./net/api";
import { startEvents, stopEvents } from "./net/events";
import { startTracks, stopTracks } from "./net/tracks";
import { startSound } from "./sound";
import { startStation } from "./station";
import { App, asked } from "./views/App";

startStation();
startKeys();
startSound();
setInterval(() => beat.value++, 1000);

effect(() => {
  if (session.value === null) {
    stopEvents();
    stopTracks();
    forget();
  } else {
    startEvents();
    startTracks();
  }
});

const root = document.getElementById("root");
if (root) render(<App />, root);

get<Session>("api/v1/session")
  .then((found) => (session.value = found))
  .catch(() => undefined) // not signed in, or no node: the login page says which when somebody tries
  .finally(() => (asked.value = true));
