import type { Perturbation } from '../../../preload/contract/stress.ts';
import { perturb } from '../domain/perturb-pixels.ts';
import { looksStained, perturbationRules, perturbedWindow } from '../domain/perturbations.ts';
import type { TilePlace } from '../domain/tiling.ts';
import type { Preprocessing } from '../encode/bundle.ts';
import { openFile } from '../imaging/open-file.ts';
import type { Picture } from '../imaging/picture.ts';
import { modelView } from './decode-read.ts';
import { outcome, type Outcome } from './outcome.ts';
import { prepareTiles } from './prepare-tiles.ts';

export interface StressViewsTask {
  readonly path: string;
  readonly preprocessing: Preprocessing;
  /** Of a picture or DICOM file: the frame and the preset of a stored region; of a slide: a tile in pixels of level 0. */
  readonly place:
    | { readonly is: 'frame'; readonly frame: number; readonly window: string | null }
    | { readonly is: 'tile'; readonly tile: TilePlace };
  readonly wanted: readonly Perturbation[];
}

export interface StressViews {
  /** Those of the wanted that mean something for this picture, in order. */
  readonly perturbations: readonly Perturbation[];
  /** The model's input: the picture as it is, then each change of it. RGB, `sizePx`² · 3 bytes each. */
  readonly pixels: Uint8Array;
}

/** Custom windows are straight lines; beside a look-up table one would change more than it says. */
const CURVED = 'voi-lut';

/** A picture as the model sees it, and as it would see it changed. Nothing of it is stored. */
export function stressViews(task: StressViewsTask): Promise<Outcome<StressViews>> {
  return outcome(async () => {
    const { preprocessing, place, wanted } = task;
    const { sizePx } = preprocessing;
    const { plain, windowed } =
      place.is === 'tile' ? await tileOf(task, place.tile) : await framesOf(task, place);
    const isStained = place.is === 'tile' || looksStained(plain);
    const perturbations = wanted.filter((id) => {
      const { family } = perturbationRules[id];
      return family === 'window' ? windowed.has(id) : family !== 'stain' || isStained;
    });
    const pixels = new Uint8Array((perturbations.length + 1) * plain.length);
    pixels.set(plain);
    perturbations.forEach((id, index) =>
      pixels.set(windowed.get(id) ?? perturb(id, plain, sizePx), (index + 1) * plain.length),
    );
    return { perturbations, pixels };
  });
}

interface Seen {
  readonly plain: Uint8Array;
  /** In changed windows. */
  readonly windowed: ReadonlyMap<Perturbation, Uint8Array>;
}

async function tileOf({ path, preprocessing }: StressViewsTask, tile: TilePlace): Promise<Seen> {
  const { pixels } = await prepareTiles(path, [tile], preprocessing);
  return { plain: pixels, windowed: new Map() };
}

async function framesOf(
  { path, preprocessing, wanted }: StressViewsTask,
  { frame, window }: { readonly frame: number; readonly window: string | null },
): Promise<Seen> {
  const file = await openFile(path);
  const wish = window !== null && file.presets.includes(window) ? window : 'auto';
  const picture = await file.picture({ frame, window: wish });
  const plain = modelView(picture, preprocessing);
  // Deep pictures of other formats are toned, but have no window that a reader would set.
  const changed = file.kind === 'dicom' ? wanted.flatMap((id) => changedWindow(id, picture)) : [];
  if (changed.length === 0) return { plain, windowed: new Map() };
  const pictures = await file.pictures(
    frame,
    changed.map(({ window: own }) => own),
  );
  const windowed = changed.map(
    ({ id }, index) => [id, modelView(pictures[index] as Picture, preprocessing)] as const,
  );
  return { plain, windowed: new Map(windowed) };
}

function changedWindow(id: Perturbation, { window }: Picture) {
  if (!window || window.name === CURVED) return [];
  const changed = perturbedWindow(id, window);
  return changed ? [{ id, window: changed }] : [];
}
