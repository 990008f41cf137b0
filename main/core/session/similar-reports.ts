import { createHash } from 'node:crypto';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { ItemId } from '../../../preload/contract/ids.ts';
import { methods, type Output, type Request } from '../../../preload/contract/methods.ts';
import { itemOf } from '../search/item-of.ts';
import { resolveChips } from '../search/chips.ts';
import { toFloats } from '../store/vectors.ts';
import type { ModelInUse, Session } from './session.ts';

/** @throws ArchiveError `item.unknown`, `report.unknown`, `query.not-embedded`, and what the model throws. */
export async function similarReports(
  session: Session,
  { to, limit }: Request<'report.similar'>,
  signal: AbortSignal,
): Promise<Output<'report.similar'>> {
  const { archive, search } = session;
  const model = await session.activeModel();
  const { vectors, ownItems } = await queryOf(session, model, to, signal);
  const found = await search.reports(model.row, { vectors, ownItems, limit }, signal);
  const hits = found.hits.flatMap(({ reportId, itemId, start, length, similarity, lift }) => {
    const report = archive.reportVectors.report(reportId);
    const row = archive.items.get(itemId);
    if (!report || !row) return [];
    const { kind, origin, text } = report;
    const passage = text.slice(start, start + length);
    return [{ reportId, kind, origin, item: itemOf(row), passage, start, similarity, lift }];
  });
  return { hits, reports: found.reports, waiting: archive.reportVectors.countWithout(model.row.id) };
}

async function queryOf(
  session: Session,
  model: ModelInUse,
  to: Request<'report.similar'>['to'],
  signal: AbortSignal,
): Promise<{ vectors: Float32Array[]; ownItems: readonly number[] }> {
  if (to.is === 'report') {
    const { parts, report } = partsOf(session, model, to.reportId);
    return { vectors: parts.map(({ vector }) => toFloats(vector)), ownItems: [report.itemId] };
  }
  const chip =
    to.is === 'item'
      ? ({ type: 'item', itemId: to.itemId, weight: 1 } as const)
      : ({ type: 'text', text: to.text, weight: 1 } as const);
  const sources = {
    archive: session.archive,
    model: { row: model.row, encodeTexts: model.encoder.encodeTexts },
    heldImages: session.heldImages,
  };
  const { vector, ownItems } = await resolveChips([chip], sources, signal);
  return { vectors: [vector], ownItems };
}

/**
 * Pictures by the passage that fits each best. The best of every passage hold the best of all, so each passage is asked
 * for as many as are wanted.
 *
 * @throws ArchiveError `report.unknown`, `query.not-embedded`.
 */
export async function picturesOfReport(
  session: Session,
  { reportId, limit }: Request<'report.pictures'>,
  signal: AbortSignal,
): Promise<Output<'report.pictures'>> {
  const model = await session.activeModel();
  const { parts, report } = partsOf(session, model, reportId);
  const best = new Map<number, Output<'report.pictures'>['hits'][number]>();
  // One place among the held pictures, used by one passage after the other.
  const imageId = createHash('sha256').update(`report ${reportId}`).digest('hex');
  for (const { start, length, vector } of parts) {
    const held = { sha256: imageId, name: 'report', modelIdentity: model.row.identity };
    session.heldImages.put({ ...held, vector: toFloats(vector) });
    const query = methods['search.run'].input.parse({ chips: [{ type: 'image', imageId }], limit });
    const { hits } = await session.search.run(query, signal);
    for (const hit of hits) {
      if (hit.similarity <= (best.get(hit.itemId)?.similarity ?? -Infinity)) continue;
      const { similarity, lift } = hit;
      const passage = report.text.slice(start, start + length);
      best.set(hit.itemId, {
        item: hit,
        passage,
        start,
        similarity,
        lift,
        own: hit.itemId === report.itemId,
      });
    }
  }
  const hits = [...best.values()].sort(
    (a, b) => b.similarity - a.similarity || a.item.itemId - b.item.itemId,
  );
  const { kind, origin, text, itemId } = report;
  return {
    report: { kind, origin, text, itemId: ItemId.parse(itemId) },
    hits: hits.slice(0, limit),
    passages: parts.length,
    truncatedWords: parts.reduce((sum, { truncated }) => sum + truncated, 0),
  };
}

function partsOf({ archive }: Session, { row }: ModelInUse, reportId: number) {
  const report = archive.reportVectors.report(reportId);
  if (!report) throw new ArchiveError('report.unknown', { reportId });
  const parts = archive.reportVectors.parts(row.id, reportId);
  if (parts.length === 0) throw new ArchiveError('query.not-embedded', { reportId });
  return { report, parts };
}
