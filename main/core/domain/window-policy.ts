import type { CtWindow } from '../../../preload/contract/dicom.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ValueRange } from './percentiles.ts';
import { isUsableWindow, type VoiFunction, type WindowLevel } from './window-level.ts';

/**
 * Named windows in Hounsfield units. Centre and width are those in common use; departments differ by some tens of
 * units. One table for the display, the model and the settings.
 */
export const ctPresets = {
  'soft-tissue': { center: 40, width: 400 },
  lung: { center: -600, width: 1500 },
  mediastinum: { center: 50, width: 350 },
  abdomen: { center: 60, width: 400 },
  bone: { center: 400, width: 1800 },
  brain: { center: 40, width: 80 },
} as const satisfies Record<CtWindow, WindowLevel>;

export type CtPreset = CtWindow;

/** What a caller may ask for: the policy, a name, or numbers of their own in modality units. */
export type WindowWish = 'auto' | (string & {}) | WindowLevel;

export interface FileWindow extends WindowLevel {
  /** Window Centre & Width Explanation; free text, may be empty. */
  readonly explanation: string;
}

/** What the policy looks at. */
export interface WindowFacts {
  readonly modality: string | undefined;
  readonly bodyPart: string | undefined;
  /** True where the values are Hounsfield units, so that a preset means something. */
  readonly hounsfield: boolean;
  /** Usable or not, in the order of the file. */
  readonly fileWindows: readonly FileWindow[];
  readonly fileShape: VoiFunction;
  /** Input values that the file's VOI LUT covers; null where it has none. */
  readonly voiLut: ValueRange | null;
  /** Bits stored of integer values; null for float. */
  readonly bitsStored: number | null;
  /** Values that can occur, after rescale. */
  readonly possible: () => ValueRange;
  /** Percentiles 1 and 99 of the frame after rescale and without padding; null where nothing is finite. */
  readonly robust: () => ValueRange | null;
}

/** The window to use. `voi-lut` stands for the file's own look-up table, whose range center and width tell. */
export interface ChosenWindow extends WindowLevel {
  readonly name: string;
  readonly shape: VoiFunction | 'lut';
}

const bodyParts: readonly (readonly [pattern: RegExp, preset: CtPreset])[] = [
  [/LUNG/, 'lung'],
  [/CHEST|THORAX|MEDIASTINUM|HEART|CARDIAC|CORONARY|AORTA/, 'mediastinum'],
  [/BRAIN|HEAD|CEREB/, 'brain'],
  [/ABDOMEN|PELVIS|LIVER|KIDNEY|PANCREAS|SPLEEN|COLON|BLADDER|PROSTATE|UTERUS/, 'abdomen'],
  [/SPINE|EXTREMITY|BONE|SKULL|KNEE|HIP|ANKLE|FOOT|HAND|WRIST|ELBOW|SHOULDER|LEG|ARM|SACRUM|JAW|TEMPORAL/, 'bone'],
]; // prettier-ignore

/** A chest window this wide and this low was meant for the lungs. */
const lungLike = ({ center, width }: WindowLevel) => width >= 1000 && center <= -200;

/**
 * The window for a frame of grey values.
 *
 * Policy for `auto`: CT in Hounsfield units takes the preset of its body part (chest: `lung` where the file's own
 * window is one, else `mediastinum`), without a known body part the file's window, else `soft-tissue`. All other
 * modalities take the file's VOI LUT or first usable window; without one, values of at most 8 bits are shown as
 * they are and deeper ones between their 1st and 99th percentile. A preset or file window that misses the values
 * altogether would give a black or white picture and is passed over for the percentiles.
 *
 * @throws ArchiveError `request.invalid` for a name that is neither a preset nor in the file.
 */
