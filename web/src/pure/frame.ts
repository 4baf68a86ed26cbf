/** The binary frame of /ws/tracks: a 24-byte header, then records of 28 bytes, little endian (docs/api.md). */

export const HEADER_BYTES = 24;
export const RECORD_BYTES = 28;
export const MAGIC = 0x314b4c4f; // "OLK1"
export const CLASSES = ["unknown", "aircraft", "vehicle", "vessel", "people"] as const;
export const DATUMS = ["baro", "wgs84", "amsl", "agl"] as const;

export const OWN = 1 << 3;
export const RESERVED = 1 << 4;
export const IN_ALARM = 1 << 5;
export const COASTING = 1 << 6;
export const LAST_KNOWN = 1 << 7;
export const ACCURACY_NOT_STATED = 1 << 8;
export const DOUBTED = 1 << 9;

export interface Frame {
  buffer: ArrayBuffer;
  view: DataView;
  count: number;
  now_ms: number;
  number: number;
}

/** Null where the bytes are no frame: a wrong magic, or fewer bytes than the count says. */
export function readFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) return null;
  const count = view.getUint32(4, true);
  if (buffer.byteLength < HEADER_BYTES + count * RECORD_BYTES) return null;
  return { buffer, view, count, now_ms: Number(view.getBigInt64(8, true) / 1000n), number: view.getUint32(16, true) };
}

export interface Fix {
  slot: number;
  lat_deg: number;
  lon_deg: number;
  altitude_m: number | null;
  datum: (typeof DATUMS)[number];
  speed_mps: number | null;
  track_deg: number | null;
  vertical_mps: number | null;
  flags: number;
  mover_class: (typeof CLASSES)[number];
  age_s: number;
  uncertainty_m: number;
}

export const slotAt = (f: Frame, i: number): number => f.view.getUint32(HEADER_BYTES + i * RECORD_BYTES, true);
export const latAt = (f: Frame, i: number): number => f.view.getInt32(HEADER_BYTES + i * RECORD_BYTES + 4, true) * 1e-7;
export const lonAt = (f: Frame, i: number): number => f.view.getInt32(HEADER_BYTES + i * RECORD_BYTES + 8, true) * 1e-7;
export const trackAt = (f: Frame, i: number): number => f.view.getUint16(HEADER_BYTES + i * RECORD_BYTES + 16, true);
export const flagsAt = (f: Frame, i: number): number => f.view.getUint16(HEADER_BYTES + i * RECORD_BYTES + 18, true);
export const uncertaintyAt = (f: Frame, i: number): number => f.view.getUint16(HEADER_BYTES + i * RECORD_BYTES + 22, true) * 10;

/** One record in words; the sentinels of the wire become null. */
export function fixAt(f: Frame, i: number): Fix {
  const at = HEADER_BYTES + i * RECORD_BYTES;
  const v = f.view;
  const altitude = v.getInt16(at + 12, true);
  const speed = v.getUint16(at + 14, true);
  const track = v.getUint16(at + 16, true);
  const flags = v.getUint16(at + 18, true);
  const vertical = v.getInt16(at + 24, true);
  return {
    slot: v.getUint32(at, true),
    lat_deg: v.getInt32(at + 4, true) * 1e-7,
    lon_deg: v.getInt32(at + 8, true) * 1e-7,
    altitude_m: altitude === -32768 ? null : altitude * 2,
    datum: DATUMS[(flags >> 10) & 3] ?? "baro",
    speed_mps: speed === 65535 ? null : speed / 10,
    track_deg: track === 65535 ? null : track / 100,
    vertical_mps: vertical === -32768 ? null : vertical / 10,
    flags,
    mover_class: CLASSES[flags & 7] ?? "unknown",
    age_s: v.getUint16(at + 20, true) / 10,
    uncertainty_m: v.getUint16(at + 22, true) * 10,
  };
}

/** Where each slot stands in a frame. */
export function indexOfSlots(f: Frame): Map<number, number> {
  const found = new Map<number, number>();
  for (let i = 0; i < f.count; i++) found.set(slotAt(f, i), i);
  return found;
}
