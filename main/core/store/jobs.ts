import type { WriteDb } from './database.ts';

export interface ListedJobRow {
  readonly id: number;
  readonly kind: string;
  readonly title: string;
  readonly state: string;
  /** JSON of the last progress that was written. */
  readonly progress: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface JobRow extends ListedJobRow {
  /** JSON of what was asked for, so that the job can be started again. */
  readonly request: string;
}

export interface FailureRow {
  readonly path: string;
  readonly source: string;
  readonly state: 'failed' | 'quarantined' | 'skipped' | 'missing' | 'stale';
  readonly code: string;
  readonly details: string;
}

/** Background work and what it could not do. */
export function jobStore(db: WriteDb) {
  const insert = db.prepare<[string, string, string, string, string], { id: number }>(
    `insert into job (kind, title, state, request, progress, started_at) values (?, ?, 'running', ?, ?, ?) returning id`,
  );
  const update = db.prepare<[string, string, string | null, number]>(
    'update job set state = ?, progress = ?, ended_at = ? where id = ?',
  );
  const columns = 'id, kind, title, state, progress, started_at as startedAt, ended_at as endedAt';
  // Without the requests: one may name a hundred thousand items.
  const list = db.prepare<[number], ListedJobRow>(`select ${columns} from job order by id desc limit ?`);
  const one = db.prepare<[number], JobRow>(`select ${columns}, request from job where id = ?`);
  const interrupted = db.prepare<[string]>(
    `update job set state = 'interrupted', ended_at = ? where state in ('running', 'paused', 'stopping')`,
  );
  const insertFailure = db.prepare<[number, number, string, string, string, string]>(
    `insert into failure (job_id, source_id, path, state, code, details) values (?, ?, ?, ?, ?, ?)
     on conflict (job_id, source_id, path) do update set state = excluded.state, code = excluded.code, details = excluded.details`,
  );
  const ofJob = `select f.path, s.root as source, f.state, f.code, f.details from failure f
    join source s on s.id = f.source_id where f.job_id = @job`;
  const asItStands = `select f.path, s.root as source, f.state, coalesce(f.fault_code, case f.state when 'missing' then
    'file.missing' else 'file.changed' end) as code, coalesce(f.fault_details, '{}') as details
    from file f join source s on s.id = f.source_id where f.state <> 'ok'`;

  return {
    start: (kind: string, title: string, request: unknown, progress: unknown, at: string): number =>
      (insert.get(kind, title, JSON.stringify(request), JSON.stringify(progress), at) as { id: number }).id,
    update: (id: number, state: string, progress: unknown, endedAt: string | null): void =>
      void update.run(state, JSON.stringify(progress), endedAt, id),
    get: (id: number): JobRow | undefined => one.get(id),
    list: (limit = 50): ListedJobRow[] => list.all(limit),
    /** Jobs that a stopped or killed program left behind; called once when the archive is opened. */
    markInterrupted: (at: string): number => interrupted.run(at).changes,
    addFailure: (
      jobId: number,
      failure: { sourceId: number; path: string; state: string; code: string; details: string },
    ): void =>
      void insertFailure.run(
        jobId,
        failure.sourceId,
        failure.path,
        failure.state,
        failure.code,
        failure.details,
      ),
    /** Files that are not imported as they are: as one job met them, or (null) as the archive stands. */
    problems(jobId: number | null, state: string | null, offset: number, limit: number) {
      const from = `(${jobId === null ? asItStands : ofJob})`;
      const bound = { job: jobId, state, offset, limit };
      const rows = db
        .prepare(
          `select * from ${from} where @state is null or state = @state
                  order by source, path limit @limit offset @offset`,
        )
        .all(bound) as FailureRow[];
      const byState = db
        .prepare(`select state, count(*) as count from ${from} group by state order by state`)
        .all(bound) as { state: FailureRow['state']; count: number }[];
      return { rows, byState };
    },
  };
}
export type JobStore = ReturnType<typeof jobStore>;
