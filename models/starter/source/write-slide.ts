import { open, type FileHandle } from 'node:fs/promises';
import sharp from 'sharp';

/** Where the pixels of a slide come from, band by band from the top. */
export interface SlideSource {
  readonly width: number;
  readonly height: number;
  /** µm per pixel. */
  readonly mpp: number;
  band(top: number, rows: number): Uint8Array;
}

const TILE = 256;
const QUALITY = 88;
/** The lowest level is no larger than this. */
const LOWEST_PX = 600;

interface Level {
  readonly width: number;
  readonly height: number;
  readonly offsets: number[];
  readonly counts: number[];
  /** Rows that wait for a full row of tiles. */
  pending: Uint8Array;
  rows: number;
}

/**
 * Writes a pyramid of JPEG tiles as BigTIFF, each level half of the one above, tile rows in the order they are finished:
 * memory holds a few bands, whatever the slide's size.
 *
 * @see TIFF 6.0 sections 2, 15, 22; BigTIFF; NewSubfileType 1 marks the reduced pages.
 */
export async function writeSlide(path: string, source: SlideSource): Promise<void> {
  const file = await open(path, 'w');
  try {
    let end = 16;
    const levels: Level[] = [];
    for (let width = source.width, height = source.height; ; width >>= 1, height >>= 1) {
      levels.push({ width, height, offsets: [], counts: [], pending: new Uint8Array(0), rows: 0 });
      if (Math.max(width, height) <= LOWEST_PX) break;
    }

    async function give(index: number, band: Uint8Array, rows: number, last: boolean): Promise<void> {
      const level = levels[index];
      if (!level) return;
      level.pending = level.rows === 0 ? band : joined(level.pending, band);
      level.rows += rows;
      while (level.rows >= TILE || (last && level.rows > 0)) {
        const take = Math.min(TILE, level.rows);
        const strip = level.pending.subarray(0, take * level.width * 3);
        for (const bytes of await tilesOf(strip, level.width, take)) {
          await file.write(bytes, 0, bytes.length, end);
          level.offsets.push(end);
          level.counts.push(bytes.length);
          end += bytes.length;
        }
        level.pending = level.pending.subarray(take * level.width * 3);
        level.rows -= take;
        const below = levels[index + 1];
        const halfRows = Math.min(
          take >> 1,
          below
            ? below.height - (below.offsets.length / Math.ceil(below.width / TILE)) * TILE - below.rows
            : 0,
        );
        const done = last && level.rows === 0;
        if (below)
          await give(
            index + 1,
            halved(strip, level.width, below.width, Math.max(0, halfRows)),
            Math.max(0, halfRows),
            done,
          );
      }
    }

    for (let top = 0; top < source.height; top += TILE) {
      const rows = Math.min(TILE, source.height - top);
      await give(0, source.band(top, rows), rows, top + rows >= source.height);
    }
    await writeDirectories(file, end, levels, source.mpp);
  } finally {
    await file.close();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Tiles of one row; what lies beyond the edge repeats white. */
async function tilesOf(strip: Uint8Array, width: number, rows: number): Promise<Buffer[]> {
  return await Promise.all(
    Array.from({ length: Math.ceil(width / TILE) }, (_, column) => {
      const tile = new Uint8Array(TILE * TILE * 3).fill(255);
      const across = Math.min(TILE, width - column * TILE);
      for (let row = 0; row < rows; row++) {
        const from = (row * width + column * TILE) * 3;
        tile.set(strip.subarray(from, from + across * 3), row * TILE * 3);
      }
      return sharp(tile, { raw: { width: TILE, height: TILE, channels: 3 } })
        .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
        .toBuffer();
    }),
  );
}

/** Mean of 2 × 2. */
function halved(strip: Uint8Array, width: number, toWidth: number, toRows: number): Uint8Array {
  const out = new Uint8Array(toWidth * toRows * 3);
  for (let y = 0; y < toRows; y++)
    for (let x = 0; x < toWidth; x++)
      for (let channel = 0; channel < 3; channel++) {
        const at = (2 * y * width + 2 * x) * 3 + channel;
        const sum =
          (strip[at] ?? 0) +
          (strip[at + 3] ?? 0) +
          (strip[at + width * 3] ?? 0) +
          (strip[at + width * 3 + 3] ?? 0);
        out[(y * toWidth + x) * 3 + channel] = (sum + 2) >> 2;
      }
  return out;
}

async function writeDirectories(
  file: FileHandle,
  start: number,
  levels: readonly Level[],
  mpp: number,
): Promise<void> {
  let at = start + (start % 2);
  const first = at;
  for (const [index, { width, height, offsets, counts }] of levels.entries()) {
    const entries: [tag: number, type: 3 | 4 | 5 | 16, values: readonly number[]][] = [
      [254, 4, [index === 0 ? 0 : 1]],
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, [8, 8, 8]],
      [259, 3, [7]],
      [262, 3, [6]],
      [277, 3, [3]],
      [282, 5, [10_000 / mpp]],
      [283, 5, [10_000 / mpp]],
      [284, 3, [1]],
      [296, 3, [3]],
      [322, 3, [TILE]],
      [323, 3, [TILE]],
      [324, 16, offsets],
      [325, 4, counts],
      [530, 3, [1, 1]],
    ];
    const directory = Buffer.alloc(8 + entries.length * 20 + 8);
    directory.writeBigUInt64LE(BigInt(entries.length), 0);
    const behind: Buffer[] = [];
    let valuesAt = at + directory.length;
    entries.forEach(([tag, type, values], position) => {
      const bytes = valueBytes(type, values);
      const from = 8 + position * 20;
      directory.writeUInt16LE(tag, from);
      directory.writeUInt16LE(type, from + 2);
      directory.writeBigUInt64LE(BigInt(values.length), from + 4);
      if (bytes.length <= 8) bytes.copy(directory, from + 12);
      else {
        directory.writeBigUInt64LE(BigInt(valuesAt), from + 12);
        behind.push(bytes);
        valuesAt += bytes.length;
      }
    });
    const next = index === levels.length - 1 ? 0 : valuesAt;
    directory.writeBigUInt64LE(BigInt(next), directory.length - 8);
    const all = Buffer.concat([directory, ...behind]);
    await file.write(all, 0, all.length, at);
    at += all.length;
  }
  const header = Buffer.alloc(16);
  header.write('II', 'latin1');
  header.writeUInt16LE(43, 2);
  header.writeUInt16LE(8, 4);
  header.writeBigUInt64LE(BigInt(first), 8);
  await file.write(header, 0, 16, 0);
}

function valueBytes(type: 3 | 4 | 5 | 16, values: readonly number[]): Buffer {
  const size = { 3: 2, 4: 4, 5: 8, 16: 8 }[type];
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, index) => {
    if (type === 3) bytes.writeUInt16LE(value, index * 2);
    else if (type === 4) bytes.writeUInt32LE(value, index * 4);
    else if (type === 16) bytes.writeBigUInt64LE(BigInt(value), index * 8);
    else {
      bytes.writeUInt32LE(Math.round(value * 100), index * 8);
      bytes.writeUInt32LE(100, index * 8 + 4);
    }
  });
  return bytes;
}
