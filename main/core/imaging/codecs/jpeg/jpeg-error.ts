import { ArchiveError } from '../../../../../preload/contract/faults.ts';

/** The refusal of a JPEG that ends early, or of one that makes no sense. */
export function broken(truncated = false): ArchiveError {
  return new ArchiveError(truncated ? 'image.truncated' : 'image.unreadable');
}
