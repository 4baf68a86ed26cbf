import assert from "node:assert/strict";
import { test } from "node:test";
import { counts, rows, sounding } from "../.test/pure/rank.js";

let made = 0;
const movers = () => `m${made}`;
const alarm = (given) => ({
  id: `a${String(made++).padStart(4, "0")}`,
  mover: movers(),
  zone: "z",
  priority: "advisory",
  state: "unacknowledged",
  since: "2024-01-01T00:00:00.000Z",
  boundary_m: 1000,
  to_boundary_s: null,
  to_ring_s: null,
  depth_m: null,
  silenced: false,
  ...given,
});
const order = (list) => rows(list, null, new Set()).map((row) => row.alarm?.id ?? row.key);

test("the one that reaches the boundary first stands first, never the one that came first", () => {
  const late = alarm({ since: "2024-01-01T00:00:00.000Z", to_boundary_s: 600 });
  const soon = alarm({ since: "2024-01-01T01:00:00.000Z", to_boundary_s: 60 });
  assert.deepEqual(order([late, soon]), [soon.id, late.id]);
});

test("inside comes before approaching, unknown time after known, priority before time", () => {
  const inside = alarm({ boundary_m: -5 });
  const soon = alarm({ to_boundary_s: 5 });
  const unknown = alarm({});
  const critical = alarm({ priority: "critical", to_boundary_s: 9000 });
  assert.deepEqual(order([unknown, soon, inside, critical]), [critical.id, inside.id, soon.id, unknown.id]);
});

test("returned and shelved alarms sink, normal ones leave", () => {
  const returned = alarm({ priority: "critical", state: "returned_unacknowledged" });
  const shelved = alarm({ priority: "critical", state: "shelved" });
  const active = alarm({});
  assert.deepEqual(order([shelved, returned, alarm({ state: "normal" }), active]), [active.id, returned.id, shelved.id]);
});

test("a flood gathers what is not critical, and loses nothing", () => {
  const many = Array.from({ length: 1000 }, (_, i) => alarm({ zone: `z${i % 3}`, priority: i % 50 ? "advisory" : "critical" }));
  const shown = rows(many, null, new Set());
  const critical = shown.filter((row) => row.kind === "alarm");
  const gathered = shown.filter((row) => row.kind === "group");
  assert.equal(critical.length, 20);
  assert.equal(critical.length + gathered.reduce((n, row) => n + row.alarms.length, 0), 1000);
});

test("the chosen alarm keeps its own row in a flood", () => {
  const many = Array.from({ length: 100 }, () => alarm({}));
  const shown = rows(many, many[70].id, new Set());
  assert.ok(shown.some((row) => row.kind === "alarm" && row.alarm.id === many[70].id));
});

test("only an unacknowledged, unsilenced alarm sounds, and the worst one", () => {
  assert.equal(sounding([alarm({ state: "acknowledged", priority: "critical" })]), null);
  assert.equal(sounding([alarm({ silenced: true, priority: "critical" }), alarm({ priority: "warning" })]), "warning");
  assert.equal(sounding([alarm({}), alarm({ priority: "critical" })]), "critical");
});

test("a shelved alarm is counted as shelved only", () => {
  const found = counts([alarm({ state: "shelved", priority: "critical" }), alarm({})]);
  assert.deepEqual([found.critical, found.advisory, found.shelved, found.waiting], [0, 1, 1, 1]);
});

test("a mover's other rings in the same zone follow its most urgent one", () => {
  const boundary = alarm({ mover: "x", priority: "critical" });
  const other = alarm({ mover: "y", priority: "critical", to_boundary_s: 5 });
  const ring = alarm({ mover: "x" });
  const found = rows([ring, other, boundary], null, new Set());
  assert.deepEqual(found.map((row) => [row.alarm.id, row.minor]), [[other.id, false], [boundary.id, false], [ring.id, true]]);
});

test("a warning that waits stands above a critical alarm somebody has taken, and an advisory does not lift its mover above it", () => {
  const taken = alarm({ mover: "x", priority: "critical", state: "acknowledged" });
  const ring = alarm({ mover: "x" });
  const waits = alarm({ mover: "y", priority: "warning", to_boundary_s: 21 });
  const open = alarm({ mover: "z", priority: "critical" });
  const found = rows([taken, ring, waits, open], null, new Set());
  assert.deepEqual(found.map((row) => row.alarm.id), [open.id, waits.id, taken.id, ring.id]);
});
