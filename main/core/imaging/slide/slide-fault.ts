import { ArchiveError } from '../../../../preload/contract/faults.ts';

/** A slide that cannot be read, with what was wrong in a few words that name no one. */
export function unreadable(what: string, cause?: unknown): ArchiveError {
  return new ArchiveError('slide.unreadable', { what }, cause === undefined ? {} : { cause });
}

/** A decoder's fault on a tile as the slide's; faults of this catalogue keep their meaning in the cause. */
export function tileFault(error: unknown): ArchiveError {
  if (error instanceof ArchiveError && (error.code === 'slide.unreadable' || error.code === 'file.changed'))
    return error;
  return unreadable('a tile could not be decoded', error);
}
