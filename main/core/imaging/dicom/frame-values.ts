import type { WindowLevel } from '../../domain/window-level.ts';
import { ctPresets, type ChosenWindow } from '../../domain/window-policy.ts';
import type { StoredValues } from './native-pixels.ts';
import type { DicomFile } from './open-dicom.ts';
import { fileWindows, greyFacts, greyOf, isHounsfield } from './render.ts';
import { mayKeep } from './vocabulary.ts';

/** A window that a person can choose, in modality units. */
export interface NamedWindow extends WindowLevel {
  readonly name: string;
  readonly shape: Exclude<ChosenWindow['shape'], 'lut'>;
  /** Of a file's own window, where it says nothing but common words. */
  readonly explanation: string;
}

/** A grey frame before its window, so that a viewer can move the window itself. */
export interface GreyFrame {
  readonly is: 'grey';
  /** How the bytes are to be read; always little endian. */
  readonly format: 'uint8' | 'int8' | 'uint16' | 'int16' | 'float32';
  /**
   * Modality value = bytes · slope + intercept. Behind a Modality LUT, and for values that do not fit, the bytes are
   * modality values already.
   */
  readonly slope: number;
  readonly intercept: number;
  /** True where the bytes are the stored values. */
  readonly stored: boolean;
  /** `HU` for Hounsfield units, else empty. */
  readonly unit: string;
  readonly inverted: boolean;
  /** In the values of the bytes. */
  readonly padding: { readonly low: number; readonly high: number } | null;
  /** What the model sees unless it is told otherwise. */
  readonly window: ChosenWindow;
  /** For a window of shape `lut`: grey 0 to 255 for modality values from `first` on. */
  readonly lut: { readonly first: number; readonly grey: readonly number[] } | null;
  readonly windows: readonly NamedWindow[];
}

export type FrameValues = { readonly rows: number; readonly columns: number; readonly bytes: Uint8Array } & (
  GreyFrame | { readonly is: 'colour'; readonly format: 'rgb8' }
);

/**
 * A frame as a viewer that windows by itself needs it.
 *
 * @throws ArchiveError `image.frame-missing`, `dicom.*`, `image.unreadable`, `file.changed`.
 */
export async function frameValues(file: DicomFile, frame: number): Promise<FrameValues> {
  const { image, header } = file;
  const { dataSet } = header;
  const decoded = await file.stored(frame);
  const size = { rows: image.rows, columns: image.columns };
  if (image.samples > 1 || image.photometric === 'PALETTE COLOR')
    return { ...size, is: 'colour', format: 'rgb8', bytes: file.show(decoded, frame, 'auto').data };

  const { values } = decoded;
  const { modality, padding, window, voiLut, inverted } = greyFacts(values, dataSet, image, frame, 'auto');
  const direct = values.BYTES_PER_ELEMENT <= 2 && !modality.isLut;
  const sent = direct ? values : Float32Array.from(values as Float32Array, modality.apply);
  const hounsfield = isHounsfield(dataSet, modality);
  const inFile = fileWindows(dataSet, frame).flatMap(({ center, width, explanation }, index) => {
    const name = index === 0 ? 'file' : `file-${index + 1}`;
    const shown = mayKeep('windowExplanation', explanation) ? explanation : '';
    const shape = window.shape === 'lut' ? 'linear' : window.shape;
    return width > 0 ? [{ name, center, width, shape, explanation: shown }] : [];
  });
  const presets = hounsfield
    ? Object.entries(ctPresets).map(([name, preset]) => ({
        name,
        ...preset,
        shape: 'linear' as const,
        explanation: '',
      }))
    : [];
  const measured = ['percentile-1-99', 'full-range'].map((name) => {
    const { center, width } = greyFacts(values, dataSet, image, frame, name).window;
    return { name, center, width, shape: 'linear-exact' as const, explanation: '' };
  });
  const grey = window.shape === 'lut' && voiLut ? greyOf(window, voiLut) : null;
  return {
    ...size,
    is: 'grey',
    bytes: new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength),
    format: formatOf(sent),
    slope: direct ? modality.slope : 1,
    intercept: direct ? modality.intercept : 0,
    stored: direct,
    unit: hounsfield ? 'HU' : '',
    inverted,
    padding: direct && padding ? padding : null,
    window,
    lut:
      grey && voiLut
        ? {
            first: voiLut.first,
            grey: Array.from(voiLut.entries, (_, index) => Math.round(grey(voiLut.first + index) * 255)),
          }
        : null,
    windows: [...presets, ...inFile, ...measured],
  };
}

function formatOf(values: StoredValues): GreyFrame['format'] {
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Int8Array) return 'int8';
  if (values instanceof Uint16Array) return 'uint16';
  return values instanceof Int16Array ? 'int16' : 'float32';
}
