import { ArchiveError, type FaultDetails } from './faults.ts';

/** What it means that the system did not open or read a file: it is not there, or it is and cannot be read. */
export function fileFault(cause: unknown, details: FaultDetails = {}): ArchiveError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
  return new ArchiveError(isAbsent ? 'file.missing' : 'file.unreadable', details, { cause });
}
