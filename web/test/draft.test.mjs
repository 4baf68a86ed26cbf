import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, empty, needsOf, numberOf, readingsOf, zoneOf } from "../.test/pure/draft.js";

const full = (given) => ({
  ...empty(),
  name: "Garrison",
  points: [[33.507, 38.618]],
  size: "55",
  unit: "km",
  means: "radius",
  applies_to: "vehicle, aircraft",
  asks: "contact before entering",
  purpose: "reason not stated",
  reason: "agreed today",
  ...given,
});

test("an empty form asks for everything and guesses nothing", () => {
  assert.deepEqual(needsOf(empty()), ["name", "shape", "unit", "means", "applies", "asks", "purpose", "reason"]);
});

test("a bare mile shows both readings and blocks until its kind is chosen", () => {
  const mile = full({ size: "30", unit: "mile" });
  assert.deepEqual(readingsOf("30", "mile", "radius").map(Math.round), [55_560, 48_280]);
  assert.deepEqual(needsOf(mile), ["mile"]);
  assert.deepEqual(needsOf({ ...mile, unit: "statute_mi" }), []);
});

test("what is still needed is named: the meaning of the words is not the unit", () => {
  assert.deepEqual(needsOf(full({ means: "" })), ["means"]);
  assert.deepEqual(needsOf(full({ unit: "" })), ["unit"]);
  assert.deepEqual(needsOf(full({ shape: "corridor", points: [[1, 1], [2, 2]], means: "" })), []);
});

test("a mile whose kind is not stated is published with the wider reading and watches the other", () => {
  const zone = zoneOf(full({ size: "34", unit: "mile_not_stated" }));
  assert.equal(Math.round(zone.shape.radius_m), 62_968);
  assert.deepEqual(zone.declared.other_readings_m.map(Math.round), [54_718]);
  assert.equal(zone.declared.unit, "mile, kind not stated");
});

test("a diameter is halved, and not stated watches both", () => {
  assert.deepEqual(readingsOf("34", "statute_mi", "diameter").map(Math.round), [27_359]);
  assert.deepEqual(readingsOf("10", "km", "not stated"), [10_000, 5_000]);
});

test("a number is a plain decimal and nothing else", () => {
  assert.equal(numberOf("34,5"), 34.5);
  for (const text of ["", "1e3", "34 mi", "0x10", "--3", "Infinity"]) assert.equal(numberOf(text), null);
});

test("a limit needs its unit and its reference, and a flight level is pressure altitude", () => {
  assert.deepEqual(needsOf(full({ upper: { value: "320", unit: "fl", datum: "" } })), ["limit"]);
  assert.deepEqual(needsOf(full({ upper: { value: "320", unit: "fl", datum: "agl" } })), ["limit"]);
  assert.deepEqual(needsOf(full({ upper: { value: "320", unit: "fl", datum: "baro" } })), []);
});

test("a zone put into the form and back is the same zone", () => {
  const draft = full({ rings: [{ name: "contact", offset: "12", unit: "nmi", rule: "contact_by", says: "call" }], hours: [{ weekdays: [0, 4], from: "22:00", until: "06:30" }] });
  const zone = { ...zoneOf(draft), version: 1, standings: [], holders: [], active: true, withdrawn: false, outline: null, ring_outlines: [] };
  const again = zoneOf({ ...draftOf(zone), reason: "x" });
  assert.deepEqual(again, { ...zoneOf(draft) });
});
