import assert from "node:assert/strict";
import { test } from "node:test";
import { whyNotUsed } from "../.test/pure/reports.js";

const at = (s, lat, used = true) => ({ observed: `2024-01-01T00:00:${String(s).padStart(2, "0")}.000Z`, heard: null, lat_deg: lat, lon_deg: 38, used });

test("a report that was used has no reason", () => assert.deepEqual(whyNotUsed([at(2, 33.1), at(1, 33)]), [null, null]));

test("one that is no newer than the last used one came late", () => {
  assert.deepEqual(whyNotUsed([at(1, 33.2, false), at(2, 33.1), at(1, 33)]), ["late", null, null]);
});

test("one at the very same spot is a frozen position, one elsewhere was too far to be reached", () => {
  assert.deepEqual(whyNotUsed([at(9, 40, false), at(5, 33, false), at(1, 33)]), ["jump", "frozen", null]);
});

test("where no used report is left to compare with, nothing is claimed", () => {
  assert.deepEqual(whyNotUsed([at(9, 40, false)]), ["notKnown"]);
});
