import type { Job } from '../../../preload/contract/jobs.ts';
import { ArchiveError, type FaultCode } from '../../../preload/contract/faults.ts';
import type { CommandContext } from './context.ts';

/**
 * Waits for a job, with a line of progress where standard error is a terminal. Ctrl+C cancels it and waits until it
 * has stopped.
 *
 * @throws ArchiveError the job's fault; `request.cancelled` when it was cancelled.
 */
export async function followJob({ core, call, signal }: CommandContext, jobId: Job['jobId']): Promise<Job> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = core.on((event, payload) => {
    const job = payload as Job;
    if (event !== 'job.changed' || job.jobId !== jobId) return;
    show(job);
    if (job.endedAt !== null) resolve();
  });
  const cancel = () => void core.handlers['job.cancel']({ jobId }, AbortSignal.timeout(10_000));
  signal.addEventListener('abort', cancel, { once: true });
  // It may have ended before this began to listen.
  if ((await call('job.get', { jobId })).endedAt === null) await promise;
  stop();
  signal.removeEventListener('abort', cancel);
  const job = await core.handlers['job.get']({ jobId }, AbortSignal.timeout(10_000));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (job.fault) throw new ArchiveError(job.fault.code as FaultCode, job.fault.details);
  if (job.state !== 'done') throw new ArchiveError('request.cancelled', { jobId });
  return job;
}

function show({ stages, ratePerSecond, secondsLeft }: Job): void {
  if (!process.stderr.isTTY) return;
  const parts = stages.map(({ name, done, total }) => `${name} ${done}${total === null ? '' : `/${total}`}`);
  if (ratePerSecond !== null) parts.push(`${ratePerSecond.toFixed(1)}/s`);
  if (secondsLeft !== null) parts.push(`${Math.ceil(secondsLeft)} s left`);
  process.stderr.write(`\r${parts.join(' · ').slice(0, process.stderr.columns - 1)}\x1b[K`);
}
