import type { WriteDb } from './database.ts';

export interface CalibrationRow {
  readonly id: number;
  readonly panel: string;
  readonly wordingHash: string;
  readonly modelId: number;
  readonly method: string;
  /** JSON of what was fitted and measured. */
  readonly report: string;
  readonly threshold: number | null;
  readonly at: string;
}

export interface ProbeRow {
  readonly id: number;
  readonly panel: string;
  readonly modelId: number;
  readonly hash: string;
  /** JSON array of names. */
  readonly labels: string;
  /** float32: label after label its weights, then the intercepts. */
  readonly weights: Uint8Array;
  readonly report: string;
  readonly at: string;
}

/** What was fitted to reviewed items. New fits follow old ones; only the line for "uncertain" can be moved. */
export function calibrationStore(db: WriteDb) {
  const columns = `id, panel_name as panel, wording_hash as wordingHash, model_id as modelId, method, report,
    threshold, at`;
  const insert = db.prepare<[object], { id: number }>(`
    insert into calibration (panel_name, wording_hash, model_id, method, report, threshold, at)
    values (@panel, @wordingHash, @modelId, @method, @report, @threshold, @at) returning id`);
  const one = db.prepare<[number], CalibrationRow>(`select ${columns} from calibration where id = ?`);
  const ofPanel = db.prepare<[string], CalibrationRow>(
    `select ${columns} from calibration where panel_name = ? order by id desc limit 50`,
  );
  const inForce = db.prepare<[string, number], CalibrationRow>(
    `select ${columns} from calibration where wording_hash = ? and model_id = ? order by id desc limit 1`,
  );
  const setThreshold = db.prepare<[number | null, number]>(
    'update calibration set threshold = ? where id = ?',
  );
  const probeColumns = 'id, panel_name as panel, model_id as modelId, hash, labels, weights, report, at';
  const insertProbe = db.prepare<[object], { id: number }>(`
    insert into probe (panel_name, model_id, hash, labels, weights, report, at)
    values (@panel, @modelId, @hash, @labels, @weights, @report, @at) returning id`);
  const oneProbe = db.prepare<[number], ProbeRow>(`select ${probeColumns} from probe where id = ?`);
  const probesOf = db.prepare<[string], ProbeRow>(
    `select ${probeColumns} from probe where panel_name = ? order by id desc limit 50`,
  );

  return {
    add: (calibration: Omit<CalibrationRow, 'id'>): number => (insert.get(calibration) as { id: number }).id,
    get: (id: number): CalibrationRow | undefined => one.get(id),
    ofPanel: (panel: string): CalibrationRow[] => ofPanel.all(panel),
    /** The latest of these words under this model. */
    inForce: (wordingHash: string, modelId: number): CalibrationRow | undefined =>
      inForce.get(wordingHash, modelId),
    setThreshold: (id: number, below: number | null): void => void setThreshold.run(below, id),
    addProbe: (probe: Omit<ProbeRow, 'id' | 'weights'> & { readonly weights: Float32Array }): number =>
      (insertProbe.get(probe) as { id: number }).id,
    probe: (id: number): ProbeRow | undefined => oneProbe.get(id),
    probesOf: (panel: string): ProbeRow[] => probesOf.all(panel),
  };
}
export type CalibrationStore = ReturnType<typeof calibrationStore>;
