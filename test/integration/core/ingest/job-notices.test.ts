import { expect, test } from 'vitest';

import { createJobs } from '../../../../main/core/ingest/job-control.ts';
import { jobsInMemory } from '../../../../main/core/store/archive.ts';

test('what concerns all is told to every job that runs, and kept with it', async () => {
  const jobs = createJobs(
    jobsInMemory(),
    () => {},
    () => {},
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = jobs.start('verify', 'before', {}, async () => {});
  await jobs.finished(ended);
  const ids = ['one', 'two'].map((title) => jobs.start('verify', title, {}, () => promise));
  jobs.noticeAll('Memory ran short.');
  resolve();
  for (const id of ids) expect((await jobs.finished(id)).notices).toEqual(['Memory ran short.']);
  expect(jobs.get(ended).notices).toEqual([]);
  await jobs.close();
});
