import type { WriteDb } from './database.ts';

export interface JudgingRow {
  readonly id: number;
  readonly queryHash: string;
  readonly modelId: number;
  readonly identity: string;
  /** JSON of chips and filters. */
  readonly query: string;
  readonly formula: string;
  readonly generation: number;
  /** JSON of bands of places. */
  readonly bands: string;
  readonly at: string;
}

export interface SampledItem {
  readonly itemId: number;
  readonly place: number;
  readonly band: number;
  readonly similarity: number;
  readonly lift: number;
}

export type JudgedVerdict = 'yes' | 'no' | 'skip';

export interface JudgedItem extends SampledItem {
  /** In force: the last that was not taken back. */
  readonly verdict: JudgedVerdict | null;
  readonly reader: string | null;
  readonly judgedAt: string | null;
}

/** Samples of answers that people judge hit by hit. A judgement is written before it is acknowledged, and never changed. */
export function judgingStore(db: WriteDb) {
  const columns = `j.id, j.query_hash as queryHash, j.model_id as modelId, m.identity, j.query, j.formula, j.generation, j.bands,
    j.at from judging j join model m on m.id = j.model_id`;
  const insert = db.prepare<[object], { id: number }>(
    `insert into judging (query_hash, model_id, query, formula, generation, bands, at)
     values (@queryHash, @modelId, @query, @formula, @generation, @bands, @at) returning id`,
  );
  const insertItem = db.prepare<[object]>(
    `insert into judging_item (judging_id, item_id, shown, place, band, similarity, lift)
     values (@judgingId, @itemId, @shown, @place, @band, @similarity, @lift)`,
  );
  const one = db.prepare<[number], JudgingRow>(`select ${columns} where j.id = ?`);
  const list = db.prepare<[number], JudgingRow>(`select ${columns} order by j.id desc limit ?`);
  const ofQuery = db.prepare<[string, number], JudgingRow>(
    `select ${columns} where j.query_hash = ? and j.model_id = ? order by j.id desc limit 1`,
  );
  const items = db.prepare<[number], JudgedItem>(
    `select i.item_id as itemId, i.place, i.band, i.similarity, i.lift, v.verdict, v.reader, v.at as judgedAt
     from judging_item i left join judgement v on v.id = (
       select max(n.id) from judgement n
       where n.judging_id = i.judging_id and n.item_id = i.item_id and n.undone_at is null)
     where i.judging_id = ? order by i.shown`,
  );
  const judge = db.prepare<[number, number, JudgedVerdict, string, string]>(
    'insert into judgement (judging_id, item_id, verdict, reader, at) values (?, ?, ?, ?, ?)',
  );
  const undo = db.prepare<[string, number, string], { itemId: number }>(
    `update judgement set undone_at = ? where id = (
       select max(id) from judgement where judging_id = ? and reader = ? and undone_at is null) returning item_id as itemId`,
  );
  const remove = db.prepare<[number]>('delete from judging where id = ?');

  return {
    /** @param sample - in the order in which it is shown. */
    add: (row: Omit<JudgingRow, 'id' | 'identity'>, sample: readonly SampledItem[]): number =>
      db.transaction(() => {
        const { id } = insert.get(row) as { id: number };
        sample.forEach((item, shown) => insertItem.run({ judgingId: id, shown, ...item }));
        return id;
      })(),
    get: (id: number): JudgingRow | undefined => one.get(id),
    list: (limit = 200): JudgingRow[] => list.all(limit),
    /** The latest of this query under this model. */
    ofQuery: (hash: string, modelId: number): JudgingRow | undefined => ofQuery.get(hash, modelId),
    items: (id: number): JudgedItem[] => items.all(id),
    judge: (id: number, itemId: number, verdict: JudgedVerdict, reader: string, at: string): void =>
      void judge.run(id, itemId, verdict, reader, at),
    /** Takes a reader's last judgement back. @returns of which item it was. */
    undo: (id: number, reader: string, at: string): number | null => undo.get(at, id, reader)?.itemId ?? null,
    remove: (id: number): boolean => remove.run(id).changes > 0,
  };
}
export type JudgingStore = ReturnType<typeof judgingStore>;
