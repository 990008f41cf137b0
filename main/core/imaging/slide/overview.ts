import type { Slide, SlidePixels } from './slide.ts';

/** Pixels of a band that is read at once. */
const BAND_PIXELS = 8 * 1024 * 1024;

/**
 * Mean colour of a whole level, read in bands.
 *
 * @returns null for a level of more than `mostPixels`.
 */
export async function levelMean(
  slide: Slide,
  level: number,
  mostPixels = 256 * 1024 * 1024,
): Promise<[number, number, number] | null> {
  const size = slide.levels[level];
  if (!size || size.width * size.height > mostPixels) return null;
  const sums: [number, number, number] = [0, 0, 0];
  for await (const { pixels } of bands(slide, level)) addUp(pixels.data, sums);
  const count = size.width * size.height;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}

export function meanOf({ data }: SlidePixels): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  addUp(data, sums);
  const count = data.length / 3;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}

function addUp(data: Uint8Array, sums: [number, number, number]): void {
  for (let at = 0; at + 2 < data.length; at += 3) {
    sums[0] += data[at] ?? 0;
    sums[1] += data[at + 1] ?? 0;
    sums[2] += data[at + 2] ?? 0;
  }
}

/** A level from top to bottom in full-width bands, of whole tile rows where they fit. */
async function* bands(slide: Slide, level: number): AsyncGenerator<{ y: number; pixels: SlidePixels }> {
  const size = slide.levels[level];
  if (!size) return;
  const { width, height } = size;
  const fitting = Math.max(1, Math.floor(BAND_PIXELS / width));
  const tiles = size.tileHeight;
  const rows = fitting > tiles ? fitting - (fitting % tiles) : fitting;
  for (let y = 0; y < height; y += rows) {
    const h = Math.min(rows, height - y);
    yield { y, pixels: await slide.readRegion({ level, x: 0, y, w: width, h }) };
  }
}

/**
 * The whole slide, its longest side at most `longestPx`: the smallest level that is large enough, each of its pixels
 * counted once in the mean of its place.
 */
export async function overview(slide: Slide, longestPx: number): Promise<SlidePixels> {
  const longest = Math.max(slide.width, slide.height);
  const shrink = Math.max(1, longest / longestPx);
  const width = Math.max(1, Math.round(slide.width / shrink));
  const height = Math.max(1, Math.round(slide.height / shrink));
  let level = 0;
  slide.levels.forEach((size, index) => {
    if (Math.max(size.width, size.height) >= Math.max(width, height)) level = index;
  });
  const from = slide.levels[level] ?? slide;
  const sums = new Float64Array(width * height * 3);
  const placeOf = (at: number, of: number, size: number) => Math.min(size - 1, Math.floor((at * size) / of));
  const columns = countOf(from.width, (x) => placeOf(x, from.width, width), width);
  const rows = countOf(from.height, (y) => placeOf(y, from.height, height), height);
  for await (const { y, pixels } of bands(slide, level))
    for (let line = 0; line < pixels.height; line++) {
      let place = placeOf(y + line, from.height, height) * width * 3;
      let at = line * pixels.width * 3;
      for (const count of columns) {
        let [red, green, blue] = [0, 0, 0];
        for (const end = at + count * 3; at < end; at += 3) {
          red += pixels.data[at] as number;
          green += pixels.data[at + 1] as number;
          blue += pixels.data[at + 2] as number;
        }
        sums[place] = (sums[place] as number) + red;
        sums[place + 1] = (sums[place + 1] as number) + green;
        sums[place + 2] = (sums[place + 2] as number) + blue;
        place += 3;
      }
    }
  const data = new Uint8Array(sums.length);
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const count = Math.max(1, (columns[column] ?? 0) * (rows[row] ?? 0));
      for (let primary = 0; primary < 3; primary++, at++) data[at] = Math.round((sums[at] ?? 0) / count);
    }
  return { width, height, data };
}

/** How many of `length` positions fall into each of `places`, which they do in their order. */
function countOf(length: number, place: (at: number) => number, places: number): Uint32Array {
  const counts = new Uint32Array(places);
  for (let at = 0; at < length; at++) counts[place(at)] = (counts[place(at)] ?? 0) + 1;
  return counts;
}
