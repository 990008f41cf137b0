import { BitReader, type HuffmanTable } from './huffman.ts';
import { broken } from './jpeg-error.ts';
import type { Frame, Scan, Tables } from './markers.ts';

/** The DCT coefficients of one component: blocks in rows, 64 each, in zigzag order, not yet dequantised. */
export interface Plane {
  readonly h: number;
  readonly v: number;
  /** Blocks that samples lie in. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks per stored row, whole MCUs. */
  readonly stride: number;
  readonly blocks: Int16Array;
}

/** Room for the coefficients of a frame, all zero. */
export function planesOf({ width, height, components }: Frame): Plane[] {
  const widest = Math.max(...components.map(({ h }) => h));
  const highest = Math.max(...components.map(({ v }) => v));
  const mcusWide = Math.ceil(width / (8 * widest));
  const mcusHigh = Math.ceil(height / (8 * highest));
  return components.map(({ h, v }) => ({
    h,
    v,
    blocksWide: Math.ceil(Math.ceil((width * h) / widest) / 8),
    blocksHigh: Math.ceil(Math.ceil((height * v) / highest) / 8),
    stride: mcusWide * h,
    blocks: new Int16Array(mcusWide * h * mcusHigh * v * 64),
  }));
}

/** Decodes one block of a scan; `state` keeps the runs between blocks. */
type DecodeBlock = (
  reader: BitReader,
  blocks: Int16Array,
  at: number,
  entry: ScanEntry,
  state: State,
) => void;

interface ScanEntry {
  readonly plane: Plane;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  prediction: number;
}

interface State extends Pick<Scan, 'spectralStart' | 'spectralEnd' | 'low'> {
  /** Blocks still covered by an end-of-band run (T.81 section G.1.2.2). */
  run: number;
}

/**
 * Decodes the coefficients of one scan, sequential (T.81 section F.2) or progressive (G.2), interleaved or not (A.2).
 *
 * @returns where the scan ends.
 * @throws ArchiveError `image.truncated`, `image.unreadable`.
 */
export function decodeScan(
  bytes: Uint8Array,
  at: number,
  frame: Frame,
  scan: Scan,
  tables: Tables,
  planes: readonly Plane[],
): number {
  const reader = new BitReader(bytes, at);
  const entries: ScanEntry[] = scan.components.map(({ component, dcTable, acTable }) => {
    const plane = planes[component];
    if (!plane) throw broken();
    return { plane, dc: tables.dc[dcTable], ac: tables.ac[acTable], prediction: 0 };
  });
  const decode = decoderOf(frame, scan);
  const state: State = { ...scan, run: 0 };
  if (scan.spectralStart > 63 || scan.spectralEnd > 63) throw broken();
  let untilRestart = tables.restartInterval;

  const restartIfDue = () => {
    if (tables.restartInterval === 0 || untilRestart-- > 0) return;
    reader.restart();
    for (const entry of entries) entry.prediction = 0;
    state.run = 0;
    untilRestart = tables.restartInterval - 1;
  };

  const [only] = entries;
  if (only && entries.length === 1) {
    const { plane } = only;
    for (let row = 0; row < plane.blocksHigh; row++)
      for (let column = 0; column < plane.blocksWide; column++) {
        restartIfDue();
        decode(reader, plane.blocks, (row * plane.stride + column) * 64, only, state);
      }
    return reader.at;
  }
  const first = entries[0]?.plane;
  if (!first) throw broken();
  const mcusWide = first.stride / first.h;
  const mcus = first.blocks.length / 64 / (first.h * first.v);
  for (let mcu = 0; mcu < mcus; mcu++) {
    restartIfDue();
    const mcuRow = Math.floor(mcu / mcusWide);
    const mcuColumn = mcu % mcusWide;
    for (const entry of entries) {
      const { h, v, stride, blocks } = entry.plane;
      for (let y = 0; y < v; y++)
        for (let x = 0; x < h; x++)
          decode(reader, blocks, ((mcuRow * v + y) * stride + mcuColumn * h + x) * 64, entry, state);
    }
  }
  return reader.at;
}

function decoderOf(frame: Frame, scan: Scan): DecodeBlock {
  if (frame.process === 'sequential') return sequential;
  if (scan.spectralStart === 0) return scan.high === 0 ? dcFirst : dcRefine;
  return scan.high === 0 ? acFirst : acRefine;
}

const sequential: DecodeBlock = (reader, blocks, at, entry) => {
  const { dc, ac } = entry;
  if (!dc || !ac) throw broken();
  entry.prediction += reader.extended(reader.symbol(dc) & 15);
  blocks[at] = entry.prediction;
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(ac);
    const size = symbol & 15;
    const run = symbol >> 4;
    if (size === 0) {
      if (run < 15) break;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw broken();
    blocks[at + k] = reader.extended(size);
  }
};

const dcFirst: DecodeBlock = (reader, blocks, at, entry, { low }) => {
  if (!entry.dc) throw broken();
  entry.prediction += reader.extended(reader.symbol(entry.dc) & 15);
  blocks[at] = entry.prediction << low;
};

const dcRefine: DecodeBlock = (reader, blocks, at, _entry, { low }) => {
  if (reader.bits(1)) blocks[at] = (blocks[at] ?? 0) | (1 << low);
};

const acFirst: DecodeBlock = (reader, blocks, at, { ac }, state) => {
  if (!ac) throw broken();
  if (state.run > 0) {
    state.run--;
    return;
  }
  for (let k = state.spectralStart; k <= state.spectralEnd; k++) {
    const symbol = reader.symbol(ac);
    const size = symbol & 15;
    const run = symbol >> 4;
    if (size === 0) {
      if (run < 15) {
        state.run = (1 << run) - 1 + reader.bits(run);
        break;
      }
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw broken();
    blocks[at + k] = reader.extended(size) * (1 << state.low);
  }
};

/** Figure G.7: new coefficients come between refined ones, whose correction bits are read on the way. */
const acRefine: DecodeBlock = (reader, blocks, at, { ac }, state) => {
  if (!ac) throw broken();
  const bit = 1 << state.low;
  const refine = (position: number) => {
    const value = blocks[position] ?? 0;
    if (reader.bits(1) && (value & bit) === 0) blocks[position] = value + (value > 0 ? bit : -bit);
  };
  let k = state.spectralStart;
  if (state.run === 0) {
    for (; k <= state.spectralEnd; k++) {
      const symbol = reader.symbol(ac);
      const size = symbol & 15;
      let run = symbol >> 4;
      let value = 0;
      if (size === 0 && run < 15) {
        state.run = (1 << run) + reader.bits(run);
        break;
      }
      if (size > 0) value = reader.bits(1) ? bit : -bit;
      for (; k <= state.spectralEnd; k++) {
        if (blocks[at + k]) refine(at + k);
        else if (run-- === 0) break;
      }
      if (value && k <= 63) blocks[at + k] = value;
    }
  }
  if (state.run > 0) {
    for (; k <= state.spectralEnd; k++) if (blocks[at + k]) refine(at + k);
    state.run--;
  }
};
