import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { runImport, type ImportOptions } from '../ingest/import-job.ts';
import { reembed } from '../ingest/reembed-job.ts';
import type { ModelInUse, Session } from './session.ts';
import { startReportVectors } from './report-vectors.ts';
import { startSlideEmbedding } from './slides.ts';

/**
 * Starts an import and answers at once with its job.
 *
 * @param modelId - makes this the archive's model first; left out, the active one.
 * @throws ArchiveError `source.missing` for a folder that is not there.
 */
export async function startImport(
  session: Session,
  folders: readonly string[],
  modelId: string | undefined,
  options: ImportOptions = {},
): Promise<number> {
  const roots = folders.map((folder) => resolve(folder));
  for (const root of roots) {
    const found = await stat(root).catch(() => null);
    if (!found?.isDirectory()) throw new ArchiveError('source.missing', { path: root });
  }
  const title = roots.map((root) => basename(root) || root).join(', ');
  return session.jobs.start(
    'import',
    title,
    {
      folders: roots,
      modelId: modelId ?? null,
      identity: options.identity ?? null,
      withoutTables: options.withoutTables ?? [],
    },
    async (control) => {
      const id = modelId ?? (await session.activeId());
      const model = await session.model(id);
      if (session.archive.settings.get('activeModel') !== id) session.switchTo(id, model.row);
      await runImport(await session.importParts(model, control.signal), roots, control, options);
      if (control.signal.aborted) return;
      await catchUp(session, model);
      // Tiles are a job of their own: they take longer than everything else, and are resumed by themselves.
      await startSlideEmbedding(session, { budget: { is: 'all' } });
      await startReportVectors(session);
    },
  );
}

/** Another model may have become active while an import ran: what was added is missing from it. */
async function catchUp(session: Session, used: ModelInUse): Promise<void> {
  const active = await session.activeModel();
  if (active.row.id !== used.row.id) await activate(session, active.row.bundleId);
}

/** Whether a job that still runs, or waits to be resumed, was asked to read with this model. */
export function isReadWith({ archive, jobs }: Session, id: string): boolean {
  return jobs.list().some(({ jobId, state }) => {
    if (state !== 'running' && state !== 'paused' && state !== 'stopping') return false;
    const request = JSON.parse(archive.jobs.get(jobId)?.request ?? '{}') as { readonly modelId?: unknown };
    return request.modelId === id;
  });
}

/**
 * Makes a model the one that searches. Where regions have no vector of it yet, a job gives them one first, and
 * search goes on with the old model until it is done.
 *
 * @returns the job, or null when there was nothing to do.
 */
export async function activate(session: Session, id: string): Promise<number | null> {
  const { archive, jobs } = session;
  const model = await session.model(id);
  for (const job of jobs.list()) {
    // Whoever chooses again has changed their mind; vectors made so far are kept.
    if (job.kind === 'reembed' && (job.state === 'running' || job.state === 'paused')) jobs.cancel(job.jobId);
  }
  const isActive = archive.settings.get('activeModel') === id;
  if (archive.vectors.countWithout(model.row.id) === 0) {
    if (!isActive) session.switchTo(id, model.row);
    await startReportVectors(session);
    return null;
  }
  const { title } = model.encoder.manifest;
  return jobs.start('reembed', title, { modelId: id }, async (control) => {
    await reembed(await session.importParts(model, control.signal), control);
    if (!control.signal.aborted && archive.settings.get('activeModel') !== id)
      session.switchTo(id, model.row);
    if (!control.signal.aborted) await startReportVectors(session);
  });
}
