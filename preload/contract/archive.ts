import { z } from 'zod';
import { FaultShape, ModelId } from './ids.ts';

export const DeviceState = z.object({
  /** Such as `CPU` or `CUDA`. */
  name: z.string(),
  precision: z.string().nullable(),
  /** Why this one, in words a person can act on. */
  reason: z.string(),
});

export const AppInfo = z.object({
  version: z.string(),
  /** What is open; null before the first archive. */
  archive: z
    .object({
      path: z.string(),
      name: z.string(),
      /** Made by the program from its own pictures, to try it. */
      demo: z.boolean(),
      items: z.int(),
      /** Rises with every change of what a search can find. */
      generation: z.int(),
    })
    .nullable(),
  model: z
    .object({
      id: ModelId,
      title: z.string(),
      /** First 8 hex digits of the identity hash: what makes vectors comparable. */
      hash: z.string(),
      dimensions: z.int(),
      contextLength: z.int(),
      notice: z.string().nullable(),
    })
    .nullable(),
  /** Why there is no model, when there is none. */
  modelFault: FaultShape.nullable(),
  device: DeviceState.nullable(),
  /** Blocked attempts to reach the network since the start; the program itself makes none. */
  blockedConnections: z.int(),
  recentArchives: z.array(z.object({ path: z.string(), name: z.string() })),
});
export type AppInfo = z.infer<typeof AppInfo>;

export const VerifyReport = z.object({
  /** True when nothing below found a fault. */
  clean: z.boolean(),
  checked: z.object({
    items: z.int(),
    regions: z.int(),
    embeddings: z.int(),
    media: z.int(),
    sources: z.int(),
  }),
  problems: z.array(z.object({ what: z.string(), count: z.int(), detail: z.string() })),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

export const archiveMethods = {
  'app.info': { input: z.object({}), output: AppInfo },
  /** Folders (and only their names) for the folder picker of a browser, which has no native one. */
  'folder.list': {
    input: z.object({ path: z.string().max(4096).optional() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Files directly in it, to show that this is the right place. */
      files: z.int(),
    }),
  },
  'archive.create': { input: z.object({ path: z.string().min(1).max(4096) }), output: AppInfo },
  'archive.open': { input: z.object({ path: z.string().min(1).max(4096) }), output: AppInfo },
  'archive.verify': { input: z.object({}), output: VerifyReport },
} as const;
