import { resolve } from 'node:path';
import { faultCatalogue, type FaultCode } from '../../../preload/contract/faults.ts';
import { JobId } from '../../../preload/contract/ids.ts';
import type { jobMethods, Problem } from '../../../preload/contract/jobs.ts';
import type { IdentityPolicy } from '../../../preload/contract/privacy.ts';
import { RunRequest } from '../../../preload/contract/labels.ts';
import { previewFolders } from '../ingest/preview.ts';
import { recordOff } from '../privacy/quarantine.ts';
import { startImport } from '../session/background.ts';
import type { TileBudget } from '../domain/tiling.ts';
import type { Program } from '../session/program.ts';
import { startLabelRun } from '../session/label-runs.ts';
import { startVocabularyImport } from '../session/vocabulary-jobs.ts';
import { startReportVectors } from '../session/report-vectors.ts';
import { startSlideEmbedding } from '../session/slides.ts';
import type { FailureRow } from '../store/jobs.ts';
import type { HandlersOf } from './handlers.ts';

export function jobHandlers(program: Program): HandlersOf<typeof jobMethods> {
  return {
    'import.preview': ({ folders }, signal) =>
      previewFolders(
        program.sessionIfOpen()?.archive ?? null,
        folders.map((folder) => resolve(folder)),
        signal,
      ),
    'import.start': async ({ folders, modelId, identity, reason, withoutTables }) => {
      const session = program.session();
      if (identity === 'off') recordOff(session.archive, reason);
      const options = { identity, withoutTables: withoutTables?.map((path) => resolve(path)) };
      return { jobId: JobId.parse(await startImport(session, folders, modelId, options)) };
    },
    'job.list': () => ({ jobs: program.jobs().list() }),
    'job.get': ({ jobId }) => program.jobs().get(jobId),
    'job.pause': ({ jobId }) => program.jobs().pause(jobId),
    'job.resume': ({ jobId }) => resume(program, jobId),
    'job.cancel': ({ jobId }) => program.jobs().cancel(jobId),
    'job.problems': ({ jobId, state, offset, limit }) => {
      const found = program.session().archive.jobs.problems(jobId ?? null, state ?? null, offset, limit);
      const byState = found.byState.filter((one) => state === undefined || one.state === state);
      return {
        problems: found.rows.map(problemOf),
        total: byState.reduce((sum, { count }) => sum + count, 0),
        byState: found.byState,
      };
    },
  };
}

/** A paused job goes on; an interrupted one is run again, which is the same: what is known leaves early. */
async function resume(program: Program, jobId: number) {
  const jobs = program.jobs();
  const job = jobs.get(jobId);
  if (
    job.state !== 'interrupted' ||
    !['import', 'slide-embed', 'report-embed', 'label-run', 'vocabulary-import'].includes(job.kind)
  )
    return jobs.resume(jobId);
  const session = program.session();
  const stored: unknown = JSON.parse(session.archive.jobs.get(jobId)?.request ?? '{}');
  if (job.kind === 'vocabulary-import') {
    const again = stored as { path: string; system?: string };
    return jobs.get(await startVocabularyImport(session, again));
  }
  if (job.kind === 'label-run') return jobs.get(startLabelRun(session, RunRequest.parse(stored)));
  const request = stored as {
    folders?: string[];
    modelId?: string | null;
    identity?: IdentityPolicy | null;
    withoutTables?: string[];
    itemIds?: number[];
    budget?: TileBudget;
    stain?: string;
    pooling?: string;
  };
  if (job.kind === 'report-embed') return jobs.get((await startReportVectors(session)) ?? jobId);
  if (job.kind === 'slide-embed') {
    const { itemIds, budget = { is: 'all' }, stain, pooling } = request;
    const again = await startSlideEmbedding(session, { itemIds, budget, stain, pooling });
    return jobs.get(again ?? jobId);
  }
  const again = await startImport(session, request.folders ?? [], request.modelId ?? undefined, {
    identity: request.identity ?? undefined,
    withoutTables: request.withoutTables,
  });
  return jobs.get(again);
}

function problemOf({ path, source, state, code, details }: FailureRow): Problem {
  const known = Object.hasOwn(faultCatalogue, code) ? (code as FaultCode) : 'internal';
  const found = JSON.parse(details) as Record<string, unknown>;
  const detail = Object.entries(found)
    .filter(([name, value]) => name !== 'path' && value !== null && value !== '')
    // `what` was written for people, the others are values that need their name.
    .map(([name, value]) => (name === 'what' ? String(value) : `${name} ${String(value)}`))
    .join(', ');
  return { path, source, state, code, message: faultCatalogue[known], detail };
}
