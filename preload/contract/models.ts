import { z } from 'zod';
import { FaultShape, JobId, ModelId } from './ids.ts';

const Parity = z.object({
  imageCosine: z.number(),
  textCosine: z.number(),
  maxAbsDiff: z.number(),
  rankAgreement: z.number().nullable(),
  against: z.string(),
  runtime: z.string(),
  device: z.string(),
  at: z.string(),
  passed: z.boolean(),
});

export const Model = z.object({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  origin: z.string(),
  licence: z.string(),
  notice: z.string().nullable(),
  /** Comes with the program; cannot be removed. */
  shipped: z.boolean(),
  active: z.boolean(),
  /** Hash of what makes vectors comparable: model files and preprocessing. Empty when it is broken. */
  identity: z.string(),
  dimensions: z.int(),
  inputPx: z.int(),
  contextLength: z.int(),
  logitScale: z.number(),
  sizeBytes: z.number(),
  createdAt: z.string(),
  precisions: z.array(z.object({ precision: z.string(), parity: Parity.nullable() })),
  /** Regions of this archive with a vector of this model. */
  embedded: z.int(),
  regions: z.int(),
  fault: FaultShape.nullable(),
});
export type Model = z.infer<typeof Model>;

export const Device = z.object({
  id: z.string(),
  name: z.string(),
  available: z.boolean(),
  chosen: z.boolean(),
  reason: z.string(),
});
export type Device = z.infer<typeof Device>;

export const modelMethods = {
  'model.list': { input: z.object({}), output: z.object({ models: z.array(Model) }) },
  /** Reads every file of the bundle and compares it with its checksum. */
  'model.verify': { input: z.object({ id: ModelId }), output: z.object({ id: ModelId, files: z.int() }) },
  /** Converts an official checkpoint into a bundle, as a job: its folder, or one file of a folder with several. */
  'model.import': {
    input: z.object({ folder: z.string().min(1).max(4096), id: ModelId.optional() }),
    output: z.object({ jobId: JobId }),
  },
  /** Makes a model the one that searches; regions without its vector are embedded in the background. */
  'model.activate': { input: z.object({ id: ModelId }), output: z.object({ jobId: JobId.nullable() }) },
  'model.remove': { input: z.object({ id: ModelId }), output: z.object({ removed: z.boolean() }) },
  /** Which model was active when, newest first. */
  'model.history': {
    input: z.object({}),
    output: z.object({
      entries: z.array(z.object({ at: z.string(), modelId: z.string(), identity: z.string() })),
    }),
  },
  'device.list': {
    input: z.object({ probe: z.boolean().default(false) }),
    output: z.object({ devices: z.array(Device), override: z.string().nullable() }),
  },
  'device.choose': {
    input: z.object({ id: z.string().max(40).nullable() }),
    output: z.object({ devices: z.array(Device), override: z.string().nullable() }),
  },
} as const;
