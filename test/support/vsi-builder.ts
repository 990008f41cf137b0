import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildTiff, pixelStart, tiledEntries } from './tiff-builder.ts';

/** A field of the tree of tags to write. */
export type VsiField =
  | { readonly tag: number; readonly index?: number; readonly volume: readonly VsiField[] }
  | { readonly tag: number; readonly text: string }
  | { readonly tag: number; readonly whole: readonly number[] }
  | { readonly tag: number; readonly real: readonly number[] }
  | { readonly tag: number; readonly inline: number }
  | { readonly tag: number; readonly raw: Uint8Array };

const type = { text: 8192, whole: 274, real: 279, raw: 270, inline: 5 } as const;
const bit = { volume: 0x1000_0000, second: 0x0800_0000, inline: 0x4000_0000 } as const;

/** One volume of the tree, as cellSens writes them. */
export function vsiVolume(fields: readonly VsiField[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt16LE(24, 0);
  head.writeUInt16LE(0x5349, 2);
  head.writeUInt32LE(1, 4);
  head.writeBigInt64LE(24n, 8);
  head.writeUInt32LE(fields.length, 16);
  const parts: Buffer[] = [head];
  let at = 24;
  fields.forEach((field, index) => {
    const [kind, body, size] = encoded(field);
    const second = 'volume' in field && field.index !== undefined ? number(field.index) : Buffer.alloc(0);
    const end = at + 16 + second.length + body.length;
    const next = index === fields.length - 1 ? 0 : end;
    parts.push(number(kind), number(field.tag), number(next), number(size), second, body);
    at = end;
  });
  return Buffer.concat(parts);
}

function encoded(field: VsiField): readonly [kind: number, body: Buffer, size: number] {
  if ('volume' in field) {
    const body = vsiVolume(field.volume);
    return [(bit.volume | (field.index === undefined ? 1 : bit.second)) >>> 0, body, body.length];
  }
  if ('inline' in field) return [bit.inline | type.inline, Buffer.alloc(0), field.inline];
  const [kind, body] = valueOf(field);
  return [kind, body, body.length];
}

function valueOf(
  field: Exclude<VsiField, { volume: unknown } | { inline: unknown }>,
): readonly [number, Buffer] {
  if ('text' in field) return [type.text, Buffer.from(field.text, 'utf16le')];
  if ('whole' in field) return [type.whole, Buffer.concat(field.whole.map(number))];
  if ('raw' in field) return [type.raw, Buffer.from(field.raw)];
  return [type.real, Buffer.from(Float64Array.from(field.real).buffer)];
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export interface BuiltStack {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly type?: number;
  readonly folder?: string;
  /** Says that its tiles lie in a file of their own; true when left out. */
  readonly isMarked?: boolean;
  /** µm. */
  readonly mpp?: number;
  readonly unit?: string;
  readonly power?: number;
  /** What each dimension after x and y counts: 1 focus, 2 time, 4 channel. */
  readonly meanings?: readonly number[];
  readonly channels?: readonly {
    readonly limits?: readonly [number, number];
    readonly bgr?: readonly number[];
  }[];
}

/** The fields of one picture. */
export function stackFields(stack: BuiltStack): VsiField {
  const {
    name,
    width,
    height,
    type: kind = 0,
    folder,
    mpp,
    unit = '10^-6m^1',
    power,
    channels = [],
    isMarked = true,
  } = stack;
  const channelFields = ({ limits, bgr }: (typeof channels)[number]): VsiField[] => [
    ...(bgr ? [{ tag: 2004, volume: [{ tag: 268435458, raw: Uint8Array.from(bgr) }] }] : []),
    ...(limits ? [{ tag: 2003, real: limits }] : []),
  ];
  const dimensions = (stack.meanings ?? []).map((meaning, index): VsiField => {
    const parts = meaning === 4 && channels.length > 0 ? channels.map(channelFields) : [[]];
    const volume = parts.map((more, at): VsiField => ({
      tag: 2008,
      index: at,
      volume: [{ tag: 2023, inline: meaning }, ...more],
    }));
    return { tag: 2007, index, volume };
  });
  return {
    tag: 2001,
    index: 1,
    volume: [
      {
        tag: 2002,
        index: 0,
        volume: [
          {
            tag: 2018,
            volume: [
              { tag: 2053, whole: [0, 0, width, height] },
              ...(isMarked ? [{ tag: 20005, inline: 1 }] : []),
            ],
          },
        ],
      },
      {
        tag: 2005,
        volume: [
          { tag: 2030, text: name },
          { tag: 2074, inline: kind },
          ...(mpp === undefined
            ? []
            : [
                { tag: 2019, real: [mpp, mpp] },
                { tag: 2020, text: unit },
              ]),
          ...(power === undefined ? [] : [{ tag: 120060, real: [power] }]),
          ...(folder === undefined ? [] : [{ tag: 175122, text: folder }]),
        ],
      },
      ...dimensions,
    ],
  };
}

/** A VSI: a TIFF of one small page with the tree of tags behind its header. */
export function buildVsi(fields: readonly VsiField[]): Buffer {
  const tree = vsiVolume(fields);
  const start = pixelStart({});
  const page = tiledEntries({ width: 16, height: 16, tile: 16, entries: [] }, start + tree.length);
  return buildTiff([page], Buffer.concat([tree, Buffer.alloc(16 * 16 * 3, 200)]));
}

export interface BuiltEts {
  readonly tile: readonly [width: number, height: number];
  /** 2: 8 bits, 4: 16 bits. */
  readonly pixelType?: number;
  readonly samples?: number;
  /** 0 none, 2 JPEG, 3 JPEG 2000. */
  readonly compression: number;
  readonly pyramid?: boolean;
  readonly dimensions: number;
  readonly tiles: readonly {
    readonly coordinates: readonly number[];
    readonly bytes: Uint8Array;
    /** Where the table says they are, in place of where they are. */
    readonly offset?: number;
    readonly length?: number;
  }[];
  /** What the header says instead of how many there are. */
  readonly count?: number;
  readonly tableAt?: bigint;
}

const TILES_AT = 64 + 228;

export function buildEts(ets: BuiltEts): Buffer {
  const { tile, pixelType = 2, samples = 3, compression, pyramid = false, dimensions, tiles } = ets;
  const volume = Buffer.alloc(64);
  volume.write('SIS\0', 'latin1');
  [64, 3, dimensions].forEach((value, index) => volume.writeUInt32LE(value, 4 + index * 4));
  volume.writeBigUInt64LE(64n, 16);
  volume.writeUInt32LE(228, 24);
  const head = Buffer.alloc(228);
  head.write('ETS\0', 'latin1');
  [0x30006, pixelType, samples, 1, compression, 90, ...tile, 1].forEach((value, index) =>
    head.writeUInt32LE(value, 4 + index * 4),
  );
  head.writeUInt32LE(pyramid ? 1 : 0, 152);
  let at = TILES_AT;
  const entries = tiles.map(({ coordinates, bytes, offset = at, length = bytes.length }, index) => {
    at += bytes.length;
    const place = Buffer.alloc(8);
    place.writeBigUInt64LE(BigInt(offset));
    return Buffer.concat([number(0), ...coordinates.map(number), place, number(length), number(index)]);
  });
  volume.writeBigUInt64LE(ets.tableAt ?? BigInt(at), 32);
  volume.writeUInt32LE(ets.count ?? tiles.length, 40);
  return Buffer.concat([volume, head, ...tiles.map(({ bytes }) => Buffer.from(bytes)), ...entries]);
}

/** Writes a VSI and its tile files where cellSens has them, and gives the path of the VSI. */
export function writeVsi(
  folder: string,
  name: string,
  vsi: Uint8Array,
  files: Readonly<Record<string, Uint8Array>>,
): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.vsi`);
  writeFileSync(path, vsi);
  for (const [stack, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, `_${name}_`, stack), { recursive: true });
    writeFileSync(join(folder, `_${name}_`, stack, 'frame_t.ets'), bytes);
  }
  return path;
}
