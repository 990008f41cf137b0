import { percentileRange, type ValueRange } from '../../domain/percentiles.ts';
import {
  chooseWindow,
  type ChosenWindow,
  type FileWindow,
  type WindowWish,
} from '../../domain/window-policy.ts';
import {
  greyFunction,
  lookupGrey,
  toGrey,
  type GreyFunction,
  type LookupTable,
  type VoiFunction,
} from '../../domain/window-level.ts';
import type { AppliedWindow } from '../picture.ts';
import { greyToRgb } from '../raster-tone.ts';
import { bodyPart } from './attributes.ts';
import { firstAnswer, frameScopes } from './functional-groups.ts';
import type { ImageDescription } from './image-description.ts';
import { lutOf } from './lookup-table.ts';
import { modalityOf, type Modality } from './modality.ts';
import type { StoredValues } from './native-pixels.ts';
import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { number, numbers, text, texts } from './values.ts';

/** A grey frame as RGB, with the window that was used. */
export interface Rendered {
  readonly rgb: Uint8Array;
  readonly window: AppliedWindow;
  readonly notes: readonly string[];
}

/** Everything between stored grey values and what is shown, short of the values themselves. */
export interface GreyFacts {
  readonly modality: Modality;
  readonly padding: ValueRange | undefined;
  readonly window: ChosenWindow;
  /** The file's VOI LUT where it has a usable one. */
  readonly voiLut: LookupTable | undefined;
  readonly inverted: boolean;
}

/**
 * How a grey frame is shown: modality transform, padding, window, inversion (PS3.3 C.11, C.7.6.3.1.2).
 *
 * @throws ArchiveError `request.invalid` for a window that the file does not have.
 */
export function greyFacts(
  values: StoredValues,
  dataSet: DataSet,
  image: ImageDescription,
  frame: number,
  wish: WindowWish,
): GreyFacts {
  const modality = modalityOf(dataSet, frame, image.signed);
  const padding = paddingRange(dataSet, image);
  const scopes = frameScopes(dataSet, tags.frameVoiLutSequence, frame);
  const shape = firstAnswer(scopes, voiShape) ?? 'linear';
  const voiLut = firstAnswer(scopes, (scope) =>
    lutOf(scope, tags.voiLutSequence, lutInputSigned(modality, image)),
  );
  const window = chooseWindow(
    {
      modality: text(dataSet, tags.modality),
      bodyPart: bodyPart(dataSet),
      hounsfield: isHounsfield(dataSet, modality),
      fileWindows: fileWindows(dataSet, frame),
      fileShape: shape,
      voiLut: voiLut ? { low: voiLut.first, high: voiLut.first + voiLut.entries.length - 1 } : null,
      bitsStored: image.float ? null : image.bitsStored,
      possible: () => possibleValues(values, modality, image),
      robust: () => robustRange(values, modality, testOf(padding)),
    },
    wish,
  );
  return { modality, padding, window, voiLut, inverted: isInverted(dataSet, image) };
}

/**
 * Stored grey values to what people and models see. Padding becomes black, also in an inverted picture.
 *
 * @throws ArchiveError `request.invalid` for a window that the file does not have.
 */
export function renderGrey(
  values: StoredValues,
  dataSet: DataSet,
  image: ImageDescription,
  frame: number,
  wish: WindowWish,
): Rendered {
  const facts = greyFacts(values, dataSet, image, frame, wish);
  const { modality, inverted } = facts;
  const grey = greyOf(facts.window, facts.voiLut);
  const padding = testOf(facts.padding);
  const bytes = greyBytes(values, (stored) => grey(modality.apply(stored)), inverted, padding);
  const { name, center, width } = facts.window;
  return {
    rgb: greyToRgb(bytes),
    window: { name, center, width },
    notes: inverted ? [`inverted (${image.photometric})`] : [],
  };
}

/** The windows of the file for a frame, usable or not, in their order. */
export function fileWindows(dataSet: DataSet, frame: number): FileWindow[] {
  const scopes = frameScopes(dataSet, tags.frameVoiLutSequence, frame);
  const scope = scopes.find((candidate) => number(candidate, tags.windowCenter, 'text') !== undefined);
  if (!scope) return [];
  const widths = numbers(scope, tags.windowWidth, 'text');
  const explanations = texts(scope, tags.windowExplanation);
  return numbers(scope, tags.windowCenter, 'text').flatMap((center, index) => {
    const width = widths[index];
    return width === undefined ? [] : [{ center, width, explanation: explanations[index] ?? '' }];
  });
}

function voiShape(scope: DataSet): VoiFunction | undefined {
  switch (text(scope, tags.voiLutFunction)?.toUpperCase()) {
    case 'LINEAR':
      return 'linear';
    case 'LINEAR_EXACT':
      return 'linear-exact';
    case 'SIGMOID':
      return 'sigmoid';
    default:
      return undefined;
  }
}

