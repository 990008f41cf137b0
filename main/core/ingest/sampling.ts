import { z } from 'zod';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { defaultSampling, type Sampling } from '../domain/frame-policy.ts';
import { ctPresets } from '../domain/window-policy.ts';
import type { Archive } from '../store/archive.ts';

const Stored = z.object({
  frames: z.object({
    most: z.int().min(1).max(1000),
    choose: z.enum(['spread', 'middle']).optional(),
    every: z.int().min(1).max(1000).optional(),
  }),
  ctWindows: z.array(z.string().refine((name) => Object.hasOwn(ctPresets, name))).max(6),
});

/** How this archive samples frames and windows; the default where nothing was set. */
export function samplingOf(archive: Archive): Sampling {
  const stored = archive.settings.get('sampling');
  return stored === null ? defaultSampling : (Stored.parse(JSON.parse(stored)) as Sampling);
}

/**
 * For files read from now on; what was read before keeps its regions until it is read again.
 *
 * @throws ArchiveError `request.invalid` for a window that is no preset, or a number out of range.
 */
export function setSampling(archive: Archive, sampling: Sampling): void {
  const parsed = Stored.safeParse(sampling);
  if (!parsed.success)
    throw new ArchiveError('request.invalid', { at: parsed.error.issues[0]?.path.join('.') ?? '' });
  archive.settings.set('sampling', JSON.stringify(parsed.data));
}
