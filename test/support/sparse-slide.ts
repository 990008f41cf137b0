import { writeFileSync } from 'node:fs';
import sharp from 'sharp';

import { buildTiff, pixelStart, type TiffEntry } from './tiff-builder.ts';

const TILE = 256;

/**
 * A slide of any size in a file of a few megabytes: a pyramid in which every tile of stained tissue is the same JPEG, and
 * the tiles of the rim are another one, of glass.
 */
export async function writeSparseSlide(path: string, width: number, height: number): Promise<void> {
  const tissue = Uint8Array.from({ length: TILE * TILE * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const wave = Math.sin((pixel % TILE) / 5) * Math.cos(Math.floor(pixel / TILE) / 7);
    return ([190, 120, 170][index % 3] ?? 0) + 30 * wave;
  });
  const encode = (data: Uint8Array) =>
    sharp(data, { raw: { width: TILE, height: TILE, channels: 3 } })
      .jpeg({ quality: 85, chromaSubsampling: '4:4:4' })
      .toBuffer();
  const stained = await encode(tissue);
  const glass = await encode(new Uint8Array(TILE * TILE * 3).fill(243));
  const start = pixelStart({ big: true });
  const directories: TiffEntry[][] = [];
  for (let level = 0; ; level++) {
    const [w, h] = [width >> level, height >> level];
    const columns = Math.ceil(w / TILE);
    const rows = Math.ceil(h / TILE);
    const isRim = (index: number) => {
      const u = (index % columns) / columns - 0.5;
      const v = Math.floor(index / columns) / rows - 0.5;
      return u * u + v * v > 0.16;
    };
    const tiles = Array.from({ length: columns * rows }, (_, index) => isRim(index));
    directories.push([
      { tag: 254, type: 4, values: [level === 0 ? 0 : 1] },
      { tag: 256, type: 4, values: [w] },
      { tag: 257, type: 4, values: [h] },
      { tag: 258, type: 3, values: [8, 8, 8] },
      { tag: 259, type: 3, values: [7] },
      { tag: 262, type: 3, values: [6] },
      { tag: 277, type: 3, values: [3] },
      { tag: 282, type: 5, values: [40_000] },
      { tag: 283, type: 5, values: [40_000] },
      { tag: 296, type: 3, values: [3] },
      { tag: 322, type: 3, values: [TILE] },
      { tag: 323, type: 3, values: [TILE] },
      { tag: 324, type: 4, values: tiles.map((rim) => (rim ? start + stained.length : start)) },
      { tag: 325, type: 4, values: tiles.map((rim) => (rim ? glass.length : stained.length)) },
    ]);
    if (Math.max(w, h) <= 1024) break;
  }
  writeFileSync(path, buildTiff(directories, Buffer.concat([stained, glass]), { big: true }));
}
