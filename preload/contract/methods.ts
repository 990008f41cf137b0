import type { z } from 'zod';
import { archiveMethods } from './archive.ts';
import { itemMethods } from './items.ts';
import { jobMethods } from './jobs.ts';
import { labelMethods } from './labels.ts';
import { modelMethods } from './models.ts';
import { searchMethods } from './search.ts';

/** Every call that a door takes: what goes in, what comes out. Nothing else crosses. */
export const methods = {
  ...archiveMethods,
  ...jobMethods,
  ...itemMethods,
  ...searchMethods,
  ...labelMethods,
  ...modelMethods,
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

type Methods = typeof methods;
export type MethodName = keyof Methods;
/** What the caller writes: defaults may be left out. */
export type Input<M extends MethodName> = z.input<Methods[M]['input']>;
/** What the handler receives: defaults filled, ids branded. */
export type Request<M extends MethodName> = z.output<Methods[M]['input']>;
export type Output<M extends MethodName> = z.output<Methods[M]['output']>;
