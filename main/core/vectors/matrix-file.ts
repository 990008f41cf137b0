import { closeSync, fsync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type ResidentMatrix, residentMatrix } from './resident-matrix.ts';
import { planeBytes, SEGMENT_ROWS } from './vector-memory.ts';

/** What a matrix was made of; a file of anything else is of no use. */
export interface MatrixOrigin {
  readonly archiveId: string;
  /** Of the model, as in the database. */
  readonly identity: string;
  readonly dimensions: number;
  /** Number of the last change that is in it. */
  readonly seq: number;
  /** Drawn for every file; the database knows that of the one that counts. */
  readonly token: string;
}

interface Header extends MatrixOrigin {
  readonly format: 3;
  readonly rows: number;
}

const HEADER_BYTES = 1024;

/**
 * Writes a matrix to disk: header, region ids, item ids, sums, then of each segment the
 * columns and both planes, then a CRC-32 of it all.
 *
 * It lets others have their turn between segments, and gives up when `isCurrent` says that the matrix has changed.
 *
 * @returns whether the file is there now.
 */
export async function saveMatrix(
  path: string,
  matrix: ResidentMatrix,
  origin: MatrixOrigin,
  isCurrent: () => boolean,
): Promise<boolean> {
  const rows = matrix.count;
  const header: Header = { format: 3, rows, ...origin };
  const partial = `${path}.partial`;
  await mkdir(dirname(path), { recursive: true });
  const file = openSync(partial, 'w');
  let isWhole = false;
  try {
    let crc = 0;
    const write = (bytes: Uint8Array) => {
      crc = crc32(bytes, crc);
      writeSync(file, bytes);
    };
    write(Buffer.from(JSON.stringify(header).padEnd(HEADER_BYTES)));
    write(bytesOf(matrix.regionIds.slice(0, rows)));
    write(bytesOf(matrix.itemIds.slice(0, rows)));
    write(bytesOf(matrix.sums.slice(0, rows)));
    for (let from = 0; from < rows; from += SEGMENT_ROWS) {
      await nextTurn();
      if (!isCurrent()) return false;
      const count = Math.min(SEGMENT_ROWS, rows - from);
      // Copies: files cannot be written from shared memory.
      for (const part of partsOf(matrix, from / SEGMENT_ROWS, count)) write(part.slice());
    }
    writeSync(file, bytesOf(Uint32Array.of(crc)));
    await promisify(fsync)(file);
    isWhole = isCurrent();
  } finally {
    closeSync(file);
    if (isWhole) renameSync(partial, path);
    else rmSync(partial, { force: true });
  }
  return isWhole;
}

/**
 * Reads a matrix that {@link saveMatrix} wrote.
 *
 * @returns null when there is no such file, it is damaged in any way, or it is of something else.
 */
export function loadMatrix(path: string, origin: MatrixOrigin): ResidentMatrix | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    return readMatrix(file, origin);
  } catch {
    // Unreadable, or numbers that lead nowhere: it is made again.
    return null;
  } finally {
    closeSync(file);
  }
}

function readMatrix(file: number, origin: MatrixOrigin): ResidentMatrix | null {
  let crc = 0;
  const read = <T extends Uint8Array>(bytes: T): T => {
    for (let at = 0; at < bytes.length;) {
      const got = readSync(file, bytes, at, bytes.length - at, null);
      if (got === 0) throw new RangeError('the file ends early');
      at += got;
    }
    crc = crc32(bytes, crc);
    return bytes;
  };
  const header = JSON.parse(read(Buffer.alloc(HEADER_BYTES)).toString()) as Header;
  const isSame = (Object.keys(origin) as (keyof MatrixOrigin)[]).every((key) => header[key] === origin[key]);
  const { rows, dimensions } = header;
  if (header.format !== 3 || !isSame || !Number.isSafeInteger(rows) || rows < 0) return null;
  const matrix = residentMatrix(dimensions);
  const column = () => read(new Uint8Array(4 * rows)).buffer;
  const regionIds = new Int32Array(column());
  const itemIds = new Int32Array(column());
  const sums = new Uint32Array(column());
  const room = new Uint8Array(SEGMENT_ROWS * Math.max(4, planeBytes(dimensions)));
  for (let from = 0; from < rows; from += SEGMENT_ROWS) {
    const count = Math.min(SEGMENT_ROWS, rows - from);
    for (const part of partsOf(matrix, from / SEGMENT_ROWS, count))
      part.set(read(room.subarray(0, part.length)));
  }
  const expected = crc;
  if (new Uint32Array(read(new Uint8Array(4)).buffer)[0] !== expected) return null;
  matrix.adopt(regionIds, itemIds, sums);
  return matrix;
}

/** The bytes of the first rows of a segment. */
function partsOf(matrix: ResidentMatrix, at: number, rows: number): Uint8Array<SharedArrayBuffer>[] {
  const { scales, middles, spreads, high, low } = matrix.segment(at);
  const bytes = rows * planeBytes(matrix.dimensions);
  const columns = [scales, middles, spreads].map(({ buffer, byteOffset }) => {
    return new Uint8Array(buffer, byteOffset, 4 * rows);
  });
  return [...columns, high.subarray(0, bytes), low.subarray(0, bytes)];
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
