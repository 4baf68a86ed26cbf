import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeOf } from "../.test/pure/edge.js";

test("a place on the map has no mark at the edge", () => assert.equal(edgeOf(10, 10, 800, 600, 20), null));

test("the mark stands inside the edge, on the line to the place, and points at it", () => {
  assert.deepEqual(edgeOf(4400, 300, 800, 600, 20), { x: 780, y: 300, turn: 0 });
  const south = edgeOf(400, 9000, 800, 600, 20);
  assert.deepEqual([south.x, south.y], [400, 580]);
  assert.ok(Math.abs(south.turn - Math.PI / 2) < 1e-9);
});

test("a mark is never outside the map, however far the place and however small the map", () => {
  for (const [x, y] of [[1e9, -1e9], [-1, 300], [801, -1], [-5e4, 7]]) {
    const mark = edgeOf(x, y, 800, 600, 20);
    assert.ok(mark.x >= 20 && mark.x <= 780 && mark.y >= 20 && mark.y <= 580, JSON.stringify(mark));
  }
  assert.equal(edgeOf(Number.NaN, 0, 800, 600, 20), null);
});
