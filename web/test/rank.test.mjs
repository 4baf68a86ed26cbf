import assert from "node:assert/strict";
import { test } from "node:test";
import { alarmsOf, bestTime, counts, keepPlaces, placesOf, rows, sounding, timeLeft, worse } from "../.test/pure/rank.js";

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
const ranked = (list) => rows(list, null, new Set());
const order = (list) => ranked(list).map((row) => row.head?.id ?? row.key);

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

test("the best prediction ranks, else the straight line; of a mover that is not heard nothing is predicted", () => {
  assert.equal(bestTime(alarm({ to_boundary_s: 90, to_ring_s: 20, earliest_s: 60 })), 90);
  assert.equal(bestTime(alarm({ to_ring_s: 20 })), 20);
  assert.equal(bestTime(alarm({ to_boundary_s: 0, lost: true })), null);
  assert.equal(timeLeft(alarm({ earliest_s: 60 })), 60);
});

test("one over the area of a zone that heads for it is not inside", () => {
  assert.equal(timeLeft(alarm({ boundary_m: -500, event: "approach", to_boundary_s: 40 })), 40);
  assert.equal(timeLeft(alarm({ boundary_m: -500, event: "averted" })), Number.POSITIVE_INFINITY);
  assert.equal(timeLeft(alarm({ boundary_m: -500, event: "entry" })), -1);
});

test("returned and shelved alarms sink, normal ones leave", () => {
  const returned = alarm({ priority: "critical", state: "returned_unacknowledged" });
  const shelved = alarm({ priority: "critical", state: "shelved" });
  const active = alarm({});
  assert.deepEqual(order([shelved, returned, alarm({ state: "normal" }), active]), [active.id, returned.id, shelved.id]);
});

test("a flood gathers what is not critical, and loses nothing", () => {
  const many = Array.from({ length: 1000 }, (_, i) => alarm({ zone: `z${i % 3}`, priority: i % 50 ? "advisory" : "critical" }));
  const shown = ranked(many);
  const cards = shown.filter((row) => row.kind === "card");
  const gathered = shown.filter((row) => row.kind === "group").flatMap((row) => row.cards);
  assert.equal(cards.length, 20);
  assert.equal([...cards, ...gathered].flatMap(alarmsOf).length, 1000);
});

test("thirty movers with four rings each are no flood: every mover keeps its card", () => {
  const many = Array.from({ length: 120 }, (_, i) => alarm({ mover: `x${i % 30}`, ring: `r${i}` }));
  assert.equal(ranked(many).length, 30);
  assert.ok(ranked(many).every((row) => row.kind === "card" && row.rest.length === 3));
});

test("the chosen alarm keeps its own card in a flood", () => {
  const many = Array.from({ length: 100 }, () => alarm({}));
  const shown = rows(many, many[70].id, new Set());
  assert.ok(shown.some((row) => row.kind === "card" && row.head.id === many[70].id));
});

test("only an unacknowledged, unsilenced alarm sounds, and the worst one", () => {
  assert.equal(sounding([alarm({ state: "acknowledged", priority: "critical" })]), null);
  assert.equal(sounding([alarm({ silenced: true, priority: "critical" }), alarm({ priority: "warning" })]), "warning");
  assert.equal(sounding([alarm({}), alarm({ priority: "critical" })]), "critical");
});

test("a shelved alarm is counted as shelved only, and movers are counted once", () => {
  const found = counts([alarm({ state: "shelved", priority: "critical" }), alarm({ mover: "x" }), alarm({ mover: "x", priority: "warning" })]);
  assert.deepEqual([found.critical, found.advisory, found.shelved, found.waiting], [0, 1, 1, 2]);
  assert.deepEqual([found.movers, found.alarms], [1, 2]);
});

test("a mover's rings in the same zone are one card, the most urgent in its head", () => {
  const boundary = alarm({ mover: "x", priority: "critical" });
  const other = alarm({ mover: "y", priority: "critical", to_boundary_s: 5 });
  const ring = alarm({ mover: "x" });
  const shelved = alarm({ mover: "x", state: "shelved" });
  const found = ranked([shelved, ring, other, boundary]);
  assert.deepEqual(found.map((row) => alarmsOf(row).map((one) => one.id)), [[other.id], [boundary.id, ring.id, shelved.id]]);
});

test("a warning that waits stands above a critical alarm somebody has taken, and an advisory does not lift its mover above it", () => {
  const taken = alarm({ mover: "x", priority: "critical", state: "acknowledged" });
  const ring = alarm({ mover: "x" });
  const waits = alarm({ mover: "y", priority: "warning", to_boundary_s: 21 });
  const open = alarm({ mover: "z", priority: "critical" });
  assert.deepEqual(order([taken, ring, waits, open]), [open.id, waits.id, taken.id]);
});

// ── places kept while a person is busy ──

test("a card keeps its place when it is acknowledged, until the list is ranked again", () => {
  const [a, b] = [alarm({ mover: "a", priority: "critical", boundary_m: -9 }), alarm({ mover: "b", priority: "critical" })];
  const before = placesOf(ranked([a, b]));
  const after = ranked([{ ...a, state: "acknowledged" }, b]);
  assert.deepEqual(after.map((row) => row.head.mover), ["b", "a"]);
  assert.deepEqual(keepPlaces(after, before).map((row) => row.head.mover), ["a", "b"]);
});

test("a new critical alarm stands where it belongs at once, another new one comes last", () => {
  const a = alarm({ mover: "a", priority: "warning" });
  const b = alarm({ mover: "b", priority: "warning" });
  const before = placesOf(ranked([a, b]));
  const critical = alarm({ mover: "c", priority: "critical" });
  const warning = alarm({ mover: "0", priority: "warning", to_boundary_s: 1 });
  const shown = keepPlaces(ranked([a, b, critical, warning]), before);
  assert.deepEqual(shown.map((row) => row.head.mover), ["c", "a", "b", "0"]);
});

test("a card that becomes critical while the list is held moves up at once", () => {
  const a = alarm({ mover: "a", priority: "warning", to_boundary_s: 5 });
  const b = alarm({ mover: "b", priority: "warning", to_boundary_s: 9 });
  const before = placesOf(ranked([a, b]));
  const shown = keepPlaces(ranked([a, { ...b, priority: "critical" }]), before);
  assert.deepEqual(shown.map((row) => row.head.mover), ["b", "a"]);
});

test("what has left the list leaves no place behind", () => {
  const [a, b] = [alarm({ mover: "a" }), alarm({ mover: "b" })];
  assert.deepEqual(keepPlaces(ranked([b]), placesOf(ranked([a, b]))).map((row) => row.head.mover), ["b"]);
});

test("of two that sound the worse is heard, and silence gives way to either", () => {
  assert.equal(worse("advisory", "critical"), "critical");
  assert.equal(worse(null, "warning"), "warning");
  assert.equal(worse("warning", null), "warning");
});
