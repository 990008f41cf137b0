import type { WriteDb } from './database.ts';

export interface NewReview {
  readonly itemId: number;
  readonly panel: string;
  readonly version: number | null;
  readonly runId: number | null;
  readonly verdict: string;
  /** JSON array of names. */
  readonly labels: string;
  /** JSON of what was on the screen. */
  readonly shown: string;
  readonly reader: string;
  readonly tookMs: number | null;
  readonly at: string;
  readonly undoneAt: string | null;
}

export interface ReviewRow extends NewReview {
  readonly id: number;
}

export interface DecidedRow {
  readonly itemId: number;
  readonly patient: string | null;
  readonly reader: string;
  readonly verdict: string;
  readonly labels: string;
  readonly tookMs: number | null;
}

export interface TouchedRow {
  readonly itemId: number;
  readonly reader: string;
  /** 0: skipped, no more. */
  readonly decided: number;
}

const columns = `r.id, r.item_id as itemId, r.panel_name as panel, r.version, r.run_id as runId, r.verdict, r.labels,
  r.shown, r.reader, r.took_ms as tookMs, r.at, r.undone_at as undoneAt`;

/**
 * SQL: whether decision `n` is later than `r`. At one desk the last word counts, whatever the clock says; what was brought
 * in from elsewhere, where it has no run, has its place by its time.
 */
export const isLater = (n: string, r: string): string =>
  `iif(${n}.run_id is null or ${r}.run_id is null, (${n}.at, ${n}.id) > (${r}.at, ${r}.id), ${n}.id > ${r}.id)`;

/** Decisions of people. Nothing is deleted: what is taken back is marked. */
export function reviewStore(db: WriteDb) {
  const insert = db.prepare<[object], { id: number }>(`
    insert into review (item_id, panel_name, version, run_id, verdict, labels, shown, reader, took_ms, at, undone_at)
    values (@itemId, @panel, @version, @runId, @verdict, @labels, @shown, @reader, @tookMs, @at, @undoneAt)
    returning id`);
  const one = db.prepare<[number], ReviewRow>(`select ${columns} from review r where r.id = ?`);
  const latest = db.prepare<[string], ReviewRow>(
    `select ${columns} from review r where r.reader = ? and r.undone_at is null order by r.id desc limit 1`,
  );
  const undo = db.prepare<[string, number]>(
    'update review set undone_at = ? where id = ? and undone_at is null',
  );
  // Of each reader's decisions on an item the latest that says something is in force: skipping says nothing.
  const inForce = db.prepare<[string], DecidedRow>(`
    select r.item_id as itemId, i.patient_key as patient, r.reader, r.verdict, r.labels, r.took_ms as tookMs
    from review r join item i on i.id = r.item_id
    where r.panel_name = ? and r.undone_at is null and r.verdict <> 'skip' and not exists (
      select 1 from review n where n.panel_name = r.panel_name and n.item_id = r.item_id and n.reader = r.reader
        and n.undone_at is null and n.verdict <> 'skip' and ${isLater('n', 'r')})
    order by r.item_id, r.id`);
  const known = db
    .prepare<[number, string, string, string], number>(
      'select id from review where item_id = ? and panel_name = ? and reader = ? and at = ?',
    )
    .pluck();
  const all = db.prepare<[string], ReviewRow & { sha256: string }>(
    `select ${columns}, i.sha256 from review r join item i on i.id = r.item_id where r.panel_name = ? order by r.id`,
  );
  const filter = `from review r where (@panel is null or r.panel_name = @panel)
    and (@itemId is null or r.item_id = @itemId) and r.undone_at is null`;
  const page = db.prepare<[object], ReviewRow>(
    `select ${columns} ${filter} order by r.id desc limit @limit offset @offset`,
  );
  const count = db.prepare<[object], { n: number }>(`select count(*) as n ${filter}`);

  const touched = db.prepare<[string], TouchedRow>(`
    select r.item_id as itemId, r.reader, max(r.verdict <> 'skip') as decided from review r
    where r.panel_name = ? and r.undone_at is null group by r.item_id, r.reader`);

  return {
    /** Who has decided, or only skipped, which items. */
    touched: (panel: string): TouchedRow[] => touched.all(panel),
    /** On the disk when it returns. */
    add: (review: NewReview): number => (insert.get(review) as { id: number }).id,
    get: (id: number): ReviewRow | undefined => one.get(id),
    latestOf: (reader: string): ReviewRow | undefined => latest.get(reader),
    /** @returns false when it was undone before. */
    undo: (id: number, at: string): boolean => undo.run(at, id).changes > 0,
    /** Each reader's decision in force on each item, by item. */
    inForce: (panel: string): DecidedRow[] => inForce.all(panel),
    /** Of the decision that this reader made on this item then; null where there is none. */
    idOf: (itemId: number, panel: string, reader: string, at: string): number | null =>
      known.get(itemId, panel, reader, at) ?? null,
    all: (panel: string) => all.all(panel),
    list(panel: string | null, itemId: number | null, offset: number, limit: number) {
      const bound = { panel, itemId, offset, limit };
      return { rows: page.all(bound), total: (count.get(bound) as { n: number }).n };
    },
  };
}
export type ReviewStore = ReturnType<typeof reviewStore>;
