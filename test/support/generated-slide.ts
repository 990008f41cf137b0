import { generateSlide, type GeneratedSlide } from '../../models/starter/source/generate/slide.ts';
import { writeSlide } from '../../models/starter/source/write-slide.ts';

/** Draws that no training saw. */
const SEED = 2_000_001;

/** The demo slide at another size, written to a file; its regions are the ground truth. */
export async function makeSlide(path: string, width = 8000, height = 6400): Promise<GeneratedSlide> {
  const slide = generateSlide(SEED, { width, height });
  await writeSlide(path, slide);
  return slide;
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
