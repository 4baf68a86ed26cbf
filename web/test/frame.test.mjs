import assert from "node:assert/strict";
import { test } from "node:test";
import { fixAt, HEADER_BYTES, MAGIC, readFrame, RECORD_BYTES } from "../.test/pure/frame.js";

function frameOf(count, said = count) {
  const buffer = new ArrayBuffer(HEADER_BYTES + count * RECORD_BYTES);
  const view = new DataView(buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, said, true);
  view.setBigInt64(8, 1_700_000_000_123_456n, true);
  view.setUint32(16, 9, true);
  return { buffer, view };
}

test("a record is read back as it was written", () => {
  const { buffer, view } = frameOf(1);
  view.setUint32(24, 7, true);
  view.setInt32(28, 335_070_000, true);
  view.setInt32(32, -386_180_000, true);
  view.setInt16(36, 2225, true);
  view.setUint16(38, 1700, true);
  view.setUint16(40, 27_050, true);
  view.setUint16(42, 1 | (1 << 3) | (2 << 10), true);
  view.setUint16(44, 42, true);
  view.setUint16(46, 25, true);
  view.setInt16(48, -31, true);
  const frame = readFrame(buffer);
  assert.equal(frame.now_ms, 1_700_000_000_123);
  const fix = fixAt(frame, 0);
  assert.ok(Math.abs(fix.lat_deg - 33.507) < 1e-9);
  assert.ok(Math.abs(fix.lon_deg + 38.618) < 1e-9);
  assert.equal(fix.altitude_m, 4450);
  assert.equal(fix.datum, "amsl");
  assert.equal(fix.mover_class, "aircraft");
  assert.equal(fix.track_deg, 270.5);
  assert.equal(fix.vertical_mps, -3.1);
});

test("sentinels of the wire become null, never zero", () => {
  const { buffer, view } = frameOf(1);
  view.setInt16(36, -32768, true);
  view.setUint16(38, 65535, true);
  view.setUint16(40, 65535, true);
  view.setInt16(48, -32768, true);
  const fix = fixAt(readFrame(buffer), 0);
  assert.deepEqual([fix.altitude_m, fix.speed_mps, fix.track_deg, fix.vertical_mps], [null, null, null, null]);
});

test("a frame cut short, or of another kind, is no frame", () => {
  assert.equal(readFrame(new ArrayBuffer(10)), null);
  assert.equal(readFrame(frameOf(1, 2).buffer), null);
  const { buffer, view } = frameOf(0);
  view.setUint32(0, 1, true);
  assert.equal(readFrame(buffer), null);
});
