import { emptyLog, type WriteDb } from './database.ts';

export interface NewQuery {
  readonly at: string;
  /** JSON of `StableRules`. */
  readonly rules: string;
  readonly formula: string;
  readonly modelId: number;
  readonly total: number;
  readonly standOut: number;
}

export interface LoggedQuery extends NewQuery {
  readonly id: number;
}

export const MOST_LOGGED = 500;

/** Queries that were asked, the newest of them. */
export function queryLogStore(db: WriteDb) {
  const insert = db.prepare<[object]>(
    `insert into query_log (at, rules, formula, model_id, total, stand_out)
     values (@at, @rules, @formula, @modelId, @total, @standOut)`,
  );
  // The same again is one entry, the newest.
  const forgetSame = db.prepare<[string]>('delete from query_log where rules = ?');
  const trim = db.prepare<[number]>(
    'delete from query_log where id <= (select id from query_log order by id desc limit 1 offset ?)',
  );
  const list = db.prepare<[number], LoggedQuery>(
    `select id, at, rules, formula, model_id as modelId, total, stand_out as standOut from query_log order by id desc limit ?`,
  );
  const count = db.prepare<[], number>('select count(*) from query_log').pluck();
  const clear = db.prepare('delete from query_log');
  /** What is deleted meanwhile is overwritten: who clears a history expects that nobody reads it in the file. */
  function overwriting<T>(work: () => T): T {
    db.pragma('secure_delete = ON');
    try {
      return work();
    } finally {
      db.pragma('secure_delete = OFF');
    }
  }

  return {
    add: (queries: readonly NewQuery[]): void =>
      overwriting(
        db.transaction(() => {
          for (const query of queries) {
            forgetSame.run(query.rules);
            insert.run(query);
          }
          trim.run(MOST_LOGGED);
        }),
      ),
    list: (limit: number): LoggedQuery[] => list.all(limit),
    count: (): number => count.get() ?? 0,
    /** @returns how many there were. */
    clear(): number {
      const { changes } = overwriting(() => clear.run());
      emptyLog(db);
      return changes;
    },
  };
}
export type QueryLogStore = ReturnType<typeof queryLogStore>;
