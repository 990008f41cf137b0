import { generateCase } from './case.ts';
import type { Label } from './labels.ts';
import { createNoise, fractal } from './noise.ts';
import { createRandom, type Random } from './random.ts';

/** What a place of the generated slide is. `blank` is glass. */
export const slideClasses = ['blank', 'stroma', 'tumour', 'lymphoid', 'necrosis', 'glands'] as const;
export type SlideClass = (typeof slideClasses)[number];

/** A region that was drawn on purpose: an uneven ellipse, in pixels of level 0. */
export interface SlideRegion {
  readonly class: Exclude<SlideClass, 'blank'>;
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
}

export interface GeneratedSlide {
  readonly width: number;
  readonly height: number;
  /** µm per pixel. */
  readonly mpp: number;
  readonly regions: readonly SlideRegion[];
  /** The truth of a pixel. */
  classAt(x: number, y: number): SlideClass;
  /** RGB of rows `top` to `top + rows`, full width. Bands may be asked for in any order. */
  band(top: number, rows: number): Uint8Array;
}

export interface SlideOptions {
  readonly width?: number;
  readonly height?: number;
}

const labelOf: Readonly<Record<Exclude<SlideClass, 'blank'>, Label>> = {
  stroma: 'histology-stroma',
  tumour: 'histology-tumour',
  lymphoid: 'histology-lymphocytes',
  necrosis: 'histology-necrosis',
  glands: 'histology-glands',
};

/**
 * One drawn picture covers this many pixels: 56 µm, what the starter's 112 px see at 0.5 µm per pixel. A tile must show
 * nuclei about as large as the training's pictures did: at twice the size lymphocytes pass for glands.
 */
const PATCH_PX = 224;
/** Neighbouring patches fade into each other over this many pixels. */
const OVERLAP_PX = 24;
const DRAWN_PX = PATCH_PX + OVERLAP_PX;
const PATCHES_PER_CLASS = 12;
/** Pixels for which the class is decided together. */
const CELL_PX = 8;
const MPP = 0.25;
const GLASS = [243, 241, 244] as const;

/** Layout in shares of width and height: two tumours far apart, so that one can be found by the other. */
const plan: readonly (readonly [SlideRegion['class'], number, number, number, number])[] = [
  ['tumour', 0.3, 0.34, 0.1, 0.13],
  ['tumour', 0.71, 0.62, 0.11, 0.12],
  ['lymphoid', 0.56, 0.27, 0.08, 0.1],
  ['lymphoid', 0.28, 0.71, 0.08, 0.09],
  ['necrosis', 0.5, 0.55, 0.07, 0.11],
  ['necrosis', 0.78, 0.36, 0.055, 0.07],
  ['glands', 0.47, 0.8, 0.1, 0.07],
];

/**
 * A slide of about 5 × 4 mm whose regions are known, drawn from the pictures that the starter model was trained to tell
 * apart, at 0.25 µm per pixel: the same seed gives the same pixels.
 *
 * @param seed - above 1,000,000 draws pictures that no training saw.
 */
