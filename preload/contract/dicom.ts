import { z } from 'zod';
import { ItemId, MediaPath } from './ids.ts';

const Range = z.object({ low: z.number(), high: z.number() });

/** Centre and width in modality units, Hounsfield for CT. */
const NamedWindow = z.object({
  name: z.string(),
  center: z.number(),
  width: z.number(),
  shape: z.enum(['linear', 'linear-exact', 'sigmoid']),
  explanation: z.string(),
});

const Size = { path: MediaPath, rows: z.int(), columns: z.int() };

/** Values of a frame, as a file of little-endian numbers, row by row; the viewer windows them itself. */
export const DicomFrame = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('grey'),
    ...Size,
    format: z.enum(['uint8', 'int8', 'uint16', 'int16', 'float32']),
    /** Modality value = number · slope + intercept. */
    slope: z.number(),
    intercept: z.number(),
    /** True where the numbers are the stored values; else they are modality values already. */
    stored: z.boolean(),
    unit: z.string(),
    inverted: z.boolean(),
    padding: Range.nullable(),
    /** What the model sees unless a setting says otherwise. */
    window: z.object({
      name: z.string(),
      center: z.number(),
      width: z.number(),
      shape: z.enum(['linear', 'linear-exact', 'sigmoid', 'lut']),
    }),
    /** For shape `lut`: grey 0 to 255 of modality values from `first` on. */
    lut: z.object({ first: z.number(), grey: z.array(z.int()) }).nullable(),
    windows: z.array(NamedWindow),
  }),
  z.object({ is: z.literal('colour'), ...Size, format: z.literal('rgb8') }),
]);
export type DicomFrame = z.infer<typeof DicomFrame>;

export const DicomStack = z.object({
  /** In order: frames of one file, or files of one series. */
  places: z.array(z.object({ itemId: ItemId, frame: z.int().min(0) })),
  /** Series of the study, the shown one among them; empty where the file does not say. */
  series: z.array(
    z.object({
      seriesKey: z.string(),
      /** Its first item. */
      itemId: ItemId,
      items: z.int(),
      modality: z.string().nullable(),
      bodyPart: z.string().nullable(),
      number: z.number().nullable(),
      thumb: MediaPath.nullable(),
    }),
  ),
  seriesKey: z.string().nullable(),
});
export type DicomStack = z.infer<typeof DicomStack>;

/** Presets in which CT can be shown to the model. */
export const CtWindow = z.enum(['soft-tissue', 'lung', 'mediastinum', 'abdomen', 'bone', 'brain']);
export type CtWindow = z.infer<typeof CtWindow>;

/** How files become regions, from the next import on. */
export const Sampling = z.object({
  frames: z.object({
    most: z.int().min(1).max(1000),
    choose: z.enum(['spread', 'middle']).optional(),
    every: z.int().min(1).max(1000).optional(),
  }),
  /** Presets, each a region of its own; empty: the one window of the policy. */
  ctWindows: z.array(z.string().max(40)).max(6),
});
export type Sampling = z.infer<typeof Sampling>;

export const dicomMethods = {
  'dicom.frame': {
    input: z.object({ itemId: ItemId, frame: z.int().min(0).default(0) }),
    output: DicomFrame,
  },
  'dicom.stack': { input: z.object({ itemId: ItemId }), output: DicomStack },
  'dicom.sampling': {
    /** `fresh`: what a new archive begins with, whichever is open. */
    input: z.object({ fresh: z.boolean().default(false) }),
    output: Sampling,
  },
  'dicom.setSampling': { input: Sampling, output: Sampling },
} as const;
