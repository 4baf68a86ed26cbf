import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSED_AT_ONCE_MAX, closable, near } from "../.test/pure/lost.js";

const lost = (mover, at, age_s, alarmed = false) => ({ mover, at, age_s, alarmed });
const BOX = [38, 33, 39, 34];

test("those of an area that have been silent for long enough are closed together, the oldest first", () => {
  const all = [lost("a", [33.5, 38.5], 700), lost("b", [33.5, 38.5], 900), lost("young", [33.5, 38.5], 100), lost("far", [35, 38.5], 900)];
  assert.deepEqual(closable(all, BOX, 600), ["b", "a"]);
  assert.deepEqual(closable(all, null, 600), ["b", "far", "a"]);
});

test("one that has an alarm is never among them", () => {
  assert.deepEqual(closable([lost("a", [33.5, 38.5], 900, true)], null, 0), []);
});

test("no more than the node takes at once", () => {
  const many = Array.from({ length: CLOSED_AT_ONCE_MAX + 5 }, (_, i) => lost(`m${i}`, [33.5, 38.5], 900));
  assert.equal(closable(many, null, 0).length, CLOSED_AT_ONCE_MAX);
});

test("6 km beside an area counts as its area, 20 km does not, also over the date line", () => {
  assert.ok(near([33.5, 39.06], BOX));
  assert.ok(!near([33.5, 39.3], BOX));
  assert.ok(near([0, -179.9], [179, -1, -179.95, 1]));
  assert.ok(!near([0, 0], [179, -1, -179.95, 1]));
});
