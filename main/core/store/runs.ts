import type { WriteDb } from './database.ts';

export interface RunRow {
  readonly id: number;
  readonly panel: string;
  readonly summary: string;
  readonly at: string;
  readonly modelId: number;
  readonly wordingHash: string | null;
  /** JSON of how a score becomes a probability; null in runs of the first schema. */
  readonly scoreMap: string | null;
}

export interface NewRun {
  readonly panel: string;
  readonly hash: string;
  readonly wordingHash: string;
  readonly modelId: number;
  readonly calibrationId: number | null;
  readonly scoreMap: string;
  readonly at: string;
}

export interface PredictionRow {
  readonly itemId: number;
  readonly label: number;
  readonly probability: number;
  readonly scores: Uint8Array;
  readonly abstain: number;
}

export interface NewPrediction {
  readonly itemId: number;
  /** Place of the best label among those that compete. */
  readonly label: number;
  /** Of what would be said of the item as a whole. */
  readonly probability: number;
  readonly scores: Float32Array;
  readonly abstain: boolean;
  /** Of independent labels: places of those that it is said to have; null where only the best one counts. */
  readonly said: Uint8Array | null;
}

export interface PairRow {
  readonly itemId: number;
  readonly fromLabel: number;
  readonly fromProbability: number;
  readonly toLabel: number;
  readonly toProbability: number;
}

/** Rows that are deleted in a few milliseconds. */
const ROWS_PER_DROP = 2000;

/** Panel runs and their predictions; a run is never written over. */
export function runStore(db: WriteDb) {
  const insertRun = db.prepare<[object], { id: number }>(`
    insert into panel_run (panel, panel_hash, wording_hash, model_id, calibration_id, score_map, summary, at)
    values (@panel, @hash, @wordingHash, @modelId, @calibrationId, @scoreMap, '{}', @at) returning id`);
  // A label's place as a blob of one byte is looked for in the blob of all that were said.
  const withLabel = db
    .prepare<[number, Uint8Array, number, number, number], [itemId: number, has: 0 | 1]>(
      `select item_id, case when said is null then label = ? else instr(said, ?) > 0 end from prediction
       where run_id = ? and item_id > ? order by item_id limit ?`,
    )
    .raw();
  const insertPrediction = db.prepare<
    [number, number, number, number, Float32Array, number, Uint8Array | null]
  >(
    'insert into prediction (run_id, item_id, label, probability, scores, abstain, said) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const columns = `id, panel, summary, at, model_id as modelId, wording_hash as wordingHash, score_map as scoreMap`;
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
  const ofItem = db.prepare<[number], PredictionRow & Pick<RunRow, 'panel' | 'summary' | 'scoreMap'>>(`
    select p.item_id as itemId, p.label, p.probability, p.scores, p.abstain, r.panel, r.summary,
      r.score_map as scoreMap from prediction p
    join panel_run r on r.id = p.run_id
    where p.item_id = ? and p.run_id in (
      select max(id) from panel_run where summary <> '{}' group by json_extract(panel, '$.name'))
    order by p.run_id desc`);

  const predictionColumns = 'p.item_id as itemId, p.label, p.probability, p.scores, p.abstain';
  const prediction = db.prepare<[number, number], PredictionRow>(
    `select ${predictionColumns} from prediction p where p.run_id = ? and p.item_id = ?`,
  );
  const pairs = db.prepare<[number, number, number, number], PairRow>(`
    select a.item_id as itemId, a.label as fromLabel, a.probability as fromProbability,
      b.label as toLabel, b.probability as toProbability
    from prediction a join prediction b on b.run_id = ? and b.item_id = a.item_id
    where a.run_id = ? and a.item_id > ? order by a.item_id limit ?`);
  const brief = db
    .prepare<[number, number, number], [itemId: number, label: number, probability: number, abstain: number]>(
      `select item_id, label, probability, abstain from prediction
       where run_id = ? and item_id > ? order by item_id limit ?`,
    )
    .raw();

  return {
    start: (run: NewRun): number => (insertRun.get(run) as { id: number }).id,
    finish: (runId: number, summary: string): void => void setSummary.run(summary, runId),
    addAll(runId: number, predictions: readonly NewPrediction[]): void {
      // Predictions count from the end of their run on, and that is written with `synchronous=FULL`, which takes
      // everything before it to the disk too. So a chunk need not wait for the disk.
      db.pragma('synchronous = NORMAL');
      try {
        db.transaction(() => {
          for (const { itemId, label, probability, scores, abstain, said } of predictions)
            insertPrediction.run(runId, itemId, label, probability, scores, abstain ? 1 : 0, said);
        })();
      } finally {
        db.pragma('synchronous = FULL');
      }
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
    ofItem: (itemId: number) => ofItem.all(itemId),
    prediction: (runId: number, itemId: number): PredictionRow | undefined => prediction.get(runId, itemId),
    /** Items that two runs both labelled, after an item, in the order of their ids. */
    pairs: (from: number, to: number, after: number, limit: number): PairRow[] =>
      pairs.all(to, from, after, limit),
    /** Whether items were said to have this one of independent labels, after an item, in the order of their ids. */
    withLabel: (runId: number, label: number, after: number, limit: number) =>
      withLabel.all(label, Uint8Array.of(label), runId, after, limit),
    /** What orders and filters need, in the order of the items' ids, after an item. */
    brief: (runId: number, after: number, limit: number) => brief.all(runId, after, limit),
  };
}
export type RunStore = ReturnType<typeof runStore>;
