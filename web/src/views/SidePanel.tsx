import { editing, panel } from "../actions";
import { FeedsPanel } from "../panels/Feeds";
import { HealthPanel } from "../panels/Health";
import { IncidentsPanel } from "../panels/Incidents";
import { LinePanel } from "../panels/line/LinePanel";
import { NoticesPanel } from "../panels/Notices";
import { RecordPanel } from "../panels/Record";
import { TracksPanel } from "../panels/Tracks";
import { ZoneEditor } from "../panels/ZoneEditor";
import { ZonesPanel } from "../panels/Zones";
import { s } from "../strings";

/** One panel at a time, beside the map. What is being typed in the zone editor stays while another panel is looked at. */
export function SidePanel() {
  const name = panel.value;
  if (name === null) return null;
  return (
    <section class="side" aria-label={s.nav[name]}>
      {name === "tracks" && <TracksPanel />}
      {name === "zones" && (editing.value ? <ZoneEditor key={editing.value.zone ?? "new"} of={editing.value.zone} /> : <ZonesPanel />)}
      {name === "incidents" && <IncidentsPanel />}
      {name === "feeds" && <FeedsPanel />}
      {name === "notices" && <NoticesPanel />}
      {name === "line" && <LinePanel />}
      {name === "record" && <RecordPanel />}
      {name === "health" && <HealthPanel />}
    </section>
  );
}
