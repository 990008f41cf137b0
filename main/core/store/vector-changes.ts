import type { ReadDb, WriteDb } from './database.ts';

export interface MatrixFile {
  /** Number of the last change that the file has. */
  readonly seq: number;
  readonly token: string;
}

export interface ChangedVector {
  readonly regionId: number;
  readonly itemId: number;
  /** Null when it is gone. */
  readonly vector: Uint8Array | null;
}

/** Which vectors of a model came and went, for copies of them in memory; works on any connection. */
export function vectorChanges(db: ReadDb, modelId: number) {
  const last = db.prepare<[], number>("select seq from sqlite_sequence where name = 'vector_change'").pluck();
  const after = db.prepare<[number, number], ChangedVector>(`
    select c.region_id as regionId, coalesce(r.item_id, 0) as itemId, e.vector
    from (select distinct region_id from vector_change where seq > ? and model_id = ?) c
    left join embedding e on e.model_id = ${Math.trunc(modelId)} and e.region_id = c.region_id
    left join region r on r.id = c.region_id`);
  const file = db.prepare<[number], MatrixFile>('select seq, token from matrix_file where model_id = ?');
  const part = db.prepare<[number, number, number], ChangedVector>(`
    select e.region_id as regionId, r.item_id as itemId, e.vector
    from embedding e cross join region r on r.id = e.region_id
    where e.model_id = ? and e.region_id > ? order by e.region_id limit ?`);

  return {
    /** Number of the last change of any model. */
    last: (): number => last.get() ?? 0,
    /** Each changed vector once, as it is now. */
    after: (seq: number): ChangedVector[] => after.all(seq, modelId),
    /** The one file that may be used, if there is one. */
    file: (): MatrixFile | undefined => file.get(modelId),
    /** The next vectors by region id. */
    part: (afterRegion: number, limit: number): ChangedVector[] => part.all(modelId, afterRegion, limit),
  };
}
export type VectorChanges = ReturnType<typeof vectorChanges>;

/** Changes that are deleted in one go; a million at once would hold up the core's thread. */
const FORGET_AT_ONCE = 2000;

/** Keeping account of matrix files, on the connection that writes. */
export function matrixFileStore(db: WriteDb) {
  const upsert = db.prepare<[number, number, string]>(
    `insert into matrix_file (model_id, seq, token) values (?, ?, ?)
     on conflict (model_id) do update set seq = excluded.seq, token = excluded.token`,
  );
  const forget = db.prepare<[number, number]>(
    `delete from vector_change where seq in (
       select seq from vector_change where model_id = ? and seq <= ? order by seq limit ${FORGET_AT_ONCE})`,
  );
  return {
    /** From now on this file counts, and no other. */
    record: (modelId: number, { seq, token }: MatrixFile): void => void upsert.run(modelId, seq, token),
    /** Drops some changes that the file has. Returns false when none are left. */
    forgetSome: (modelId: number, seq: number): boolean => forget.run(modelId, seq).changes > 0,
  };
}
export type MatrixFileStore = ReturnType<typeof matrixFileStore>;
