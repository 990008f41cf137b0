import type { ReadDb, WriteDb } from './database.ts';
import type { ModelRow } from './vectors.ts';

export interface StoredReport {
  readonly reportId: number;
  readonly itemId: number;
  readonly kind: 'caption' | 'report';
  readonly origin: string;
  readonly text: string;
}

export interface ReportPart {
  readonly start: number;
  readonly length: number;
  /** Words of it that did not fit the model. */
  readonly truncated: number;
  /** L2-normalised, `dimensions` of the model long. */
  readonly vector: Float32Array;
}

export interface PartRow {
  readonly reportId: number;
  readonly itemId: number;
  readonly start: number;
  readonly length: number;
  readonly truncated: number;
  readonly vector: Uint8Array;
}

const report = 'r.id as reportId, r.item_id as itemId, r.kind, r.origin, r.text from report r';
const lacking = `not exists (select 1 from report_vector v where v.model_id = ? and v.report_id = r.id)`;

/** Vectors of report texts, passage by passage, one set for each model. */
export function reportVectorStore(db: WriteDb) {
  const without = db.prepare<[number, number, number], StoredReport>(
    `select ${report} where r.id > ? and ${lacking} order by r.id limit ?`,
  );
  const countWithout = db.prepare<[number], number>(`select count(*) from report r where ${lacking}`).pluck();
  const insert = db.prepare<[number, number, number, number, number, number, Float32Array]>(
    'insert into report_vector (model_id, report_id, part, start, length, truncated, vector) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const textOf = db.prepare<[number], string>('select text from report where id = ?').pluck();
  return {
    ...reportVectorReader(db),
    countWithout: (modelId: number): number => countWithout.get(modelId) ?? 0,
    /** The next reports that have no vector of this model, by number. */
    without: (modelId: number, after: number, limit: number) => without.all(after, modelId, limit),
    /** Inside the caller's transaction. False where the text has become another one meanwhile. */
    add(model: ModelRow, { reportId, text }: StoredReport, parts: readonly ReportPart[]): boolean {
      if (textOf.get(reportId) !== text) return false;
      parts.forEach(({ start, length, truncated, vector }, part) => {
        if (vector.length !== model.dimensions)
          throw new RangeError(`vector of ${vector.length} for a model of ${model.dimensions}`);
        insert.run(model.id, reportId, part, start, length, truncated, vector);
      });
      return true;
    },
  };
}
export type ReportVectorStore = ReturnType<typeof reportVectorStore>;

/** Works on any connection. */
export function reportVectorReader(db: ReadDb) {
  const one = db.prepare<[number], StoredReport>(`select ${report} where r.id = ?`);
  const columns = `v.report_id as reportId, r.item_id as itemId, v.start, v.length, v.truncated, v.vector
    from report_vector v join report r on r.id = v.report_id where v.model_id = ?`;
  const vectors = db
    .prepare<[number], [reportId: number, part: number, vector: Uint8Array]>(
      'select report_id, part, vector from report_vector where model_id = ?',
    )
    .raw();
  const onePart = db.prepare<[number, number, number], PartRow>(
    `select ${columns} and v.report_id = ? and v.part = ?`,
  );
  const ofItems = db
    .prepare<[string], number>(
      'select r.id from json_each(?) own cross join report r on r.item_id = own.value',
    )
    .pluck();
  const parts = db.prepare<[number, number], PartRow>(
    `select ${columns} and v.report_id = ? order by v.part`,
  );
  return {
    report: (reportId: number): StoredReport | undefined => one.get(reportId),
    parts: (modelId: number, reportId: number): PartRow[] => parts.all(modelId, reportId),
    part: (modelId: number, reportId: number, part: number): PartRow | undefined =>
      onePart.get(modelId, reportId, part),
    /** Reports of these items. */
    ofItems: (itemIds: readonly number[]): number[] => ofItems.all(JSON.stringify(itemIds)),
    /** One passage at a time: there may be more than fit in memory. */
    vectors: (modelId: number) => vectors.iterate(modelId),
  };
}
