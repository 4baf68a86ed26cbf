import assert from "node:assert/strict";
import { test } from "node:test";
import { lengths, moments } from "../.test/pure/range.js";

const words = {
  between: "between {least} and {most}", before: "at or before {most}", after: "at or after {least}",
  upTo: "up to {most}", atLeast: "at least {least}",
};
const clock = (at) => at;

test("a length is one number where both ends read the same, else a range", () => {
  assert.equal(lengths(27_000, null, words), "27.0 km");
  assert.equal(lengths(27_000, [26_990, 27_010], words), "27.0 km");
  assert.equal(lengths(27_000, [26_900, 27_100], words), "between 26.9 km and 27.1 km");
  assert.equal(lengths(40, [0, 140], words), "up to 140 m");
  assert.equal(lengths(27_000, [5_000, null], words), "at least 5.0 km");
});

test("a moment says which of its ends nobody knows", () => {
  assert.equal(moments(["09:31:02Z", "09:31:02Z"], clock, words), "09:31:02Z");
  assert.equal(moments(["09:31:02Z", "09:31:40Z"], clock, words), "between 09:31:02Z and 09:31:40Z");
  assert.equal(moments([null, "09:31:02Z"], clock, words), "at or before 09:31:02Z");
  assert.equal(moments(["09:31:02Z", null], clock, words), "at or after 09:31:02Z");
  assert.equal(moments([null, null], clock, words), "");
});
