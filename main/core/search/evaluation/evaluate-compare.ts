import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { Direction } from '../../../../preload/contract/evaluations.ts';
import { compareFigures, type QueryPair } from '../../domain/retrieval-compare.ts';
import type { ReadDb } from '../../store/database.ts';
import { evaluationReader } from '../../store/evaluations.ts';
import type { ComparedDirection, StoredQueries } from './evidence-tasks.ts';

/**
 * What differs between two stored evaluations, over the queries that both asked.
 *
 * @throws ArchiveError `evaluation.unknown`; `evaluation.different` when they have no query in common.
 */
export function compareStored(db: ReadDb, before: number, after: number): ComparedDirection[] {
  const reader = evaluationReader(db);
  const read = (evaluationId: number): StoredQueries => {
    const stored = reader.queries(evaluationId);
    if (stored === undefined) throw new ArchiveError('evaluation.unknown', { evaluationId });
    return JSON.parse(stored) as StoredQueries;
  };
  const [first, second] = [read(before), read(after)];
  const compared = Direction.options.flatMap((direction): ComparedDirection[] => {
    const old = new Map((first[direction] ?? []).map((query) => [query[0], query]));
    const pairs = (second[direction] ?? []).flatMap((query): QueryPair[] => {
      const pair = old.get(query[0]);
      return pair ? [{ before: valuesOf(pair), after: valuesOf(query), patient: String(pair[1]) }] : [];
    });
    if (pairs.length === 0) return [];
    return [
      {
        direction,
        matched: pairs.length,
        onlyBefore: old.size - pairs.length,
        onlyAfter: (second[direction] ?? []).length - pairs.length,
        changes: compareFigures(pairs),
      },
    ];
  });
  if (compared.length === 0) throw new ArchiveError('evaluation.different', { before, after });
  return compared;
}

const valuesOf = ([, , first, ndcg10, precision]: NonNullable<StoredQueries[Direction]>[number]) => ({
  first,
  ndcg10,
  precision,
});
