import { z } from 'zod';

/** The installed libopenslide, which reads the slides of makers that the program does not read by itself. */
export const OpenSlideState = z.object({
  /** Null where none could be loaded. */
  version: z.string().nullable(),
  /** Where it is looked for: `environment` is VITRINE_OPENSLIDE and comes before what was chosen. */
  from: z.enum(['environment', 'chosen', 'usual']),
  /** The file or name that was loaded, or could not be. */
  name: z.string().nullable(),
  /** How it comes to this system. */
  install: z.string(),
});
export type OpenSlideState = z.infer<typeof OpenSlideState>;

export const openSlideMethods = {
  'openslide.state': { input: z.object({}), output: OpenSlideState },
} as const;