export function generateSlide(
  seed: number,
  { width = 20_000, height = 16_000 }: SlideOptions = {},
): GeneratedSlide {
  const random = createRandom(seed);
  const edge = fractal(createNoise(random), 3);
  const regions = plan.map(([name, x, y, rx, ry]): SlideRegion => {
    const jitter = () => 1 + random.between(-0.06, 0.06);
    return {
      class: name,
      x: x * width * jitter(),
      y: y * height * jitter(),
      rx: rx * width,
      ry: ry * height,
    };
  });
  const patches = drawPatches(random);

  function classAt(x: number, y: number): SlideClass {
    const u = x / width;
    const v = y / height;
    // The outline of the tissue, and of each region, wavers.
    const waver = 0.14 * edge(u * 9 + 20, v * 9 + 20);
    if (((u - 0.5) / 0.44) ** 2 + ((v - 0.5) / 0.43) ** 2 > 1 + waver) return 'blank';
    for (const region of regions)
      if (((x - region.x) / region.rx) ** 2 + ((y - region.y) / region.ry) ** 2 < 1 + waver * 1.5)
        return region.class;
    return 'stroma';
  }

  function band(top: number, rows: number): Uint8Array {
    const rgb = new Uint8Array(width * rows * 3);
    for (let cellY = 0; cellY < rows; cellY += CELL_PX)
      for (let cellX = 0; cellX < width; cellX += CELL_PX) {
        const what = classAt(cellX + CELL_PX / 2, top + cellY + CELL_PX / 2);
        const down = Math.min(CELL_PX, rows - cellY);
        const across = Math.min(CELL_PX, width - cellX);
        for (let line = 0; line < down; line++) {
          const to = ((cellY + line) * width + cellX) * 3;
          if (what === 'blank') paintGlass(rgb, to, across, cellX, top + cellY + line);
          else paintTissue(rgb, to, across, cellX, top + cellY + line, what);
        }
      }
    return rgb;
  }

  function paintTissue(
    rgb: Uint8Array,
    to: number,
    across: number,
    x: number,
    y: number,
    what: SlideRegion['class'],
  ): void {
    const row = Math.floor(y / PATCH_PX);
    const inY = y - row * PATCH_PX;
    const column = Math.floor(x / PATCH_PX);
    for (let pixel = 0; pixel < across; pixel++) {
      const inX = x - column * PATCH_PX + pixel;
      const right = Math.max(0, inX - PATCH_PX + OVERLAP_PX) / OVERLAP_PX;
      const below = Math.max(0, inY - PATCH_PX + OVERLAP_PX) / OVERLAP_PX;
      const at = to + pixel * 3;
      add(rgb, at, what, column, row, inX, inY, (1 - right) * (1 - below));
      if (right > 0) add(rgb, at, what, column + 1, row, inX - PATCH_PX, inY, right * (1 - below));
      if (below > 0) add(rgb, at, what, column, row + 1, inX, inY - PATCH_PX, (1 - right) * below);
      if (right > 0 && below > 0)
        add(rgb, at, what, column + 1, row + 1, inX - PATCH_PX, inY - PATCH_PX, right * below);
    }
  }

  /** Adds the share of one patch; patches reach a little over their left and upper neighbours. */
  function add(
    rgb: Uint8Array,
    at: number,
    what: SlideRegion['class'],
    column: number,
    row: number,
    inX: number,
    inY: number,
    share: number,
  ): void {
    const pick = mixed(column, row, seed);
    const patch = patches[what][pick % PATCHES_PER_CLASS];
    if (!patch) return;
    // Mirrored by place, so that neighbours with the same drawing differ.
    const fromX = pick & 128 ? DRAWN_PX - 1 - inX - OVERLAP_PX : inX + OVERLAP_PX;
    const fromY = pick & 64 ? DRAWN_PX - 1 - inY - OVERLAP_PX : inY + OVERLAP_PX;
    const from = (fromY * DRAWN_PX + fromX) * 3;
    for (let channel = 0; channel < 3; channel++)
      rgb[at + channel] = (rgb[at + channel] ?? 0) + share * (patch[from + channel] ?? 0);
  }

  return { width, height, mpp: MPP, regions, classAt, band };
}

function paintGlass(rgb: Uint8Array, to: number, across: number, x: number, y: number): void {
  for (let pixel = 0; pixel < across; pixel++) {
    const grain = mixed(x + pixel, y, 7) % 3;
    for (let channel = 0; channel < 3; channel++)
      rgb[to + pixel * 3 + channel] = (GLASS[channel] ?? 243) - grain;
  }
}

/** Pictures of one class, all moderately stained: one slide is stained in one bath. */
function drawPatches(random: Random): Record<SlideRegion['class'], Uint8Array[]> {
  const drawn = (label: Label): Uint8Array[] => {
    const pictures: Uint8Array[] = [];
    while (pictures.length < PATCHES_PER_CLASS) {
      const seed = random.whole(2_000_000, 2_900_000);
      // The stain is the same at every size; a small drawing tells it.
      if (generateCase(seed, { sizePx: 16, label }).attributes['stain'] !== 'moderate') continue;
      pictures.push(generateCase(seed, { sizePx: DRAWN_PX, label }).rgb);
    }
    return pictures;
  };
  return {
    stroma: drawn(labelOf.stroma),
    tumour: drawn(labelOf.tumour),
    lymphoid: drawn(labelOf.lymphoid),
    necrosis: drawn(labelOf.necrosis),
    glands: drawn(labelOf.glands),
  };
}

/** A hash of a place: unlike its neighbours', the same on every machine. */
function mixed(x: number, y: number, seed: number): number {
  let hash = Math.imul(x ^ Math.imul(y, 0x27d4eb2d) ^ seed, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
