import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, circleRing, closingScale, destination, latOf, lonOf, mercX, mercY, metresBetween, reachOf, roundLength, wrapLon } from "../.test/pure/geo.js";
import { placeLabels } from "../.test/pure/place.js";
import { readTile } from "../.test/pure/mvt.js";
import { backoffMs } from "../.test/pure/backoff.js";

test("Mercator and back is the same place", () => {
  for (const [lat, lon] of [[33.507, 38.618], [-80, 179.9], [0, -180]]) {
    assert.ok(Math.abs(latOf(mercY(lat)) - lat) < 1e-9);
    assert.ok(Math.abs(lonOf(mercX(lon)) - lon) < 1e-9);
  }
});

test("a circle across 180° stays in one piece", () => {
  const lons = circleRing([10, 179.9], 50_000).map((p) => p[0]);
  assert.ok(Math.max(...lons) - Math.min(...lons) < 2);
});

test("as far as it went is how far it is", () => {
  const there = destination([33.507, 38.618], 142, 55_000);
  assert.ok(Math.abs(metresBetween([33.507, 38.618], there) - 55_000) < 0.5);
  assert.equal(wrapLon(190), -170);
});

test("the closing scale keeps order: deeper is further inside, the boundary between", () => {
  const rings = [{ name: "contact", offset_m: 20_000 }, { name: "boundary", offset_m: 0 }];
  const at = [-30_000, -10, 10, 5_000, 90_000].map((m) => closingScale(m, rings).at);
  assert.deepEqual([...at].sort((a, b) => a - b), at);
  const scale = closingScale(5_000, rings);
  assert.ok(at[1] < scale.boundary && scale.boundary < at[2]);
  assert.equal(closingScale(null, rings), null);
});

test("a zone without outer rings is measured by its own reach: near is near, far is far", () => {
  const boundary = [{ name: "boundary", offset_m: 0 }];
  const at = (m) => closingScale(m, boundary, 55_000).at;
  assert.ok(at(100) - closingScale(0, boundary, 55_000).boundary < 0.01);
  assert.ok(at(30_000) > 0.5 && at(30_000) < 0.8);
  assert.ok(at(-1_000) > 0.3);
  assert.ok(at(400_000) > 0.96);
});

test("how far a zone reaches is told of every shape", () => {
  assert.equal(reachOf({ type: "circle", lat_deg: 1, lon_deg: 1, radius_m: 5 }), 5);
  assert.equal(reachOf({ type: "group", parts: [{ type: "corridor", line: [], half_width_m: 7 }] }), 7);
  assert.ok(Math.abs(reachOf({ type: "polygon", outer: [[0, 0], [0, 1], [1, 1]], holes: [] }) - 78_600) < 200);
});

test("bounds are found in any nesting", () => assert.deepEqual(boundsOf([[[[1, 2], [3, -4]]], [5, 0]]), [1, -4, 5, 2]));

test("labels do not overlap, the important one is placed first", () => {
  const at = (rank) => ({ x: 100, y: 100, lines: ["x"], rank, clear: 10, alarm: 0, chosen: false });
  const placed = placeLabels([at(6), at(4), at(2), at(1), at(1), at(1)], 400, 400, () => [60, 15]);
  assert.equal(placed.length, 4);
  assert.equal(placed[0].wanted.rank, 6);
});

test("bytes that are no tile are an empty tile", () => {
  assert.equal(readTile(new Uint8Array([26, 200, 1, 2, 3])).size, 0);
  assert.equal(readTile(new Uint8Array(0)).size, 0);
});

test("a tile's polygon is read", () => {
  // layer { name "a", extent 4096, feature { type 3, MoveTo(0,0) LineTo(4096,0)(0,4096) Close } }
  const shape = [9, 0, 0, 18, 128, 64, 0, 0, 128, 64, 15];
  const feature = [24, 3, 34, shape.length, ...shape];
  const layer = [10, 1, 97, 18, feature.length, ...feature, 40, 128, 32];
  const read = readTile(new Uint8Array([26, layer.length, ...layer]));
  assert.deepEqual([...read.get("a")[0].lines[0]], [0, 0, 1, 0, 1, 1, 0, 0]);
});

test("waiting doubles and stops at ten seconds", () => assert.deepEqual([0, 1, 9].map(backoffMs), [500, 1000, 10_000]));

test("a scale bar is 1, 2 or 5 times a power of ten", () => {
  assert.deepEqual([999, 1000, 2400, 51_000, 0.7].map(roundLength), [500, 1000, 2000, 50_000, 0.5]);
});
