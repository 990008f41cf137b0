/** What a place of a slide is, at low power. */
export const tissueClass = { glass: 0, tissue: 1, pen: 2 } as const;

export interface TissueMask {
  readonly width: number;
  readonly height: number;
  /** One `tissueClass` per pixel, row by row. */
  readonly classes: Uint8Array;
  /** Saturation above which a pixel counts as stained, 0 to 255; of dark-field slides, brightness. */
  readonly threshold: number;
  readonly field: 'bright' | 'dark';
}

export interface TissueOptions {
  /** Islands of fewer pixels are dust. */
  readonly leastIsland?: number;
  /** Ink in fewer pixels is none: crushed nuclei, blood, the coloured fringes of a fold. */
  readonly leastInk?: number;
  /** Holes of fewer pixels are filled: lumina, tears. */
  readonly largestHole?: number;
}

/** Of how masks are made: one that was made otherwise is made again. */
export const MASK_VERSION = 1;

/** Otsu splits even a blank picture somewhere; stain begins no lower than this and needs no more than that. */
const LEAST_SATURATION = 10;
const MOST_SATURATION = 60;
const LEAST_BRIGHTNESS = 8;
/** Mean brightness below which a slide is fluorescence. */
const DARK_MEAN = 70;

/**
 * Where there is tissue: saturation of a slightly blurred overview, split by Otsu's threshold, holes filled, islands
 * dropped, marker ink told from stain by its hue. On dark-field slides brightness takes saturation's place.
 *
 * @param rgb - of the overview, about 8 to 32 µm per pixel.
 * @see Otsu (1979), A threshold selection method from gray-level histograms.
 */
export function tissueMask(
  rgb: Uint8Array,
  width: number,
  height: number,
  { leastIsland = 24, leastInk = 300, largestHole = 200 }: TissueOptions = {},
): TissueMask {
  const pixels = width * height;
  let sum = 0;
  for (let at = 0; at < pixels * 3; at++) sum += rgb[at] ?? 0;
  const field = sum / (pixels * 3) < DARK_MEAN ? 'dark' : 'bright';
  const measure = new Uint8Array(pixels);
  const ink = new Uint8Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const red = rgb[pixel * 3] ?? 0;
    const green = rgb[pixel * 3 + 1] ?? 0;
    const blue = rgb[pixel * 3 + 2] ?? 0;
    const high = Math.max(red, green, blue);
    const low = Math.min(red, green, blue);
    measure[pixel] = field === 'dark' ? high : high === 0 ? 0 : Math.round(((high - low) * 255) / high);
    if (field === 'bright' && isInk(red, green, blue)) ink[pixel] = 1;
  }
  replaceSmall(ink, width, height, 1, leastInk);
  const smooth = boxBlur(measure, width, height);
  const otsu = otsuThreshold(smooth);
  const threshold =
    field === 'dark'
      ? Math.max(LEAST_BRIGHTNESS, otsu)
      : Math.min(Math.max(LEAST_SATURATION, otsu), MOST_SATURATION);
  const stained = smooth.map((value, pixel) => (value > threshold && ink[pixel] === 0 ? 1 : 0));
  replaceSmall(stained, width, height, 0, largestHole);
  replaceSmall(stained, width, height, 1, leastIsland);
  const classes = stained.map((value, pixel) =>
    ink[pixel] === 1 ? tissueClass.pen : value === 1 ? tissueClass.tissue : tissueClass.glass,
  );
  return { width, height, classes, threshold, field };
}

/**
 * Marker ink. Haematoxylin and eosin always leave more red than green and at least some blue; green, saturated blue and
 * black ink do not. Red ink is told by its missing blue: blood and dense eosin leave more of it than of green.
 */
function isInk(red: number, green: number, blue: number): boolean {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  const isGreen = green > red + 20 && green > blue + 5;
  // Crowded nuclei are as blue as ink, but they keep more red than green.
  const isBlue = blue > red + 60 && blue > green + 40 && red < green + 8;
  const isBlack = high < 55 && high - low < 18;
  const isRed = red > 130 && green < 70 && blue < 80 && red > blue * 2 && blue < green + 20;
  return isGreen || isBlue || isBlack || isRed;
}

