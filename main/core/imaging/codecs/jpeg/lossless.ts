import { BitReader, type HuffmanTable } from './huffman.ts';
import { broken } from './jpeg-error.ts';
import type { Frame, Scan, Tables } from './markers.ts';

/** Difference category that has no bits and stands for 32,768 (ITU-T T.81 section H.1.2.2). */
const LARGEST_CATEGORY = 16;

/**
 * Decodes one scan of a lossless frame (T.81 annex H) into `values`, samples interleaved.
 *
 * @returns where the scan ends.
 * @throws ArchiveError `image.truncated`, `image.unreadable`.
 */
export function decodeLosslessScan(
  bytes: Uint8Array,
  at: number,
  frame: Frame,
  scan: Scan,
  tables: Tables,
  values: Uint16Array,
): number {
  const { width, height, precision, components } = frame;
  // Subsampled components are possible in principle and used by no one; DICOM has none in lossless images.
  if (components.some(({ h, v }) => h !== components[0]?.h || v !== components[0]?.v)) throw broken();
  const predictor = scan.spectralStart;
  if (predictor < 1 || predictor > 7) throw broken();
  const samples = components.length;
  const reader = new BitReader(bytes, at);
  const channels = scan.components.map(({ component, dcTable }) => ({
    component,
    table: tables.dc[dcTable],
  }));
  const shift = scan.low;
  const start = 1 << (precision - shift - 1);
  const rowLength = width * samples;
  let untilRestart = tables.restartInterval;
  // Row in which the current restart interval began: it is predicted like the first one.
  let firstRow = 0;
  let fresh = true;

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (tables.restartInterval > 0 && untilRestart-- === 0) {
        reader.restart();
        untilRestart = tables.restartInterval - 1;
        firstRow = y;
        fresh = true;
      }
      for (const { component, table } of channels) {
        if (!table) throw broken();
        const to = y * rowLength + x * samples + component;
        const difference = readDifference(reader, table);
        let prediction: number;
        if (fresh) prediction = start;
        else if (y === firstRow) prediction = values[to - samples] ?? 0;
        else if (x === 0) prediction = values[to - rowLength] ?? 0;
        else prediction = predict(predictor, values, to, samples, rowLength);
        values[to] = prediction + difference;
      }
      fresh = false;
    }
  }
  if (shift > 0) shiftUp(values, scan, samples, shift);
  return reader.at;
}

function readDifference(reader: BitReader, table: HuffmanTable): number {
  const category = reader.symbol(table);
  if (category === LARGEST_CATEGORY) return 32_768;
  if (category > LARGEST_CATEGORY) throw broken();
  return reader.extended(category);
}

/** Table H.1; a to the left, b above, c above to the left. */
function predict(
  predictor: number,
  values: Uint16Array,
  to: number,
  samples: number,
  rowLength: number,
): number {
  const a = values[to - samples] ?? 0;
  const b = values[to - rowLength] ?? 0;
  const c = values[to - rowLength - samples] ?? 0;
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

/** The point transform is undone last, so that predictions see the values that were coded. */
function shiftUp(values: Uint16Array, scan: Scan, samples: number, shift: number): void {
  for (const { component } of scan.components)
    for (let at = component; at < values.length; at += samples) values[at] = (values[at] ?? 0) << shift;
}
