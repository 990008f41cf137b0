/** One entry of a directory to write: type 3 SHORT, 4 LONG, 2 ASCII, 5 RATIONAL, 16 LONG8; values as they are. */
export interface TiffEntry {
  readonly tag: number;
  readonly type: 2 | 3 | 4 | 5 | 13 | 16;
  readonly values: readonly number[] | string;
  /** What the entry claims instead of how many values it has. */
  readonly count?: number;
  /** Where the entry says its values are, in place of where they are. */
  readonly at?: number;
}

export interface TiffForm {
  readonly big?: boolean;
  readonly bigEndian?: boolean;
  /** Offset of the next directory of the last one: to build a circle. */
  readonly lastNext?: number;
}

const typeSizes = { 2: 1, 3: 2, 4: 4, 5: 8, 13: 4, 16: 8 } as const;

/**
 * A TIFF or BigTIFF of these directories behind the given bytes of pixels, which begin at `pixelStart(form)`. What is
 * wrong in the entries is written as it is: hostile files are its purpose as much as sound ones.
 */
export function buildTiff(
  directories: readonly (readonly TiffEntry[])[],
  pixels: Uint8Array,
  form: TiffForm = {},
): Buffer {
  const { big = false, bigEndian = false, lastNext = 0 } = form;
  const number = (value: number, size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    const little = BigInt.asUintN(size * 8, BigInt(value));
    for (let index = 0; index < size; index++)
      bytes[bigEndian ? size - 1 - index : index] = Number((little >> BigInt(8 * index)) & 255n);
    return bytes;
  };
  const offsetSize = big ? 8 : 4;
  const head = pixelStart(form);
  const parts: Buffer[] = [Buffer.from(pixels)];
  let at = head + pixels.length;
  let first = 0;
  const chunks: { readonly at: number; readonly bytes: Buffer }[] = [];
  directories.forEach((entries, index) => {
    const sorted = entries.toSorted((a, b) => a.tag - b.tag);
    const start = at;
    if (index === 0) first = start;
    const directorySize = (big ? 8 : 2) + sorted.length * (big ? 20 : 12) + offsetSize;
    let valuesAt = start + directorySize;
    const lines: Buffer[] = [number(sorted.length, big ? 8 : 2)];
    const behind: Buffer[] = [];
    for (const entry of sorted) {
      const bytes =
        typeof entry.values === 'string'
          ? Buffer.from(`${entry.values}\0`, 'latin1')
          : Buffer.concat(
              entry.type === 5
                ? entry.values.flatMap((value) => [number(Math.round(value * 1000), 4), number(1000, 4)])
                : entry.values.map((value) => number(value, typeSizes[entry.type])),
            );
      const count = entry.count ?? (typeof entry.values === 'string' ? bytes.length : entry.values.length);
      const inline = bytes.length <= offsetSize && entry.at === undefined;
      const field = inline
        ? Buffer.concat([bytes, Buffer.alloc(offsetSize - bytes.length)])
        : number(entry.at ?? valuesAt, offsetSize);
      lines.push(number(entry.tag, 2), number(entry.type, 2), number(count, offsetSize), field);
      if (!inline && entry.at === undefined) {
        behind.push(bytes);
        valuesAt += bytes.length;
      }
    }
    const next = index === directories.length - 1 ? lastNext : valuesAt;
    const bytes = Buffer.concat([...lines, number(next, offsetSize), ...behind]);
    chunks.push({ at: start, bytes });
    parts.push(bytes);
    at = valuesAt;
  });
  const header = [
    Buffer.from(bigEndian ? 'MM' : 'II'),
    number(big ? 43 : 42, 2),
    ...(big ? [number(8, 2), number(0, 2)] : []),
    number(first, offsetSize),
  ];
  return Buffer.concat([...header, ...parts]);
}

/** Where the pixels of `buildTiff` begin. */
export const pixelStart = ({ big = false }: TiffForm): number => (big ? 16 : 8);

export interface TiledRecipe extends TiffForm {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  readonly samples?: 1 | 3;
  readonly bits?: 8 | 16;
  readonly entries?: readonly TiffEntry[];
}

/** Entries of an uncompressed tiled page whose tiles all lie at `at`, each `tile² · samples · bits / 8` bytes long. */
export function tiledEntries(recipe: TiledRecipe, at: number): TiffEntry[] {
  const { width, height, tile, samples = 3, bits = 8 } = recipe;
  const tiles = Math.ceil(width / tile) * Math.ceil(height / tile);
  const bytes = (tile * tile * samples * bits) / 8;
  const given = new Set((recipe.entries ?? []).map((entry) => entry.tag));
  const standard: TiffEntry[] = [
    { tag: 256, type: 4, values: [width] },
    { tag: 257, type: 4, values: [height] },
    { tag: 258, type: 3, values: Array.from({ length: samples }, () => bits) },
    { tag: 259, type: 3, values: [1] },
    { tag: 262, type: 3, values: [samples === 3 ? 2 : 1] },
    { tag: 277, type: 3, values: [samples] },
    { tag: 322, type: 3, values: [tile] },
    { tag: 323, type: 3, values: [tile] },
    { tag: 324, type: 4, values: Array.from({ length: tiles }, () => at) },
    { tag: 325, type: 4, values: Array.from({ length: tiles }, () => bytes) },
  ];
  return [...standard.filter((entry) => !given.has(entry.tag)), ...(recipe.entries ?? [])];
}