/** Mean of 3 × 3, edges repeated. */
function boxBlur(values: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let down = -1; down <= 1; down++)
        for (let across = -1; across <= 1; across++) {
          const row = Math.min(Math.max(y + down, 0), height - 1);
          const column = Math.min(Math.max(x + across, 0), width - 1);
          sum += values[row * width + column] ?? 0;
        }
      out[y * width + x] = Math.round(sum / 9);
    }
  return out;
}

/** The threshold that leaves the two classes as far apart as can be. */
export function otsuThreshold(values: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  let total = 0;
  counts.forEach((count, value) => (total += count * value));
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let apart = -1;
  for (let threshold = 0; threshold < 255; threshold++) {
    below += counts[threshold] ?? 0;
    sumBelow += (counts[threshold] ?? 0) * threshold;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const distance = sumBelow / below - (total - sumBelow) / above;
    const between = below * above * distance * distance;
    if (between > apart) {
      apart = between;
      best = threshold;
    }
  }
  return best;
}

/** Turns connected areas (by edges) of `value` with fewer than `least` pixels into the other value, in place. */
function replaceSmall(mask: Uint8Array, width: number, height: number, value: 0 | 1, least: number): void {
  const seen = new Uint8Array(mask.length);
  const area = new Int32Array(mask.length);
  let length = 0;
  const reach = (at: number) => {
    if (seen[at] === 1 || mask[at] !== value) return;
    seen[at] = 1;
    area[length++] = at;
  };
  for (let start = 0; start < mask.length; start++) {
    length = 0;
    reach(start);
    for (let next = 0; next < length; next++) {
      const at = area[next] as number;
      const x = at % width;
      if (x > 0) reach(at - 1);
      if (x + 1 < width) reach(at + 1);
      if (at >= width) reach(at - width);
      if (at + width < mask.length) reach(at + width);
    }
    const found = area.subarray(0, length);
    // Glass around the tissue touches the edge and is no hole, however small the picture.
    if (length < least && !(value === 0 && touchesEdge(found, width, height)))
      for (const at of found) mask[at] = value === 1 ? 0 : 1;
  }
}

const touchesEdge = (area: Int32Array, width: number, height: number): boolean =>
  area.some((at) => {
    const x = at % width;
    const y = (at - x) / width;
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });

/** Counts of one class within any rectangle in constant time: a summed-area table. */
export function areaCounter(mask: TissueMask, wanted: number) {
  const { width, height, classes } = mask;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      sums[(y + 1) * (width + 1) + x + 1] =
        (classes[y * width + x] === wanted ? 1 : 0) +
        (sums[y * (width + 1) + x + 1] ?? 0) +
        (sums[(y + 1) * (width + 1) + x] ?? 0) -
        (sums[y * (width + 1) + x] ?? 0);
  const at = (x: number, y: number) => sums[y * (width + 1) + x] ?? 0;
  /** Share of the rectangle, in mask pixels, at least one of them, that has the class. */
  return (x: number, y: number, w: number, h: number): number => {
    const left = Math.min(Math.max(0, Math.floor(x)), width - 1);
    const top = Math.min(Math.max(0, Math.floor(y)), height - 1);
    const right = Math.min(width, Math.max(left + 1, Math.ceil(x + w)));
    const bottom = Math.min(height, Math.max(top + 1, Math.ceil(y + h)));
    return (
      (at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top)) /
      ((right - left) * (bottom - top))
    );
  };
}

/** Sharpness below which a stained tile counts as out of focus. */
export const BLURRED_BELOW = 15;

/**
 * How sharp a tile is: variance of the Laplacian of its brightness.
 *
 * @see Pech-Pacheco et al. (2000), Diatom autofocusing in brightfield microscopy.
 */
export function sharpness(rgb: Uint8Array, width: number, height: number): number {
  const grey = (at: number) =>
    0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
  const line = width * 3;
  let sum = 0;
  let squares = 0;
  let counted = 0;
  // Every second pixel: the measure is a mean, and tiles are many.
  for (let y = 1; y < height - 1; y += 2) {
    let at = y * line + 3;
    let left = width > 2 ? grey(at - 3) : 0;
    for (let x = 1; x < width - 1; x += 2, at += 6) {
      const right = grey(at + 3);
      const value = left + right + grey(at - line) + grey(at + line) - 4 * grey(at);
      left = right;
      sum += value;
      squares += value * value;
      counted++;
    }
  }
  return counted === 0 ? 0 : squares / counted - (sum / counted) ** 2;
}
