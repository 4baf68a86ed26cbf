import assert from "node:assert/strict";
import { test } from "node:test";
import { age, agedAtLeast, bearing, clockIn, clockZ, countdown, distance, fill, height, metres, span, speed } from "../.test/pure/format.js";

test("every number carries its unit, and both parties' units", () => {
  assert.equal(height(1500), "1,500 m (4,921 ft)");
  assert.equal(distance(55_000), "55.0 km (29.7 nmi)");
  assert.equal(speed(51.444444), "100 kt (185 km/h)");
  assert.equal(metres(950), "950 m");
});

test("not known is a dash, never zero", () => {
  for (const f of [height, distance, speed, metres, bearing, countdown, age]) assert.equal(f(null), "—");
  for (const f of [height, speed, metres, countdown]) assert.equal(f(Number.NaN), "—");
});

test("countdowns read as minutes and seconds, then hours", () => {
  assert.equal(countdown(51), "0:51");
  assert.equal(countdown(42 * 60 + 10), "42:10");
  assert.equal(countdown(3 * 3600 + 300), "3 h 05");
  assert.equal(countdown(-4), "0:00");
});

test("time is UTC with Z, and local time carries its offset", () => {
  const ms = Date.parse("2024-05-18T12:04:31Z");
  assert.equal(clockZ(ms), "12:04:31Z");
  assert.equal(clockIn("Asia/Kolkata", ms), "17:34 +05:30");
  assert.equal(clockIn("No/Such", ms), "");
});

test("an age the wire no longer counts says that it is more", () => {
  assert.equal(agedAtLeast(70), "70 s");
  assert.equal(agedAtLeast(6553.5), "> 1 h");
  assert.equal(agedAtLeast(null), "—");
});

test("a length of time has the unit that suits it", () => {
  assert.deepEqual([0.04, 3.25, 8, 45, 720].map(span), ["40 ms", "3.2 s", "8 s", "45 s", "12 min"]);
});

test("a bearing of 360 is 000", () => assert.equal(bearing(359.8), "000°"));

test("a slot without a value stays visible", () => assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}"));
