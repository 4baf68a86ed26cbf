import assert from "node:assert/strict";
import { test } from "node:test";
import { watchOf } from "../.test/pure/watch.js";

test("a node watches when it says so, there is a zone, and a feed is up", () => {
  assert.equal(watchOf(true, true, 1, ["up", "down", "off"]), "watching");
});

test("a node that could see nothing does not look as one that finds nothing", () => {
  assert.equal(watchOf(true, true, 0, ["up"]), "noZone");
  assert.equal(watchOf(true, true, 1, []), "noFeed");
  assert.equal(watchOf(true, true, 1, ["off"]), "noFeed");
  assert.equal(watchOf(true, true, 1, ["down", "connecting"]), "feedsDown");
  assert.equal(watchOf(true, true, 1, ["late", "down"]), "feedsLate");
});

test("an old word that it watches is no word", () => {
  assert.equal(watchOf(false, true, 1, ["up"]), "unknown");
  assert.equal(watchOf(true, undefined, 1, ["up"]), "unknown");
  assert.equal(watchOf(true, false, 1, ["up"]), "notYet");
});

test("a feed that sends what is refused is not one that is watched", () => {
  assert.equal(watchOf(true, true, 1, ["refusing"]), "feedsRefusing");
  assert.equal(watchOf(true, true, 1, ["refusing", "up"]), "watching");
});
