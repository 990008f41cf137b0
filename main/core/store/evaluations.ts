import type { ReadDb, WriteDb } from './database.ts';

export interface EvaluationRow {
  readonly id: number;
  readonly kind: 'captions' | 'truth' | 'stress';
  readonly name: string;
  readonly truthHash: string;
  readonly modelId: number;
  readonly bundleId: string;
  /** Of the bundle: files and preprocessing. */
  readonly identity: string;
  readonly generation: number;
  /** JSON, as is everything of `figures`. */
  readonly settings: string;
  readonly figures: string;
  readonly at: string;
}

const columns = `e.id, e.kind, e.name, e.truth_hash as truthHash, e.model_id as modelId, m.bundle_id as bundleId, m.identity,
  e.generation, e.settings, e.figures, e.at from evaluation e join model m on m.id = e.model_id`;

/** Evaluations of search that were run. They are never changed. */
export function evaluationStore(db: WriteDb) {
  const insert = db.prepare<[object], { id: number }>(
    `insert into evaluation (kind, name, truth_hash, model_id, generation, settings, figures, queries, at)
     values (@kind, @name, @truthHash, @modelId, @generation, @settings, @figures, @queries, @at) returning id`,
  );
  // Without what only an opened one shows.
  const short = `json_remove(e.figures, '$.byModality', '$.bySource', '$.hardest', '$.stress') as figures`;
  const list = db.prepare<[number], EvaluationRow>(
    `select ${columns.replace('e.figures', short)} where e.removed_at is null order by e.id desc limit ?`,
  );
  const remove = db.prepare<[string, number]>(
    'update evaluation set removed_at = ? where id = ? and removed_at is null',
  );
  const restore = db.prepare<[number]>(
    'update evaluation set removed_at = null where id = ? and removed_at is not null',
  );
  const purge = db.prepare<[number]>('delete from evaluation where id = ? and removed_at is not null');
  return {
    ...evaluationReader(db),
    add: (row: Omit<EvaluationRow, 'id' | 'bundleId' | 'identity'> & { readonly queries: string }): number =>
      (insert.get(row) as { id: number }).id,
    list: (limit = 200): EvaluationRow[] => list.all(limit),
    /** Out of sight. @returns whether it was there. */
    remove: (id: number, at: string): boolean => remove.run(at, id).changes > 0,
    restore: (id: number): boolean => restore.run(id).changes > 0,
    /** For good, of one that was removed. */
    purge: (id: number): void => void purge.run(id),
  };
}
export type EvaluationStore = ReturnType<typeof evaluationStore>;

/** Works on any connection. */
export function evaluationReader(db: ReadDb) {
  const one = db.prepare<[number], EvaluationRow>(
    `select ${columns} where e.id = ? and e.removed_at is null`,
  );
  const queries = db.prepare<[number], string>('select queries from evaluation where id = ?').pluck();
  return {
    get: (id: number): EvaluationRow | undefined => one.get(id),
    /** JSON of the values of its queries. */
    queries: (id: number): string | undefined => queries.get(id),
  };
}
