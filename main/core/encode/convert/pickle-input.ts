import { ArchiveError } from '../../../../preload/contract/faults.ts';

/** The bytes of a pickle and a place in them; every reading moves the place on. */
export interface PickleInput {
  position(): number;
  skip(length: number): void;
  uint8(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  /** Big-endian, the one number that pickles keep so. */
  float64(): number;
  /** Two's complement of any length, little-endian; a bigint only where a number would lose digits. */
  long(length: number): number | bigint;
  text(length: number, encoding?: 'utf-8' | 'latin1'): string;
  /** Up to the next line feed, which is consumed. */
  line(): string;
}

/** @throws ArchiveError `checkpoint.broken` from any reading past the end, or text that is not UTF-8. */
export function pickleInput(bytes: Uint8Array, start: number, file: string): PickleInput {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;

  const broken = (reason: string, cause?: unknown) =>
    new ArchiveError('checkpoint.broken', { file, reason }, { cause });

  function take(length: number): number {
    const from = at;
    if (from + length > bytes.length) throw broken('pickle ends early');
    at = from + length;
    return from;
  }

  function text(length: number, encoding: 'utf-8' | 'latin1' = 'utf-8'): string {
    const from = take(length);
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(from, from + length));
    } catch (cause) {
      throw broken('text is not UTF-8', cause);
    }
  }

  return {
    position: () => at,
    skip: (length) => void take(length),
    uint8: () => view.getUint8(take(1)),
    uint16: () => view.getUint16(take(2), true),
    int32: () => view.getInt32(take(4), true),
    uint32: () => view.getUint32(take(4), true),
    float64: () => view.getFloat64(take(8), false),
    text,
    long(length) {
      const from = take(length);
      let value = 0n;
      for (let index = length - 1; index >= 0; index -= 1) {
        value = (value << 8n) | BigInt(view.getUint8(from + index));
      }
      const number = Number(BigInt.asIntN(8 * length, value));
      return Number.isSafeInteger(number) ? number : BigInt.asIntN(8 * length, value);
    },
    line() {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) throw broken('pickle ends early');
      const value = text(end - at);
      take(1);
      return value;
    },
  };
}
