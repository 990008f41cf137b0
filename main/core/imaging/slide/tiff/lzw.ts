import { unreadable } from '../slide-fault.ts';

const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MOST_CODES = 4096;

/**
 * LZW as TIFF 6.0 section 13 has it: codes from the high bit down, 9 to 12 bits, the width growing one code early.
 *
 * @param length - bytes wanted; what follows is left.
 * @throws ArchiveError `slide.unreadable` where the data ends before that or names a code that is not there.
 */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  // Each code is a stretch of what has been written: where it starts and how long it is.
  const starts = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let next = FIRST;
  let width = 9;
  let previous = -1;
  let previousAt = 0;
  let at = 0;
  let bits = 0;
  let held = 0;
  let filled = 0;

  while (filled < length) {
    while (held < width) {
      if (at >= bytes.length) throw unreadable('ends early');
      bits = ((bits << 8) | (bytes[at++] ?? 0)) & 0xffffff;
      held += 8;
    }
    const code = (bits >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === END) break;
    if (code === CLEAR) {
      next = FIRST;
      width = 9;
      previous = -1;
      continue;
    }
    const start = filled;
    if (code < CLEAR) out[filled++] = code;
    else if (code < next) filled = repeat(out, starts[code] ?? 0, lengths[code] ?? 0, filled);
    else if (code === next && previous >= 0) {
      // The code that is being defined: the previous one and its own first byte.
      filled = repeat(out, previousAt, start - previousAt, filled);
      if (filled < length) out[filled++] = out[previousAt] ?? 0;
    } else throw unreadable('damaged LZW data');
    if (previous >= 0 && next < MOST_CODES) {
      starts[next] = previousAt;
      lengths[next] = start - previousAt + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = code;
    previousAt = start;
  }
  if (filled < length) throw unreadable('ends early');
  return out;
}

function repeat(out: Uint8Array, from: number, count: number, to: number): number {
  const end = Math.min(to + count, out.length);
  for (let at = from; to < end;) out[to++] = out[at++] ?? 0;
  return to;
}
