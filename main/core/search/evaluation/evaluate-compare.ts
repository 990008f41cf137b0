import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { Direction } from '../../../../preload/contract/evaluations.ts';
import { Perturbation } from '../../../../preload/contract/stress.ts';
import { perturbationRules } from '../../domain/perturbations.ts';
import { compareFigures, type QueryPair } from '../../domain/retrieval-compare.ts';
import type { ReadDb } from '../../store/database.ts';
import { evaluationReader } from '../../store/evaluations.ts';
import type { ComparedDirection, EvidenceTasks, StoredQueries } from './evidence-tasks.ts';

/** Many figures of many changes; fewer rounds than where there is one. */
const ROUNDS = 500;

/**
 * What differs between two stored evaluations, over the queries that both asked.
 *
 * @throws ArchiveError `evaluation.unknown`; `evaluation.different` when they have no query in common.
 */
export function compareStored(db: ReadDb, before: number, after: number): EvidenceTasks['compare']['output'] {
  const reader = evaluationReader(db);
  const read = (evaluationId: number): StoredQueries => {
    const stored = reader.queries(evaluationId);
    if (stored === undefined) throw new ArchiveError('evaluation.unknown', { evaluationId });
    return JSON.parse(stored) as StoredQueries;
  };
  const [first, second] = [read(before), read(after)];
  const byPerturbation = new Map<string, QueryPair[]>();
  const directions = Direction.options.flatMap((direction): ComparedDirection[] => {
    const old = new Map((first[direction] ?? []).map((query) => [partsOf(query[0]).key, query]));
    const pairs = (second[direction] ?? []).flatMap((query): QueryPair[] => {
      const { key, perturbation } = partsOf(query[0]);
      const found = old.get(key);
      if (!found) return [];
      const pair = { before: valuesOf(found), after: valuesOf(query), patient: String(found[1]) };
      if (perturbation !== undefined) {
        const alone = byPerturbation.get(perturbation);
        if (alone) alone.push(pair);
        else byPerturbation.set(perturbation, [pair]);
      }
      return [pair];
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
  if (directions.length === 0) throw new ArchiveError('evaluation.different', { before, after });
  const perturbations = Perturbation.options.flatMap((perturbation) => {
    const pairs = byPerturbation.get(perturbation);
    const { words } = perturbationRules[perturbation];
    return pairs
      ? [{ perturbation, words, matched: pairs.length, changes: compareFigures(pairs, ROUNDS) }]
      : [];
  });
  return { directions, perturbations };
}

/** Of a stored key; evaluations that were kept before changes were told apart have none. */
function partsOf(stored: string): { readonly key: string; readonly perturbation: string | undefined } {
  const [key = '', perturbation] = stored.split(' ');
  return { key, perturbation };
}

const valuesOf = ([, , first, ndcg10, precision]: NonNullable<StoredQueries[Direction]>[number]) => ({
  first,
  ndcg10,
  precision,
});
