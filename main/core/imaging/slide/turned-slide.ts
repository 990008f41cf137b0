import type { RegionWish, Slide, SlideLevel, SlidePixels } from './slide.ts';

/** How what is shown lies in what is stored: mirrored along its own axes first, then its axes exchanged. */
interface Turn {
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
  readonly swapped: boolean;
}

/** Orientation 2 to 8: where the first stored row and column are seen (TIFF 6.0 section 8, tag 274). */
const turns: Readonly<Record<number, Turn>> = {
  2: { mirrorX: true, mirrorY: false, swapped: false },
  3: { mirrorX: true, mirrorY: true, swapped: false },
  4: { mirrorX: false, mirrorY: true, swapped: false },
  5: { mirrorX: false, mirrorY: false, swapped: true },
  6: { mirrorX: true, mirrorY: false, swapped: true },
  7: { mirrorX: true, mirrorY: true, swapped: true },
  8: { mirrorX: false, mirrorY: true, swapped: true },
};

export const isTurned = (orientation: number): boolean => turns[orientation] !== undefined;

/** A slide as it is meant to be seen: sizes, µm per pixel and regions upright. Orientation 1, or none, changes nothing. */
export function turnedSlide(slide: Slide, orientation: number): Slide {
  const turn = turns[orientation];
  if (!turn) return slide;
  const { swapped } = turn;
  const levels = slide.levels.map((level) => (swapped ? exchanged(level) : level));
  return {
    ...slide,
    width: swapped ? slide.height : slide.width,
    height: swapped ? slide.width : slide.height,
    mppX: swapped ? slide.mppY : slide.mppX,
    mppY: swapped ? slide.mppX : slide.mppY,
    levels,
    notes: [...slide.notes, `turned upright (TIFF orientation ${orientation})`],
    readRegion: async (wish) => {
      const level = levels[wish.level];
      // A level that is not there is refused by the slide itself.
      const read = await slide.readRegion(level ? storedPlace(wish, level, turn) : wish);
      return upright(read, wish, turn);
    },
    // A stored tile would have to be decoded to be turned.
    rawTile: () => Promise.resolve(null),
    close: () => slide.close(),
  };
}

const exchanged = (level: SlideLevel): SlideLevel => ({
  ...level,
  width: level.height,
  height: level.width,
  tileWidth: level.tileHeight,
  tileHeight: level.tileWidth,
});

function storedPlace(wish: RegionWish, shown: SlideLevel, { mirrorX, mirrorY, swapped }: Turn): RegionWish {
  const { level, w, h } = wish;
  const x = mirrorX ? shown.width - wish.x - w : wish.x;
  const y = mirrorY ? shown.height - wish.y - h : wish.y;
  return swapped ? { level, x: y, y: x, w: h, h: w } : { level, x, y, w, h };
}

function upright({ data, width }: SlidePixels, { w, h }: RegionWish, turn: Turn): SlidePixels {
  const { mirrorX, mirrorY, swapped } = turn;
  const shown = new Uint8Array(w * h * 3);
  for (let y = 0, to = 0; y < h; y++) {
    const down = mirrorY ? h - 1 - y : y;
    for (let x = 0; x < w; x++, to += 3) {
      const across = mirrorX ? w - 1 - x : x;
      const from = (swapped ? across * width + down : down * width + across) * 3;
      shown[to] = data[from] ?? 0;
      shown[to + 1] = data[from + 1] ?? 0;
      shown[to + 2] = data[from + 2] ?? 0;
    }
  }
  return { width: w, height: h, data: shown };
}
