import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, parameters, read, readAll, slotNamed, slotsOf, timeOf, typedOf } from "../.test/pure/slots.js";

const slot = (name, kind, more = {}) => ({ name, kind, optional: false, most: null, choices: null, ...more });
const typed = (text, unit = "", datum = "") => ({ ...blank(), text, unit, datum });
const NOW = Date.UTC(2017, 4, 18, 9, 35, 50);
const at = (hour, minute, second = 0, day = 18) => Date.UTC(2017, 4, day, hour, minute, second) * 1000;

test("a distance is in metres, and coarser digits give their step", () => {
  const one = slot("distance_m", "distance");
  assert.deepEqual(read(one, typed("34", "statute_mi"), NOW), { state: "good", params: { distance_m: 54718 }, steps: { distance_m: 1610 } });
  assert.deepEqual(read(one, typed("4.1", "km"), NOW), { state: "good", params: { distance_m: 4100 }, steps: { distance_m: 100 } });
  assert.deepEqual(read(one, typed("54718", "m"), NOW), { state: "good", params: { distance_m: 54718 }, steps: {} });
});

test("a number without its unit is no distance, and no unit is guessed", () => {
  assert.deepEqual(read(slot("distance_m", "distance"), typed("27"), NOW), { state: "wrong", why: "unit" });
  assert.deepEqual(read(slot("distance_m", "distance"), typed("27", "mile"), NOW), { state: "wrong", why: "unit" });
  assert.deepEqual(read(slot("distance_m", "distance"), typed("27,5", "km"), NOW), { state: "wrong", why: "number" });
});

test("a speed and a height keep what they were said in", () => {
  assert.deepEqual(read(slot("speed_cmps", "speed"), typed("40", "kmh"), NOW), { state: "good", params: { speed_cmps: 1111 }, steps: { speed_cmps: 28 } });
  assert.deepEqual(read(slot("height_altitude", "altitude"), typed("1500", "ft", "amsl"), NOW), { state: "good", params: { height_cm: 45720, height_datum: "amsl" }, steps: { height_cm: 31 } });
  assert.deepEqual(read(slot("height_altitude", "altitude"), typed("320", "fl"), NOW), { state: "good", params: { height_cm: 975360, height_datum: "baro" }, steps: { height_cm: 3048 } });
});

test("a height without its reference is refused; ground and no limit need no number", () => {
  const one = slot("ceiling_altitude", "altitude");
  assert.deepEqual(read(one, typed("1500", "ft"), NOW), { state: "wrong", why: "datum" });
  assert.deepEqual(read(one, typed("", "", "amsl"), NOW), { state: "wrong", why: "number" });
  assert.deepEqual(read(one, typed("", "", "unlimited"), NOW).params, { ceiling_datum: "unlimited" });
  assert.deepEqual(read(one, typed("", "", "ground"), NOW).params, { ceiling_cm: 0, ceiling_datum: "agl" });
  assert.equal(read(one, blank(), NOW).state, "empty");
});

test("a time is UTC on 24 hours, the nearest day where none is said, and to the minute where no seconds are", () => {
  const us = (text) => timeOf(text, NOW) && timeOf(text, NOW).at_ms * 1000;
  assert.equal(us("09:45"), at(9, 45));
  assert.equal(us("0945Z"), at(9, 45));
  assert.equal(us("23:50"), at(23, 50, 0, 17)); // ten hours ago is nearer than fourteen ahead
  assert.equal(us("2017-05-19 00:10:30"), at(0, 10, 30, 19));
  for (const wrong of ["9:45", "25:00", "09:61", "2017-02-30 09:45", "tomorrow", ""]) assert.equal(timeOf(wrong, NOW), null, wrong);
  assert.deepEqual(read(slot("by_us", "time"), typed("09:45"), NOW), { state: "good", params: { by_us: at(9, 45) }, steps: { by_us: 60_000_000 } });
  assert.deepEqual(read(slot("by_us", "time"), typed("09:45:00"), NOW).steps, {});
});

test("a bearing is 0 to 359 and 360 is 0", () => {
  const one = slot("course_deg", "bearing");
  assert.deepEqual(read(one, typed("045°T"), NOW).params, { course_deg: 45 });
  assert.deepEqual(read(one, typed("360"), NOW).params, { course_deg: 0 });
  assert.deepEqual(read(one, typed("361"), NOW), { state: "wrong", why: "range" });
  assert.deepEqual(read(one, typed("-5"), NOW), { state: "wrong", why: "range" });
});

test("a place fills two parameters, on the grid of its slot", () => {
  const place = { ...blank(), at: [33.507049, 38.618051] };
  assert.deepEqual(read(slot("mover_place", "place"), place, NOW).params, { mover_lat_1e7: 335070490, mover_lon_1e7: 386180510 });
  assert.deepEqual(read(slot("area_place", "place", { grid_1e7: 100_000 }), place, NOW).params, { area_lat_1e7: 335100000, area_lon_1e7: 386200000 });
});

test("a form says what is missing and what cannot be read, and fills nothing by itself", () => {
  const slots = [slot("zone_text", "text"), slot("looks_text", "text", { optional: true }), slot("distance_m", "distance"), slot("by_us", "time")];
  const whole = readAll(slots, { zone_text: typed(" Tanf "), by_us: typed("soon") }, NOW);
  assert.deepEqual(whole, { params: { zone_text: "Tanf" }, steps: {}, missing: ["distance_m"], wrong: [{ slot: "by_us", why: "time" }] });
});

test("the slots to be read back are those of the template, else known by their endings", () => {
  const names = ["mover_lat_1e7", "mover_lon_1e7", "course_deg", "floor_cm", "floor_datum", "unit", "mover_choice"];
  const known = [slot("mover_choice", "choice", { choices: ["convoy"] })];
  const found = slotsOf(names, known);
  assert.deepEqual(found.map((one) => [one.name, one.kind]), [["mover_place", "place"], ["course_deg", "bearing"], ["floor_altitude", "altitude"], ["unit", "unit"], ["mover_choice", "choice"]]);
  assert.deepEqual(found.at(-1).choices, ["convoy"]);
  assert.deepEqual(slotNamed("zone_text").kind, "text");
});

test("what a message says comes back into its fields unchanged", () => {
  const params = { distance_m: 54718, speed_cmps: 1111, seen_us: at(9, 35, 50), mover_lat_1e7: 335070490, mover_lon_1e7: 386180510, height_cm: 45720, height_datum: "amsl", zone_text: "Tanf", course_deg: 95 };
  for (const name of ["distance_m", "speed_cmps", "seen_us", "mover_place", "height_altitude", "zone_text", "course_deg"]) {
    const one = slotNamed(name.endsWith("place") || name.endsWith("altitude") ? parameters(slot(name, name.endsWith("place") ? "place" : "altitude"))[0] : name);
    const back = read(one, typedOf(one, params), NOW);
    for (const [key, value] of Object.entries(back.params)) assert.equal(value, params[key], key);
  }
});
