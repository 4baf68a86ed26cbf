/** A small reader of Mapbox Vector Tiles (spec 2.1) for the plain map: geometry and the few properties it draws. Never throws. */

export interface TileFeature {
  type: 1 | 2 | 3; // points, lines, areas
  lines: Float32Array[]; // x, y pairs in 0…1 of the tile
  properties: Record<string, string | number>;
}

class Bytes {
  at = 0;
  constructor(
    readonly data: Uint8Array,
    readonly view = new DataView(data.buffer, data.byteOffset, data.byteLength),
  ) {}

  get more(): boolean {
    return this.at < this.data.length;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.data[this.at++];
      if (byte === undefined) throw new RangeError("the tile ends early");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new RangeError("a number is too long");
  }

  part(): Bytes {
    const length = this.varint();
    const end = this.at + length;
    if (end > this.data.length) throw new RangeError("the tile ends early");
    const part = new Bytes(this.data.subarray(this.at, end));
    this.at = end;
    return part;
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.at += 8;
    else if (wire === 2) this.part();
    else if (wire === 5) this.at += 4;
    else throw new RangeError("an unknown wire type");
  }

  text(): string {
    return new TextDecoder().decode(this.part().data);
  }
}

const zigzag = (n: number): number => (n % 2 ? -(n + 1) / 2 : n / 2);

function value(bytes: Bytes): string | number {
  let found: string | number = "";
  while (bytes.more) {
    const key = bytes.varint();
    const field = key >> 3;
    if (field === 1) found = bytes.text();
    else if (field === 2) {
      found = bytes.view.getFloat32(bytes.at, true);
      bytes.at += 4;
    } else if (field === 3) {
      found = bytes.view.getFloat64(bytes.at, true);
      bytes.at += 8;
    } else if (field === 6) found = zigzag(bytes.varint());
    else if (field === 4 || field === 5 || field === 7) found = bytes.varint();
    else bytes.skip(key & 7);
  }
  return found;
}

/** Commands to lines. 1 MoveTo, 2 LineTo, 7 ClosePath; coordinates are zigzag differences. */
function geometry(bytes: Bytes, extent: number): Float32Array[] {
  const lines: Float32Array[] = [];
  let line: number[] = [];
  let x = 0;
  let y = 0;
  while (bytes.more) {
    const command = bytes.varint();
    const id = command & 7;
    for (let n = command >> 3; n > 0; n--) {
      if (id === 7) {
        line.push(line[0] ?? 0, line[1] ?? 0);
        continue;
      }
      if (id === 1 && line.length) {
        lines.push(new Float32Array(line));
        line = [];
      }
      x += zigzag(bytes.varint());
      y += zigzag(bytes.varint());
      line.push(x / extent, y / extent);
    }
  }
  if (line.length) lines.push(new Float32Array(line));
  return lines;
}

interface Raw {
  type: number;
  tags: number[];
  shape: Bytes | null;
}

function feature(bytes: Bytes): Raw {
  const raw: Raw = { type: 0, tags: [], shape: null };
  while (bytes.more) {
    const key = bytes.varint();
    const field = key >> 3;
    if (field === 2) {
      const tags = bytes.part();
      while (tags.more) raw.tags.push(tags.varint());
    } else if (field === 3) raw.type = bytes.varint();
    else if (field === 4) raw.shape = bytes.part();
    else bytes.skip(key & 7);
  }
  return raw;
}

function layer(bytes: Bytes): [string, TileFeature[]] {
  let name = "";
  let extent = 4096;
  const keys: string[] = [];
  const values: (string | number)[] = [];
  const raws: Raw[] = [];
  while (bytes.more) {
    const key = bytes.varint();
    const field = key >> 3;
    if (field === 1) name = bytes.text();
    else if (field === 2) raws.push(feature(bytes.part()));
    else if (field === 3) keys.push(bytes.text());
    else if (field === 4) values.push(value(bytes.part()));
    else if (field === 5) extent = bytes.varint();
    else bytes.skip(key & 7);
  }
  const features = raws.flatMap((raw): TileFeature[] => {
    if (!raw.shape || raw.type < 1 || raw.type > 3) return [];
    const properties: Record<string, string | number> = {};
    for (let i = 0; i + 1 < raw.tags.length; i += 2) {
      const key = keys[raw.tags[i] ?? -1];
      const held = values[raw.tags[i + 1] ?? -1];
      if (key !== undefined && held !== undefined) properties[key] = held;
    }
    return [{ type: raw.type as 1 | 2 | 3, lines: geometry(raw.shape, extent), properties }];
  });
  return [name, features];
}

/** Layers by name. Bytes that are no tile give what could be read before the fault. */
export function readTile(data: Uint8Array): Map<string, TileFeature[]> {
  const layers = new Map<string, TileFeature[]>();
  const bytes = new Bytes(data);
  try {
    while (bytes.more) {
      const key = bytes.varint();
      if (key >> 3 === 3) {
        const [name, features] = layer(bytes.part());
        layers.set(name, features);
      } else bytes.skip(key & 7);
    }
  } catch {
    return layers;
  }
  return layers;
}
