/** The whole screen: header, alarms first, then the map, then one panel. */

import { signal } from "@preact/signals";
import { panel } from "../actions";
import { session } from "../model/store";
import { s } from "../strings";
import { LineBanner } from "../panels/line/LineBanner";
import { AlarmList } from "./AlarmList";
import { Announcer } from "./Announcer";
import { Banners } from "./Banners";
import { Conditions } from "./Conditions";
import { Dialogs } from "./Dialogs";
import { Header } from "./Header";
import { Login } from "./Login";
import { MapPane } from "./MapPane";
import { SidePanel } from "./SidePanel";

export const asked = signal(false);

export function App() {
  if (!asked.value) return <p class="boot">{s.loading}</p>;
  if (session.value === null) return <Login />;
  return (
    <div class="app" data-panel={panel.value ?? "none"}>
      <Banners>
        <Conditions />
        <LineBanner />
      </Banners>
      <Header />
      <main class="room">
        <AlarmList />
        <MapPane />
        <SidePanel />
      </main>
      <footer class="permission">{s.permission}</footer>
      <Announcer />
      <Dialogs />
    </div>
  );
}
