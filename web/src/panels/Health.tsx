import { health } from "../model/store";
import { fill, s } from "../strings";
import { Fact, Head } from "../views/bits";

/** ISA-18.2 / EEMUA 191 aims for one operator, beside what was measured from the record. */
export function HealthPanel() {
  const h = health.value;
  const goal = (words: string) => <small> {fill(s.health.goal, { goal: words })}</small>;
  return (
    <>
      <Head title={s.health.table} />
      {!h && <p class="empty">{s.loading}</p>}
      {h && (
        <dl class="facts2 body">
          <Fact name={s.health.tenMinutes}>{h.alarms_10min}{goal("≤ 10")}</Fact>
          <Fact name={s.health.hour}>{h.alarms_hour}</Fact>
          <Fact name={s.health.average}>{h.per_10min_average.toFixed(1)}{goal("≤ 1")}</Fact>
          <Fact name={s.health.peak}>{h.peak_10min}{goal("< 10")}</Fact>
          <Fact name={s.health.stale}>{h.stale}{goal("0")}</Fact>
          <Fact name={s.health.chattering}>{h.chattering.length ? h.chattering.join(", ") : s.health.none}</Fact>
        </dl>
      )}
    </>
  );
}