export function chooseWindow(facts: WindowFacts, wish: WindowWish = 'auto'): ChosenWindow {
  if (typeof wish !== 'string') {
    if (!isUsableWindow(wish)) throw new ArchiveError('request.invalid', { at: 'window' });
    return { name: 'custom', center: wish.center, width: wish.width, shape: 'linear' };
  }
  return wish === 'auto' ? automatic(facts) : namedWindow(facts, wish);
}

function automatic(facts: WindowFacts): ChosenWindow {
  const { fileWindows, hounsfield } = facts;
  const first = fileWindows.find((window) => isUsableWindow(window, shapeOf(facts, window)));
  const preset = hounsfield ? presetFor(facts.bodyPart, first) : null;
  const candidates: ChosenWindow[] = [];
  if (preset) candidates.push(presetWindow(preset));
  if (!preset && facts.voiLut && !first) return byVoiLut(facts.voiLut);
  if (first) candidates.push(fromFile(facts, 'file', first));
  if (hounsfield && !preset) candidates.push(presetWindow('soft-tissue'));

  if (candidates.length === 0 && facts.bitsStored !== null && facts.bitsStored <= 8) return fullRange(facts);
  const robust = facts.robust();
  // A blank frame is blank in any window.
  const blank = !robust || robust.low === robust.high;
  const seen = candidates.find((window) => blank || meets(window, robust));
  return seen ?? percentiles(robust);
}

function namedWindow(facts: WindowFacts, name: string): ChosenWindow {
  if (Object.hasOwn(ctPresets, name)) return presetWindow(name as CtPreset);
  if (name === 'percentile-1-99') return percentiles(facts.robust());
  if (name === 'full-range') return fullRange(facts);
  if (name === 'voi-lut' && facts.voiLut) return byVoiLut(facts.voiLut);
  const index = name === 'file' ? 0 : Number(/^file-(\d+)$/.exec(name)?.[1] ?? Number.NaN) - 1;
  const window = facts.fileWindows[index];
  if (!window || !isUsableWindow(window, shapeOf(facts, window)))
    throw new ArchiveError('request.invalid', { at: 'window' });
  return fromFile(facts, name, window);
}

function fromFile(facts: WindowFacts, name: string, window: FileWindow): ChosenWindow {
  const { center, width } = window;
  return { name, center, width, shape: shapeOf(facts, window) };
}

/**
 * The function of a file's window. `linear` is made for whole numbers: its half pixel would turn a window of width 1
 * over float values into a step, so there, and below width 1, it is taken without.
 */
function shapeOf({ fileShape, bitsStored }: WindowFacts, { width }: WindowLevel): VoiFunction {
  return fileShape === 'linear' && (bitsStored === null || width < 1) ? 'linear-exact' : fileShape;
}

function presetFor(bodyPart: string | undefined, first: FileWindow | undefined): CtPreset | null {
  const part = bodyPart?.toUpperCase() ?? '';
  const preset = bodyParts.find(([pattern]) => pattern.test(part))?.[1] ?? null;
  return preset === 'mediastinum' && first && lungLike(first) ? 'lung' : preset;
}

function presetWindow(name: CtPreset): ChosenWindow {
  return { name, ...ctPresets[name], shape: 'linear' };
}

function percentiles(range: ValueRange | null): ChosenWindow {
  return { name: 'percentile-1-99', ...spanning(range ?? { low: 0, high: 0 }), shape: 'linear-exact' };
}

function fullRange({ possible }: WindowFacts): ChosenWindow {
  return { name: 'full-range', ...spanning(possible()), shape: 'linear-exact' };
}

function byVoiLut(covered: ValueRange): ChosenWindow {
  return { name: 'voi-lut', ...spanning(covered), shape: 'lut' };
}

/** The window from `low`, black, to `high`, white. One value everywhere has no width, and is black. */
function spanning({ low, high }: ValueRange): WindowLevel {
  const width = high - low || 1;
  return { center: low + width / 2, width };
}

function meets({ center, width }: WindowLevel, { low, high }: ValueRange): boolean {
  return low < center + width / 2 && high > center - width / 2;
}
