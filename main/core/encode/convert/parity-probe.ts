import type { Preprocessing } from '../bundle.ts';
import type { TextShape } from './model-plan.ts';

/** Numbers in [0, 1) that are the same on every machine. @see Mulberry32, Tommy Ettinger */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Painter = (x: number, y: number, random: () => number) => readonly [number, number, number];

/** Pictures that differ as much as the archive's do: x and y in [0, 1), colours in [0, 1]. */
const painters: readonly Painter[] = [
  (x, y) => [x, y, (x + y) / 2],
  (_x, _y, random) => [random(), random(), random()],
  // A bright slice on black, as CT shows it.
  (x, y) => grey(Math.hypot(x - 0.5, y - 0.5) < 0.4 ? 0.55 + 0.3 * Math.sin(24 * x) * Math.cos(18 * y) : 0),
  // Nuclei on pink, as haematoxylin and eosin colour them.
  (x, y) =>
    Math.sin(61 * x + 7 * Math.sin(9 * y)) * Math.sin(53 * y) > 0.55 ? [0.35, 0.2, 0.55] : [0.92, 0.7, 0.83],
  (x, y) => ((Math.floor(13 * x) + Math.floor(7 * y)) % 2 === 0 ? [0.9, 0.16, 0.35] : [0.04, 0.04, 0.04]),
  (x, y, random) => grey(0.5 + 0.05 * Math.sin(5 * x + 3 * y) + 0.02 * random()),
  // Lines on white, as figures and charts have them.
  (x, y) =>
    Math.abs(y - 0.5 - 0.3 * Math.sin(9 * x)) < 0.01 || (20 * x) % 1 < 0.05 ? [0, 0, 0.4] : [1, 1, 1],
  (x, y) => [0.25 + 0.7 * Math.exp(-20 * ((x - 0.6) ** 2 + (y - 0.4) ** 2)), 0.2 + 0.15 * x, 0.1 + 0.1 * y],
];

const grey = (level: number) => [level, level, level] as const;

/** How many pictures and texts there are to compare by. */
export const PROBES = painters.length;

/** @returns `PROBES` pictures as the image graph takes them, [n, 3, size, size]. */
export function probePictures({ sizePx, mean, std }: Preprocessing): Float32Array<ArrayBuffer> {
  const plane = sizePx * sizePx;
  const pixels = new Float32Array(PROBES * 3 * plane);
  painters.forEach((paint, picture) => {
    const random = randomNumbers(picture + 1);
    for (let place = 0; place < plane; place += 1) {
      const colour = paint((place % sizePx) / sizePx, Math.floor(place / sizePx) / sizePx, random);
      colour.forEach((level, channel) => {
        const byte = Math.round(255 * Math.min(Math.max(level, 0), 1));
        pixels[(picture * 3 + channel) * plane + place] =
          (byte / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
      });
    }
  });
  return pixels;
}

/**
 * `PROBES` texts of different lengths as token ids. The ids are drawn by lot: what they spell does not matter for
 * comparing two computations. None is the padding's, and the end token stands only at the end.
 */
export function probeTexts(
  { contextLength, vocabulary }: TextShape,
  padId: number,
  endId: number | null,
): number[][] {
  const random = randomNumbers(77);
  return Array.from({ length: PROBES }, (_, index) => {
    const length = Math.min(3 + 3 * index, contextLength);
    const ids = Array.from({ length }, () => {
      const id = Math.floor(random() * (endId ?? vocabulary));
      return id === padId ? id + 1 : id;
    });
    if (endId !== null) ids[length - 1] = endId;
    return ids;
  });
}

/** Texts side by side, padded at the end to the longest, as the text graph takes them. */
export function padTexts(texts: readonly (readonly number[])[], padId: number) {
  const length = Math.max(...texts.map((ids) => ids.length));
  const ids = new BigInt64Array(texts.length * length).fill(BigInt(padId));
  const mask = new BigInt64Array(texts.length * length);
  texts.forEach((text, row) => {
    text.forEach((id, column) => {
      ids[row * length + column] = BigInt(id);
      mask[row * length + column] = 1n;
    });
  });
  return { ids, mask, length, count: texts.length };
}
