import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutMover, boardOrder, broken, dueOnce, flashes, inOrder, treeOf, unitsMissing, waiting, wantsOtherPath } from "../.test/pure/line.js";

const line = (state, more = {}) => ({ party: "north", state, stopped: null, ...more });
const custody = (more = {}) => ({ status: "not warned", headline: "", units: [], not_told: [null], starts: null, closed: null, stations: [], ...more });
const talk = (id, more = {}) => ({
  id, party: "north", ours: true, precedence: "routine", queued: `2017-05-18T09:0${id}:00Z`, states: { life: "stored", seen: "not seen" }, due: [], custody: null, mover: null, ...more,
});
const hop = (number, more = {}) => ({ number, grade: "stored", how: "line", by: null, says: "x", at: null, stopped: null, detail: null, by_hand: false, ...more });
const station = (name, via, end = null, hops = [hop(1)]) => ({ name, via, last: false, end, hops });
const ids = (talks) => talks.map((one) => one.id);

test("a line that is not up waits for a person, whatever it is instead", () => {
  assert.equal(waiting([line("up")], []), 0);
  for (const state of ["down", "silent", "never met", "fork", "put back", "something new"]) assert.equal(waiting([line(state)], []), 1, state);
  assert.equal(waiting([line("up", { stopped: "put back" })], []), 1);
});

test("what is due waits until it is acknowledged here; what is theirs waits until it is seen", () => {
  const due = { what: "answer", unit: null, since: null, acknowledged_by: null };
  assert.equal(waiting([], [talk(1, { due: [due] })]), 1);
  assert.equal(waiting([], [talk(1, { due: [{ ...due, acknowledged_by: "omar" }] })]), 0);
  assert.equal(waiting([], [talk(1, { ours: false })]), 1);
  assert.equal(waiting([], [talk(1, { ours: false, states: { life: "stored", seen: "seen" } })]), 0);
  assert.equal(waiting([], [talk(1, { ours: false, states: { life: "withdrawn", seen: "not seen" } })]), 0);
  assert.equal(waiting([], [talk(1)]), 0);
});

test("a FLASH of theirs that nobody has seen is shown over everything, ours never", () => {
  const all = [talk(3, { ours: false, precedence: "flash" }), talk(2, { ours: false, precedence: "flash" }), talk(1, { precedence: "flash" }), talk(4, { ours: false, precedence: "immediate" })];
  assert.deepEqual(ids(flashes(all)), [2, 3]);
});

test("messages that wait stand first, then the newest", () => {
  assert.deepEqual(ids(inOrder([talk(1), talk(3), talk(2, { ours: false })])), [2, 3, 1]);
});

test("on the board who is not warned stands before who is told, and what is closed last", () => {
  const all = [talk(1, { custody: custody({ status: "told" }) }), talk(2, { custody: custody() }), talk(3, { custody: custody({ closed: "x" }) }), talk(4, { custody: custody({ status: "partly told" }) }), talk(5)];
  assert.deepEqual(ids(boardOrder(all)), [2, 4, 1, 3]);
});

test("a mover's card has the relays about that mover that still stand", () => {
  const all = [talk(1, { mover: "a", custody: custody() }), talk(2, { mover: "b", custody: custody() }), talk(3, { mover: "a", custody: custody({ closed: "x" }) }), talk(4, { mover: "a" })];
  assert.deepEqual(ids(aboutMover(all, "a")), [1]);
});

const shape = (branches) => branches.map((one) => [one.station?.name ?? one.unit, shape(one.below)]);

test("the tree goes from the sender down, and what is missing hangs where it should have gone on", () => {
  const stations = [station("south", null, null, []), station("north", "south"), station("liaison", "north", { standing: "stopped", red: true })];
  assert.deepEqual(shape(treeOf(custody({ stations }))), [["south", [["north", [["liaison", [[null, []]]]]]]]]);
  assert.deepEqual(shape(treeOf(custody({ stations: stations.slice(0, 2), not_told: ["2nd company"], units: ["2nd company"] }))), [["south", [["north", [["2nd company", []]]]]]]);
});

test("a unit that stands in the tree and is not told is not drawn twice", () => {
  const stations = [station("south", null, null, []), station("north", "south"), station("2nd  Company", "north", { standing: "waiting", red: false })];
  assert.deepEqual(shape(treeOf(custody({ stations, units: ["2nd company"], not_told: ["2nd company"] }))), [["south", [["north", [["2nd  Company", []]]]]]]);
});

test("two stations that name each other make no circle, and none is lost", () => {
  const stations = [station("south", null, null, []), station("a", "b"), station("b", "a")];
  const flat = (branches) => branches.flatMap((one) => [one.station?.name, ...flat(one.below)]);
  assert.deepEqual(flat(treeOf(custody({ stations, not_told: [] }))).sort(), ["a", "b", "south"]);
});

test("a line that is down, stopped or contradicts itself is told over everything; one that is only silent is not", () => {
  const all = ["up", "silent", "never met", "down", "fork", "put back", "they were put back", "something new"].map((state) => line(state));
  assert.deepEqual(broken(all).map((one) => one.state), ["down", "fork", "put back", "they were put back", "something new"]);
  assert.equal(broken([line("up", { stopped: "put back" })]).length, 1);
});

test("the other path is wanted where something is due, differs, stopped or is not confirmed, and not once it is over", () => {
  const due = { what: "seen", unit: null, since: null, acknowledged_by: "omar" };
  const of = (more) => wantsOtherPath(talk(1, { headline: "seen", result: null, ...more }));
  assert.equal(of({}), false);
  assert.equal(of({ due: [due] }), true);
  for (const headline of ["differs", "stopped", "no reply"]) assert.equal(of({ headline }), true, headline);
  assert.equal(of({ result: { outcome: "not confirmed" } }), true);
  assert.equal(of({ result: { outcome: "agrees" } }), false);
  assert.equal(of({ due: [due], states: { life: "withdrawn" } }), false);
});

test("what is due a second time is one row, since the first", () => {
  const due = (since, more = {}) => ({ what: "no_reply", unit: null, since, acknowledged_by: null, ...more });
  const found = dueOnce([due("2017-05-18T09:05:00Z"), due("2017-05-18T09:02:00Z"), due("2017-05-18T09:02:00Z", { what: "seen" }), due("2017-05-18T09:01:00Z", { acknowledged_by: "omar" })]);
  assert.deepEqual(found.map((one) => [one.what, one.since]), [["no_reply", "2017-05-18T09:02:00Z"], ["seen", "2017-05-18T09:02:00Z"], ["no_reply", "2017-05-18T09:01:00Z"]]);
});

test("forms offer the units that nobody is known to have told, by name", () => {
  assert.deepEqual(unitsMissing(custody({ not_told: [null, "2nd company"] })), ["2nd company"]);
  assert.deepEqual(unitsMissing(null), []);
});
