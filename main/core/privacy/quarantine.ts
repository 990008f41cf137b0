import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Archive } from '../store/archive.ts';
import type { Decision, QuarantinedFile } from '../store/quarantine.ts';

/** A decision of a person about files that are held back. */
export interface DecisionRequest {
  readonly fileIds: readonly number[];
  readonly decision: Decision;
  /** Kept for good in the audit log. */
  readonly reason: string;
}

/**
 * Writes down what a person decided, for the content as it is now, and logs it. Releasing lets nothing in by itself:
 * the caller imports the files again.
 *
 * @param hashOf - SHA-256 of the file at a path. @throws what reading throws.
 * @returns the files, as they were listed.
 * @throws ArchiveError `quarantine.unknown` when one of them is not held back, before anything is written.
 */
export async function decide(
  archive: Archive,
  { fileIds, decision, reason }: DecisionRequest,
  hashOf: (path: string) => Promise<string>,
): Promise<QuarantinedFile[]> {
  const files = [...new Set(fileIds)].map((fileId) => {
    const file = archive.quarantine.get(fileId);
    if (!file) throw new ArchiveError('quarantine.unknown', { fileId });
    return file;
  });
  const hashes: string[] = [];
  for (const { source, path } of files) hashes.push(await hashOf(join(source, path)));
  const at = new Date().toISOString();
  archive.transaction(() => {
    files.forEach(({ fileId, verdict, findings }, index) => {
      archive.quarantine.decide(hashes[index] ?? '', decision, reason, at);
      if (decision === 'left-out') archive.quarantine.leaveOut(fileId);
      const found = findings.map(({ code }) => code).join(', ');
      archive.audit.append(`quarantine.${actionOf[decision]}`, { fileId, verdict, found, reason }, at);
    });
  });
  return files;
}

const actionOf = { released: 'release', 'left-out': 'leave-out' } as const satisfies Record<Decision, string>;

/** An import for which the check is off is on show for good. @throws ArchiveError `privacy.reason` without one. */
export function recordOff(archive: Archive, reason: string | undefined): void {
  if (reason === undefined || reason.trim() === '') throw new ArchiveError('privacy.reason');
  archive.audit.append('identity.off', { reason: reason.trim() }, new Date().toISOString());
}

/** What an import does with files that need a look, unless it is told otherwise. */
export function setPolicy(archive: Archive, policy: 'strict' | 'review'): void {
  if ((archive.settings.get('identityPolicy') ?? 'strict') === policy) return;
  archive.transaction(() => {
    archive.settings.set('identityPolicy', policy);
    archive.audit.append('identity.policy', { policy }, new Date().toISOString());
  });
}
