/** What one sample is: unsigned (1), signed (2) or floating point (3), as TIFF 6.0 section 19 numbers them. */
export interface PlainTiff {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bits: 8 | 16 | 32;
  readonly format: 1 | 2 | 3;
  /** 1 grey, 2 RGB, 5 CMYK. */
  readonly photometric: 1 | 2 | 5;
  readonly values: ArrayLike<number>;
}

/** An uncompressed little-endian TIFF of one strip, for sample formats that no encoder at hand writes. */
export function plainTiff({ width, height, samples, bits, format, photometric, values }: PlainTiff): Buffer {
  const size = bits / 8;
  const pixels = Buffer.alloc(values.length * size);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (format === 3) pixels.writeFloatLE(value, index * size);
    else if (format === 2) pixels.writeIntLE(value, index * size, size);
    else pixels.writeUIntLE(value, index * size, size);
  }
  const entries: [tag: number, type: 3 | 4, values: number[]][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array.from({ length: samples }, () => bits)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, [0]],
    [277, 3, [samples]],
    [278, 4, [height]],
    [279, 4, [pixels.length]],
    [339, 3, Array.from({ length: samples }, () => format)],
  ];
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  const overflow: Buffer[] = [];
  let overflowAt = 8 + directory.length;
  directory.writeUInt16LE(entries.length, 0);
  const pixelsAt =
    overflowAt +
    entries.reduce((sum, [, type, list]) => sum + (outside(type, list) ? list.length * 2 : 0), 0);
  entries.forEach(([tag, type, list], index) => {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(list.length, at + 4);
    if (outside(type, list)) {
      const bytes = Buffer.alloc(list.length * 2);
      list.forEach((value, position) => bytes.writeUInt16LE(value, position * 2));
      directory.writeUInt32LE(overflowAt, at + 8);
      overflow.push(bytes);
      overflowAt += bytes.length;
    } else if (tag === 273) directory.writeUInt32LE(pixelsAt, at + 8);
    else if (type === 3)
      list.forEach((value, position) => directory.writeUInt16LE(value, at + 8 + position * 2));
    else directory.writeUInt32LE(list[0] ?? 0, at + 8);
  });
  return Buffer.concat([Buffer.from('II*\0\b\0\0\0', 'latin1'), directory, ...overflow, pixels]);
}

const outside = (type: 3 | 4, values: readonly number[]) => values.length * (type === 3 ? 2 : 4) > 4;
