import type { z } from 'zod';
import { AppInfo } from './archive.ts';
import { Job } from './jobs.ts';

/** What the core tells without being asked. Events tell state, they never steer; at most ten a second each. */
export const events = {
  'job.changed': Job,
  /** What a search can find has changed, or another archive, model or device is in use. */
  'app.changed': AppInfo,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type Payload<E extends EventName> = z.output<(typeof events)[E]>;
export type Emit = <E extends EventName>(event: E, payload: Payload<E>) => void;
