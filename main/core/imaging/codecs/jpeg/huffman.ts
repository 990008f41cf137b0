import { broken } from './jpeg-error.ts';

/** For every 16 bits that may come next: code length in the high byte, symbol in the low one; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

const LONGEST_CODE = 16;

/**
 * A table from the counts of codes per length and the symbols in their order (ITU-T T.81 annex C). Looked up by
 * sixteen bits at once: 128 KiB a table, but one step per symbol.
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(1 << LONGEST_CODE);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    for (let index = 0; index < (counts[length - 1] ?? 0); index++) {
      const from = code << (LONGEST_CODE - length);
      const to = (code + 1) << (LONGEST_CODE - length);
      if (to > 1 << LONGEST_CODE) throw broken();
      table.fill((length << 8) | (symbols[next++] ?? 0), from, to);
      code++;
    }
    code <<= 1;
  }
  return table;
}

/** Bits that a scan may lack at its end before it counts as cut off; encoders round differently. */
const MISSING_BITS = 32;

/**
 * Reads the entropy-coded bits of a scan (T.81 section F.2.2.5): bytes after 0xFF are stuffed with 0, a marker ends the
 * bits. A class for its speed: it is asked several times per sample.
 */
export class BitReader {
  /** Position of the next byte; at the end of a scan, of its marker. */
  at: number;
  private readonly bytes: Uint8Array;
  private held = 0;
  private count = 0;
  private missing = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next Huffman symbol. @throws ArchiveError `image.truncated`, `image.unreadable`. */
  symbol(table: HuffmanTable): number {
    if (this.count < 16) this.fill();
    const entry = table[(this.held >>> (this.count - 16)) & 0xffff] ?? 0;
    const length = entry >> 8;
    if (length === 0) throw broken(this.missing > 0);
    this.count -= length;
    this.checkEnd();
    return entry & 0xff;
  }

  /** The next `length` bits, 0 to 16, as an unsigned number. */
  bits(length: number): number {
    if (length === 0) return 0;
    if (this.count < length) this.fill();
    this.count -= length;
    this.checkEnd();
    return (this.held >>> this.count) & ((1 << length) - 1);
  }

  /** RECEIVE and EXTEND (T.81 figures F.12 and F.17): a signed number of `length` bits. */
  extended(length: number): number {
    if (length === 0) return 0;
    const value = this.bits(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Forgets what is left of the byte and passes over a restart marker. @throws as `symbol`. */
  restart(): void {
    this.count = 0;
    this.held = 0;
    this.missing = 0;
    while (this.at + 1 < this.bytes.length) {
      if (this.bytes[this.at] === 0xff) {
        const marker = this.bytes[this.at + 1] ?? 0;
        if (marker >= 0xd0 && marker <= 0xd7) {
          this.at += 2;
          return;
        }
        if (marker !== 0 && marker !== 0xff) return;
      }
      this.at++;
    }
  }

  /** Holds at least 25 bits; zeros stand in for those after the end. */
  private fill(): void {
    while (this.count <= 24) {
      let byte = this.bytes[this.at];
      if (byte === 0xff) {
        if (this.bytes[this.at + 1] === 0) this.at += 2;
        else byte = undefined;
      } else if (byte !== undefined) this.at++;
      if (byte === undefined) {
        this.missing += 8;
        byte = 0;
      }
      this.held = (this.held << 8) | byte;
      this.count += 8;
    }
  }

  private checkEnd(): void {
    if (this.missing > 0 && this.missing - this.count > MISSING_BITS) throw broken(true);
  }
}
