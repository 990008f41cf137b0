import type { Job } from '../../../preload/contract/jobs.ts';
import { progressOf } from '../../client/jobs.svelte.ts';
import { duration, moment, percent } from '../../ui/format.ts';

const kinds: Readonly<Record<Job['kind'], string>> = {
  import: 'Import',
  reembed: 'Read again',
  'model-import': 'Model import',
  verify: 'Verify files',
  'slide-embed': 'Read slides',
  'report-embed': 'Read reports',
  'label-run': 'Labels',
  'vocabulary-import': 'Vocabulary',
  stress: 'Stress set',
};
const states: Readonly<Record<Job['state'], string>> = {
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

export const kindWord = (job: Job): string => kinds[job.kind];
export const stateWord = (job: Job): string => states[job.state];

const units: Readonly<Partial<Record<Job['kind'], string>>> = { import: 'files', 'vocabulary-import': 'kB' };

/** What the rate counts. */
export const unitOf = (job: Job): string => units[job.kind] ?? 'items';

/** `14 min left`, `done 11:20`, `interrupted 12 Aug 2026, 11:20`. */
export function timeWord(job: Job): string {
  if (job.state === 'running') {
    return job.secondsLeft === null ? `since ${moment(job.startedAt)}` : `${duration(job.secondsLeft)} left`;
  }
  if (job.state === 'paused' || job.state === 'stopping') return stateWord(job).toLowerCase();
  return `${stateWord(job).toLowerCase()} ${moment(job.endedAt ?? job.startedAt)}`;
}

/** One line for the status bar: `Import 61 % · 14 min left`. */
export function shortWord(job: Job): string {
  const share = progressOf(job);
  const progress = share === null ? kindWord(job) : `${kindWord(job)} ${percent(share)}`;
  return job.state === 'running' && job.secondsLeft === null ? progress : `${progress} · ${timeWord(job)}`;
}
