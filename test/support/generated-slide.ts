import { generateSlide, type GeneratedSlide } from '../../models/starter/source/generate/slide.ts';
import { writeSlide, type SlideSource } from '../../models/starter/source/write-slide.ts';

/** Draws that no training saw. */
const SEED = 2_000_001;

/** The demo slide at another size, written to a file; its regions are the ground truth. */
export async function makeSlide(path: string, width = 8000, height = 6400): Promise<GeneratedSlide> {
  const slide = generateSlide(SEED, { width, height });
  await writeSlide(path, slide);
  return slide;
}

/** A rectangle in pixels of level 0. */
export interface SpoiltPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * The same slide with one place out of focus and a stroke of green marker on another, both on whole bands of 256 rows.
 *
 * Out of focus is a mean over 25 px: about 6 µm, as a scanner that missed the tissue's plane.
 */
export async function makeSpoiltSlide(
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
  { blurred, pen }: { readonly blurred: SpoiltPlace; readonly pen: SpoiltPlace },
): Promise<void> {
  const slide = generateSlide(SEED, { width, height });
  const source: SlideSource = {
    width,
    height,
    mpp: slide.mpp,
    band(top, rows) {
      const band = slide.band(top, rows);
      const touches = ({ y, h }: SpoiltPlace) => top < y + h && top + rows > y;
      if (touches(blurred)) smear(band, width, rows, blurred);
      if (touches(pen))
        for (let y = 0; y < rows; y++)
          for (let x = pen.x; x < pen.x + pen.w; x++) band.set([20, 120, 60], (y * width + x) * 3);
      return band;
    },
  };
  await writeSlide(path, source);
}

/** Box means along both axes, within the band. */
function smear(band: Uint8Array, width: number, rows: number, { x, w }: SpoiltPlace): void {
  const reach = 12;
  for (const [across, down] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const from = band.slice();
    for (let row = 0; row < rows; row++)
      for (let column = x; column < x + w; column++)
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let step = -reach; step <= reach; step++) {
            const [atX, atY] = [column + step * across, row + step * down];
            const clampedX = Math.min(Math.max(atX, 0), width - 1);
            const clampedY = Math.min(Math.max(atY, 0), rows - 1);
            sum += from[(clampedY * width + clampedX) * 3 + channel] ?? 0;
          }
          band[(row * width + column) * 3 + channel] = Math.round(sum / (2 * reach + 1));
        }
  }
}

/** Area under the ROC curve: how often one of `inside` is above one of `outside`. */
export function auroc(inside: readonly number[], outside: readonly number[]): number {
  const all = [
    ...inside.map((value) => ({ value, in: true })),
    ...outside.map((value) => ({ value, in: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    // Equal values share the mean of their ranks.
    const rank = (from + to + 1) / 2;
    for (let at = from; at < to; at++) if (all[at]?.in) ranks += rank;
    from = to;
  }
  return (ranks - (inside.length * (inside.length + 1)) / 2) / (inside.length * outside.length);
}
