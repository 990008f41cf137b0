import { createHash } from 'node:crypto';
import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import type { Perturbation, StressRequest, StressSet } from '../../../preload/contract/stress.ts';
import { perturbationRules, perturbations } from '../domain/perturbations.ts';
import { batched, mapBounded } from '../ingest/flow.ts';
import { encodePictures, type ImportModel } from '../ingest/import-model.ts';
import type { JobControl } from '../ingest/job-control.ts';
import type { StressViews } from '../ingest/stress-views.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import { encodeAll } from '../search/evaluation/evaluate-texts.ts';
import type { TruthTable } from '../search/evaluation/evidence-tasks.ts';
import { evidence } from '../search/evaluation/evidence-thread.ts';
import type { RegionRow } from '../store/items.ts';
import { originalOf } from './item-picture.ts';
import type { Session } from './session.ts';

const READ = 'Change pictures';
const RANK = 'Rank them';

/**
 * Starts the job that changes pictures and measures what retrieval loses. What is wrong with a table is said at once.
 *
 * @throws ArchiveError `truth.unreadable`, `evaluation.empty` where no item takes part.
 */
export async function startStressSet(
  session: Session,
  request: StressRequest,
  signal: AbortSignal,
): Promise<number> {
  const { archive, jobs } = session;
  const { table, hash } = await tableOf(session, request, signal);
  const model = await session.activeModel();
  const among = table && [...new Set([...table.right.flat(), ...table.labelled].map(({ itemId }) => itemId))];
  const wish = { model: model.row, most: request.sample, among };
  const regions = await evidence(archive.databasePath, 'stress-sample', wish, signal);
  if (regions.length === 0) throw new ArchiveError('evaluation.empty', {});
  const wanted = perturbations.filter((id) => request.families.includes(perturbationRules[id].family));
  // Without the table: it may hold more than an archive may, and the job is not resumed.
  const { truth, ...kept } = request;
  return jobs.start('stress', request.name, { ...kept, truth: truth !== undefined }, async (control) => {
    const parts = await session.importParts(model, control.signal);
    control.stage(READ, { done: 0, total: regions.length });
    control.stage(RANK, { done: 0, total: null });
    const generation = Number(archive.settings.get('generation') ?? 0);
    const changed = await changedVectors(session, parts.model, regions, wanted, control);
    if (control.signal.aborted || !archive.db.open) return;
    if (changed.itemIds.length === 0) throw new ArchiveError('evaluation.empty', { unread: changed.unread });
    const words = table && textsOf(table, request.template);
    const query = { row: model.row, encodeTexts: model.encoder.encodeTexts };
    const texts = words ? await encodeAll(query, words, control.signal) : new Float32Array(0);
    const { unread, ...views } = changed;
    const measured = await evidence(
      archive.databasePath,
      'stress',
      { model: model.row, ...views, perturbations: wanted, table, texts },
      control.signal,
      ({ done, total }) => {
        control.stage(RANK, { done, total });
        control.progress(done, total);
      },
    );
    if (!archive.db.open) return;
    const { ranked, labelled, pairs } = measured;
    const sampled = views.itemIds.length;
    const stress: StressSet = {
      sampled,
      ranked,
      unread,
      labelled,
      pairs,
      perturbations: [...measured.perturbations],
    };
    const { name, template, families, captions } = request;
    const of = truth !== undefined ? 'truth' : captions ? 'captions' : 'archive';
    const evaluationId = archive.evaluations.add({
      ...{ kind: 'stress', name, modelId: model.row.id, generation },
      truthHash: createHash('sha256')
        .update(JSON.stringify([hash, captions, views.itemIds, wanted]))
        .digest('hex'),
      settings: JSON.stringify({ of, sampled, ranked, families: families.join(' '), template }),
      figures: JSON.stringify({ imageToImage: measured.figures, stress }),
      queries: measured.queries,
      at: new Date().toISOString(),
    });
    if (unread > 0) control.notice(`${unread} items were left out: their files cannot be read now.`);
    control.evaluation(evaluationId);
  });
}

async function tableOf(
  { archive }: Session,
  { truth, captions }: StressRequest,
  signal: AbortSignal,
): Promise<{ readonly table: TruthTable | null; readonly hash: string | null }> {
  const { databasePath } = archive;
  if (truth !== undefined) return evidence(databasePath, 'truth-table', { csv: truth }, signal);
  const kinds = ['caption'] as const;
  return {
    table: captions ? await evidence(databasePath, 'caption-table', { kinds }, signal) : null,
    hash: null,
  };
}

const textsOf = ({ asked, texts }: TruthTable, template: string): readonly string[] =>
  asked === 'labels' ? texts.map((label) => template.replaceAll('{label}', label)) : texts;

/** Vectors of the pictures and their changes; items whose files cannot be read are counted and left. */
async function changedVectors(
  session: Session,
  model: ImportModel,
  regions: readonly RegionRow[],
  wanted: readonly Perturbation[],
  control: JobControl,
) {
  const { dimensions } = model.row;
  const width = (wanted.length + 1) * dimensions;
  // Shared with the thread that ranks them: a copy of so many would hold up the core.
  const vectors = new Float32Array(new SharedArrayBuffer(4 * regions.length * width));
  const itemIds: number[] = [];
  let done = 0;
  const read = mapBounded(control.through(inTurn(regions)), session.pool.threads + 1, async (region) => ({
    region,
    views: await viewsOf(session, model, region, wanted, control.signal),
  }));
  const weigh = ({ views }: { views: StressViews | null }) => (views?.perturbations.length ?? 0) + 1;
  for await (const batch of batched(read, model.batchSize, weigh)) {
    if (control.signal.aborted) break;
    const size = model.preprocessing.sizePx ** 2 * 3;
    const pictures = batch.flatMap(({ views }) =>
      views
        ? Array.from({ length: views.pixels.length / size }, (_, at) =>
            views.pixels.subarray(at * size, (at + 1) * size),
          )
        : [],
    );
    const encoded = await encodePictures(model, pictures, control.signal);
    let next = 0;
    for (const { region, views } of batch) {
      if (!views) continue;
      const row = itemIds.push(region.itemId) - 1;
      vectors.set(encoded[next++] as Float32Array, row * width);
      for (const id of views.perturbations)
        vectors.set(encoded[next++] as Float32Array, row * width + (wanted.indexOf(id) + 1) * dimensions);
    }
    done += batch.length;
    control.stage(READ, { done });
    control.progress(done, regions.length);
  }
  return { itemIds, vectors: vectors.subarray(0, itemIds.length * width), unread: done - itemIds.length };
}

async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

async function viewsOf(
  session: Session,
  { preprocessing }: ImportModel,
  { itemId, kind, frame, windowName: window, x, y, w, h }: RegionRow,
  wanted: readonly Perturbation[],
  signal: AbortSignal,
): Promise<StressViews | null> {
  try {
    const isTile = kind === 'tile';
    const path = isTile ? await unchangedFile(session.archive, itemId) : await originalOf(session, itemId);
    const place = isTile
      ? ({ is: 'tile', tile: { x, y, w, h } } as const)
      : ({ is: 'frame', frame, window } as const);
    return await session.pool.stressViews({ path, preprocessing, place, wanted }, signal);
  } catch (thrown) {
    if (signal.aborted || faultOf(thrown).code === 'internal') throw thrown;
    return null;
  }
}
