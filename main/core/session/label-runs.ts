import { ArchiveError, type FaultCode } from '../../../preload/contract/faults.ts';
import type { PanelRun, RunRequest } from '../../../preload/contract/labels.ts';
import type { Session } from './session.ts';

/**
 * Starts the job that runs a panel. One that a stopped program left behind is run again from its row; what it had
 * written is dropped then, and no earlier run is touched.
 *
 * @throws ArchiveError `panel.invalid`, `filter.invalid`.
 */
export function startLabelRun({ jobs, labelling }: Session, request: RunRequest): number {
  labelling.check(request);
  return jobs.start('label-run', request.panel.name, request, async (control) => {
    const { runId } = await labelling.run(request, control.signal, {
      through: (source) => control.through(source),
      progress(done, total) {
        control.stage('Items', { done, total });
        control.progress(done, total);
      },
    });
    control.run(runId);
  });
}

/**
 * The same, for a caller that waits; one that leaves cancels the job.
 *
 * @throws ArchiveError as the job failed; `request.cancelled` when it was cancelled, here or in the list of jobs.
 */
export async function runLabels(
  session: Session,
  request: RunRequest,
  signal: AbortSignal,
): Promise<PanelRun> {
  signal.throwIfAborted();
  const { jobs, labelling } = session;
  const jobId = startLabelRun(session, request);
  const cancel = () => {
    const { state } = jobs.get(jobId);
    if (state === 'running' || state === 'paused') jobs.cancel(jobId);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const { fault, runId } = await jobs.finished(jobId);
  signal.removeEventListener('abort', cancel);
  if (fault) throw new ArchiveError(fault.code as FaultCode, fault.details);
  if (runId === null) throw new ArchiveError('request.cancelled');
  return labelling.openRun(runId);
}