export function greyOf(window: ChosenWindow, voiLut: LookupTable | undefined): GreyFunction {
  if (window.shape !== 'lut') return greyFunction(window, window.shape);
  return voiLut ? lookupGrey(voiLut) : () => 0;
}

/** The input of a VOI LUT is signed where the modality values can be below zero (PS3.3 C.11.2.1.1). */
function lutInputSigned(modality: Modality, image: ImageDescription): boolean {
  return modality.isLut ? false : image.signed || modality.intercept < 0;
}

/** A CT whose values were rescaled is in Hounsfield units unless it says otherwise (PS3.3 C.8.2.1). */
export function isHounsfield(dataSet: DataSet, modality: Modality): boolean {
  if (text(dataSet, tags.modality)?.toUpperCase() !== 'CT' || !modality.stated || modality.isLut)
    return false;
  return modality.unit === undefined || /^(HU|US)?$/i.test(modality.unit);
}

/**
 * MONOCHROME1 shows its lowest value white. A presentation LUT of shape INVERSE goes with it (PS3.3 C.8.11.3.1.2), so
 * it inverts only where the photometric interpretation did not.
 */
function isInverted(dataSet: DataSet, image: ImageDescription): boolean {
  return (
    image.photometric === 'MONOCHROME1' ||
    text(dataSet, tags.presentationLutShape)?.toUpperCase() === 'INVERSE'
  );
}

type PaddingTest = ((stored: number) => boolean) | undefined;

const testOf = (range: ValueRange | undefined): PaddingTest =>
  range && ((stored) => stored >= range.low && stored <= range.high);

/** Pixel Padding Value and its range limit are stored values (PS3.3 C.7.5.1.1.2). */
function paddingRange(dataSet: DataSet, { signed, float }: ImageDescription): ValueRange | undefined {
  const form = signed ? 'SS' : 'US';
  const raw = number(dataSet, tags.pixelPaddingValue, form);
  if (raw === undefined || float) return undefined;
  const asStored = (value: number) => (signed && value > 0x7fff ? value - 0x10000 : value);
  const value = asStored(raw);
  return ordered(value, asStored(number(dataSet, tags.pixelPaddingRangeLimit, form) ?? raw));
}

/** What the stored bits can hold, after rescale; of float values and behind a Modality LUT, what the frame holds. */
function possibleValues(values: StoredValues, modality: Modality, image: ImageDescription): ValueRange {
  if (modality.isLut)
    return percentileRange(Float64Array.from(values, modality.apply), 0, 100) ?? { low: 0, high: 0 };
  if (image.float) {
    const { low, high } = percentileRange(values, 0, 100) ?? { low: 0, high: 0 };
    return ordered(modality.apply(low), modality.apply(high));
  }
  const low = image.signed ? -(2 ** (image.bitsStored - 1)) : 0;
  return ordered(modality.apply(low), modality.apply(low + 2 ** image.bitsStored - 1));
}

function robustRange(values: StoredValues, modality: Modality, padding: PaddingTest): ValueRange | null {
  if (modality.isLut) return percentileRange(Float64Array.from(values, modality.apply), 1, 99);
  // A frame of nothing but padding has no percentiles without it.
  const range = percentileRange(values, 1, 99, padding) ?? percentileRange(values, 1, 99);
  return range && ordered(modality.apply(range.low), modality.apply(range.high));
}

const ordered = (a: number, b: number): ValueRange => ({ low: Math.min(a, b), high: Math.max(a, b) });

/** Grey bytes; of integers of at most 16 bits each value is computed once, padding included, and looked up. */
function greyBytes(
  values: StoredValues,
  grey: GreyFunction,
  inverted: boolean,
  padding: PaddingTest,
): Uint8Array {
  if (values.BYTES_PER_ELEMENT > 2) return withPadding(toGrey(values, grey, inverted), values, padding);
  const signed = values instanceof Int8Array || values instanceof Int16Array;
  const inputs = new Int32Array(TABLE);
  for (let index = 0; index < TABLE; index++)
    inputs[index] = signed && index >= TABLE / 2 ? index - TABLE : index;
  const table = withPadding(toGrey(inputs, grey, inverted), inputs, padding);
  const bytes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++)
    bytes[index] = table[(values[index] ?? 0) & 0xffff] ?? 0;
  return bytes;
}

const TABLE = 0x10000;

function withPadding(bytes: Uint8Array, values: StoredValues, padding: PaddingTest): Uint8Array {
  if (!padding) return bytes;
  for (let index = 0; index < values.length; index++) if (padding(values[index] ?? 0)) bytes[index] = 0;
  return bytes;
}
