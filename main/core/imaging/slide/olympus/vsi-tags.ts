import type { FileBytes } from '../../file-bytes.ts';

/** A field of the tree of volumes that stands behind the TIFF header of a VSI. */
export interface VsiNode {
  readonly tag: number;
  /** Tells fields of one tag apart: which dimension, which channel; null where the field carries none. */
  readonly index: number | null;
  readonly value: VsiValue;
  readonly children: readonly VsiNode[];
}

export type VsiValue =
  | { readonly is: 'none' }
  | { readonly is: 'numbers'; readonly numbers: readonly number[] }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'bytes'; readonly bytes: Buffer };

export interface VsiTree {
  readonly nodes: readonly VsiNode[];
  /** Every field was read; false where damage, or a limit, ended the walk. */
  readonly whole: boolean;
}

/** The first volume stands behind the eight bytes of the TIFF header. */
const FIRST_VOLUME = 8;
const VOLUME_BYTES = 24;
const VOLUME_MARK = 0x5349;
const FIELD_BYTES = 16;
/** Bits of a field's type. */
const bit = { second: 0x0800_0000, extended: 0x1000_0000, inline: 0x4000_0000 } as const;
/** Extended types that hold volumes: a new one, a set of properties, one of several dimensions. */
const volumeTypes: ReadonlySet<number> = new Set([0, 1, 2]);
const MOST_FIELDS = 100_000;
const DEEPEST = 32;
const LONGEST_VALUE = 1024 * 1024;
/** Of all values together. */
const MOST_BYTES = 64 * 1024 * 1024;
const BLOCK = 256 * 1024;

const bytesType: ReadonlySet<number> = new Set([1, 2, 269, 270]);
const doubles: ReadonlySet<number> = new Set([10, 18, 260, 261, 262, 263, 264, 265, 266, 268, 279, 280]);
const words: ReadonlySet<number> = new Set([
  5, 6, 12, 14, 256, 257, 258, 259, 267, 271, 272, 273, 274, 275, 276, 277, 8195, 8199, 8200, 8470,
]); // prettier-ignore
const TCHAR = 13;
const wide: ReadonlySet<number> = new Set([8192, 8194]);

/**
 * Reads the tree by range: cellSens writes it in little-endian order. Each volume says where its fields begin and how many
 * there are; each field where the next one stands, from the volume's own start. A volume lies behind the field that holds
 * it, so that none can hold itself; a field may be its own next one. Damage ends the walk with what was found.
 */
export async function vsiTags(file: FileBytes): Promise<VsiTree> {
  const read = inBlocks(file);
  let fields = 0;
  let left = MOST_BYTES;
  let whole = true;

  async function volume(start: number, depth: number): Promise<VsiNode[]> {
    const nodes: VsiNode[] = [];
    const head = await read(start, VOLUME_BYTES);
    const isVolume = head?.readUInt16LE(2) === VOLUME_MARK;
    if (!head || !isVolume || depth > DEEPEST) {
      whole = false;
      return nodes;
    }
    const count = head.readUInt32LE(16) & 0x0fff_ffff;
    let at = start + Number(head.readBigUInt64LE(8));
    for (let index = 0; index < count; index++) {
      const field = await read(at, FIELD_BYTES);
      if (!field || ++fields > MOST_FIELDS) {
        whole = false;
        break;
      }
      nodes.push(await nodeOf(field, at + FIELD_BYTES, depth));
      const next = field.readUInt32LE(8);
      if (next === 0) break;
      at = start + next;
    }
    return nodes;
  }

  async function nodeOf(field: Buffer, behind: number, depth: number): Promise<VsiNode> {
    const type = field.readUInt32LE(0);
    const tag = field.readInt32LE(4);
    const kind = type & 0xff_ffff;
    const second = (type & bit.second) !== 0 ? await read(behind, 4) : null;
    const index = second ? second.readInt32LE(0) : null;
    const at = behind + (second ? 4 : 0);
    const size = field.readUInt32LE(12);
    if ((type & bit.extended) !== 0) {
      const children = volumeTypes.has(kind) ? await volume(at, depth + 1) : [];
      return { tag, index, value: { is: 'none' }, children };
    }
    const value: VsiValue =
      (type & bit.inline) !== 0 ? { is: 'numbers', numbers: [size | 0] } : await valueAt(at, kind, size);
    return { tag, index, value, children: [] };
  }

  async function valueAt(at: number, kind: number, size: number): Promise<VsiValue> {
    if (size === 0) return { is: 'none' };
    if (size > LONGEST_VALUE || size > left) {
      whole = false;
      return { is: 'none' };
    }
    const bytes = await read(at, size);
    if (!bytes) {
      whole = false;
      return { is: 'none' };
    }
    left -= size;
    return valueOf(bytes, kind);
  }

  return { nodes: await volume(FIRST_VOLUME, 0), whole };
}

function valueOf(bytes: Buffer, kind: number): VsiValue {
  if (wide.has(kind) || (kind === TCHAR && bytes.includes(0))) return textOf(bytes.toString('utf16le'));
  if (kind === TCHAR) return textOf(bytes.toString('latin1'));
  if (bytesType.has(kind)) return { is: 'bytes', bytes: Buffer.from(bytes) };
  const step = doubles.has(kind) ? 8 : 4;
  if (step === 4 && !words.has(kind)) return { is: 'none' };
  const numbers: number[] = [];
  for (let at = 0; at + step <= bytes.length && numbers.length < 64; at += step)
    numbers.push(step === 8 ? bytes.readDoubleLE(at) : bytes.readInt32LE(at));
  return { is: 'numbers', numbers };
}

const textOf = (text: string): VsiValue => ({ is: 'text', text: (text.split('\0')[0] ?? '').trim() });

/** Small reads from one block that is kept; null where the file does not reach that far. */
function inBlocks(file: FileBytes): (at: number, length: number) => Promise<Buffer | null> {
  let start = 0;
  let block: Buffer = Buffer.alloc(0);
  return async (at, length) => {
    if (!Number.isSafeInteger(at) || at < 0 || at + length > file.size) return null;
    if (at < start || at + length > start + block.length) {
      start = at;
      block = await file.read(at, Math.max(BLOCK, length));
    }
    return block.subarray(at - start, at - start + length);
  };
}

/** The first node of a tag, anywhere below, in the file's order. */
export function findNode(nodes: readonly VsiNode[], tag: number): VsiNode | undefined {
  for (const node of nodes) {
    const found = node.tag === tag ? node : findNode(node.children, tag);
    if (found) return found;
  }
  return undefined;
}

/** All nodes of a tag; those inside one of them are not looked for. */
export function findNodes(nodes: readonly VsiNode[], tag: number): VsiNode[] {
  return nodes.flatMap((node) => (node.tag === tag ? [node] : findNodes(node.children, tag)));
}

export const numbersOf = (node: VsiNode | undefined): readonly number[] =>
  node?.value.is === 'numbers' ? node.value.numbers : [];

export const textIn = (node: VsiNode | undefined): string | null =>
  node?.value.is === 'text' && node.value.text !== '' ? node.value.text : null;
