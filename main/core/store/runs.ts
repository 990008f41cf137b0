import type { WriteDb } from './database.ts';

export interface RunRow {
  readonly id: number;
  readonly panel: string;
  readonly summary: string;
  readonly at: string;
  readonly modelId: number;
}

export interface PredictionRow {
  readonly itemId: number;
  readonly label: number;
  readonly probability: number;
  readonly scores: Uint8Array;
  readonly abstain: number;
}

const orders = {
  item: 'p.item_id',
  probability: 'p.probability desc, p.item_id',
  uncertainty: 'p.probability, p.item_id',
} as const;

/** Rows that are deleted in a few milliseconds. */
const ROWS_PER_DROP = 2000;

/** Panel runs and their predictions; a run is never written over. */
export function runStore(db: WriteDb) {
  const insertRun = db.prepare<[string, string, number, string, string], { id: number }>(
    'insert into panel_run (panel, panel_hash, model_id, summary, at) values (?, ?, ?, ?, ?) returning id',
  );
  const insertPrediction = db.prepare<[number, number, number, number, Float32Array, number]>(
    'insert into prediction (run_id, item_id, label, probability, scores, abstain) values (?, ?, ?, ?, ?, ?)',
  );
  const columns = 'id, panel, summary, at, model_id as modelId';
  const one = db.prepare<[number], RunRow>(`select ${columns} from panel_run where id = ?`);
  const list = db.prepare<[], RunRow>(`select ${columns} from panel_run order by id desc limit 100`);
  const remove = db.prepare<[number]>('delete from panel_run where id = ?');
  const removeSome = db.prepare<[number, number, number]>(
    `delete from prediction where run_id = ? and item_id in (
       select item_id from prediction where run_id = ? order by item_id limit ?)`,
  );
  const unfinished = db
    .prepare<[], number>("select id from panel_run where summary = '{}' order by id")
    .pluck();
  const setSummary = db.prepare<[string, number]>('update panel_run set summary = ? where id = ?');
  const ofItem = db.prepare<[number], PredictionRow & { panel: string }>(`
    select p.item_id as itemId, p.label, p.probability, p.scores, p.abstain, r.panel, r.summary from prediction p
    join panel_run r on r.id = p.run_id
    where p.item_id = ? and p.run_id in (
      select max(id) from panel_run where summary <> '{}' group by json_extract(panel, '$.name'))
    order by p.run_id desc`);

  return {
    start: (panel: string, hash: string, modelId: number, at: string): number =>
      (insertRun.get(panel, hash, modelId, '{}', at) as { id: number }).id,
    finish: (runId: number, summary: string): void => void setSummary.run(summary, runId),
    addAll(
      runId: number,
      predictions: readonly { itemId: number; label: number; probability: number; scores: Float32Array }[],
    ): void {
      db.transaction(() => {
        for (const { itemId, label, probability, scores } of predictions)
          insertPrediction.run(runId, itemId, label, probability, scores, 0);
      })();
    },
    /** Deletes a part of a run's predictions, at last the run. @returns whether there is more to delete. */
    dropSome(runId: number): boolean {
      if (removeSome.run(runId, runId, ROWS_PER_DROP).changes > 0) return true;
      remove.run(runId);
      return false;
    },
    /** Runs that a cancelled or killed program left without an end. */
    unfinished: (): number[] => unfinished.all(),
    get: (runId: number): RunRow | undefined => one.get(runId),
    list: (): RunRow[] => list.all().filter(({ summary }) => summary !== '{}'),
    ofItem: (itemId: number) => ofItem.all(itemId) as (PredictionRow & { panel: string; summary: string })[],
    predictions(
      runId: number,
      label: number | null,
      order: keyof typeof orders,
      offset: number,
      limit: number,
    ) {
      const from = 'from prediction p where p.run_id = @run and (@label is null or p.label = @label)';
      const bound = { run: runId, label, offset, limit };
      const rows = db
        .prepare(
          `select p.item_id as itemId, p.label, p.probability, p.scores, p.abstain ${from}
                  order by ${orders[order]} limit @limit offset @offset`,
        )
        .all(bound) as PredictionRow[];
      const { n } = db.prepare(`select count(*) as n ${from}`).get(bound) as { n: number };
      return { rows, total: n };
    },
  };
}
export type RunStore = ReturnType<typeof runStore>;
