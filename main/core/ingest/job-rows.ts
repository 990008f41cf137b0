import type { Job } from '../../../preload/contract/jobs.ts';
import type { JobStore, ListedJobRow } from '../store/jobs.ts';

/** Where jobs are written down: an archive, or a database in memory while none is open. */
export interface JobPlace {
  readonly jobs: JobStore;
  readonly db: { readonly open: boolean };
}

/** Jobs as their rows have them. */
export function jobRows(place: JobPlace) {
  return {
    /** Nothing happens once the archive is closed. */
    write({ jobId, state, endedAt, ...job }: Job): void {
      const { stages, counts, ratePerSecond, secondsLeft, fault, notices, result, runId, evaluationId } = job;
      const progress = {
        stages,
        counts,
        ratePerSecond,
        secondsLeft,
        fault,
        notices,
        result,
        runId,
        evaluationId,
      };
      if (place.db.open) place.jobs.update(jobId, state, progress, endedAt);
    },
    read(jobId: number): Job | undefined {
      const row = place.jobs.get(jobId);
      return row && jobOf(row);
    },
    list: (): Job[] => place.jobs.list().map(jobOf),
  };
}

function jobOf(row: ListedJobRow): Job {
  const progress = JSON.parse(row.progress) as Partial<Job>;
  return {
    jobId: row.id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    stages: progress.stages ?? [],
    counts: progress.counts ?? null,
    ratePerSecond: null,
    secondsLeft: null,
    fault: progress.fault ?? null,
    notices: progress.notices ?? [],
    result: progress.result ?? null,
    runId: progress.runId ?? null,
    evaluationId: progress.evaluationId ?? null,
  } as Job; // The columns carry the same checks as the contract.
}
