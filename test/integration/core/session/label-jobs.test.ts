import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../../preload/contract/jobs.ts';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openTestCore, removeFolder, sourceFolder, type TestCore } from '../../../support/core.ts';
import { addItems } from '../../../support/vector-archive.ts';

const panel = { name: 'Kinds', labels: [{ name: 'CT' }, { name: 'histology' }, { name: 'fundus' }] };
const pictures = { 'chest.dcm': 'ct-chest-nodule-01.dcm', 'fundus.webp': 'fundus-02.webp' };
/** Enough for a run that can be met half-way. */
const MANY = 12_000;
let at: TestCore;
let archive: string;

beforeEach(async () => {
  at = openTestCore();
  archive = join(at.folder, 'Test.vitrine');
  await at.call('archive.create', { path: archive });
  await at.import(sourceFolder(join(at.folder, 'originals'), pictures));
});
afterEach(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

/** Adds items with made-up vectors of the model in use, and opens the archive again. */
async function fill(): Promise<void> {
  const { folder } = at;
  await at.close();
  const opened = openArchive(archive, { create: false, now: 'now' });
  const identity = opened.db.prepare<[], string>('select identity from model').pluck().get() ?? '';
  const row = opened.vectors.modelByIdentity(identity);
  if (!row) throw new Error('no model');
  const items = Array.from({ length: MANY }, (_, n) => ({
    vectors: [
      Float32Array.from({ length: row.dimensions }, (_value, k) => (k === n % row.dimensions ? 1 : 0)),
    ],
  }));
  addItems(opened, row, items, 1);
  opened.close();
  at = openTestCore({ folder });
  await at.call('archive.open', { path: archive });
}

const runs = async () => (await at.call('label.runs', {})).runs;
const jobOf = async (jobId: Job['jobId']) => at.call('job.get', { jobId });
const untilUnderWay = async (jobId: Job['jobId']) => {
  while (!((await jobOf(jobId)).stages[0]?.done ?? 0)) await new Promise((go) => setTimeout(go, 5));
};

test('a run is a row of the jobs, with its items counted and the run that came of it', async () => {
  const { jobId } = await at.call('label.start', { panel });
  const job = await at.ended(jobId);
  expect(job).toMatchObject({ kind: 'label-run', title: 'Kinds', state: 'done', fault: null });
  expect(job.stages).toEqual([{ name: 'Items', done: 2, total: 2 }]);
  expect((await runs()).map(({ runId }) => runId)).toEqual([job.runId]);
  const waited = await at.call('label.run', { panel });
  expect((await at.call('job.list', {})).jobs[0]).toMatchObject({ kind: 'label-run', runId: waited.runId });
  // The earlier run is still there, and is what it was.
  expect((await runs()).map(({ runId }) => runId)).toEqual([waited.runId, job.runId]);
});

test('what is wrong with a panel is said at once, and is no job', async () => {
  const before = (await at.call('job.list', {})).jobs.length;
  const twice = { ...panel, labels: [{ name: 'a' }, { name: 'A' }] };
  await expect(at.call('label.start', { panel: twice })).rejects.toMatchObject({ code: 'panel.invalid' });
  await expect(at.call('label.start', { panel, where: ['kind~'] })).resolves.toBeTruthy();
  await expect(at.call('label.start', { panel, where: ['(kind'] })).rejects.toMatchObject({
    code: 'filter.invalid',
  });
  expect((await at.call('job.list', {})).jobs.length).toBe(before + 1);
});

test('a probe that is not there fails the job, and whoever waits hears why', async () => {
  await expect(at.call('label.run', { panel, probeId: 9 })).rejects.toMatchObject({ code: 'probe.unknown' });
  expect((await at.call('job.list', {})).jobs[0]).toMatchObject({
    state: 'failed',
    runId: null,
    fault: { code: 'probe.unknown' },
  });
});

test('cancelled while it is paused it leaves nothing, however much was written', async () => {
  await fill();
  const { jobId } = await at.call('label.start', { panel });
  await untilUnderWay(jobId);
  await at.call('job.pause', { jobId });
  await new Promise((go) => setTimeout(go, 100));
  await at.call('job.cancel', { jobId });
  expect(await at.ended(jobId)).toMatchObject({ state: 'cancelled', runId: null });
  expect(await runs()).toEqual([]);
});

test('cancelled half-way it leaves nothing; paused it waits', async () => {
  await fill();
  const kept = await at.call('label.run', { panel, where: ['kind=dicom'] });
  const { jobId } = await at.call('label.start', { panel });
  await untilUnderWay(jobId);
  expect(await at.call('job.pause', { jobId })).toMatchObject({ state: 'paused' });
  await new Promise((go) => setTimeout(go, 100));
  const { stages } = await jobOf(jobId);
  await new Promise((go) => setTimeout(go, 200));
  expect((await jobOf(jobId)).stages).toEqual(stages);
  await at.call('job.resume', { jobId });
  await at.call('job.cancel', { jobId });
  expect(await at.ended(jobId)).toMatchObject({ state: 'cancelled', runId: null });
  expect(await runs()).toEqual([kept]);
});

test('a killed program ends it as interrupted; resumed, it runs whole and no earlier run is touched', async () => {
  await fill();
  const kept = await at.call('label.run', { panel, where: ['kind=dicom'] });
  await at.close();
  const script = join(import.meta.dirname, 'label-until-killed.ts');
  const child = spawn(process.execPath, [script, at.folder, archive], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === 'under way') break;
  child.kill('SIGKILL');
  await once(child, 'exit');

  at = openTestCore({ folder: at.folder });
  await at.call('archive.open', { path: archive });
  const [left] = (await at.call('job.list', {})).jobs;
  expect(left).toMatchObject({ kind: 'label-run', state: 'interrupted', runId: null });
  expect(await runs()).toEqual([kept]);
  if (!left) throw new Error('no job');
  const again = await at.call('job.resume', { jobId: left.jobId });
  const done = await at.ended(again.jobId);
  expect(done).toMatchObject({ state: 'done', title: 'Kinds' });
  const [latest, earlier] = await runs();
  expect(latest).toMatchObject({ runId: done.runId, items: MANY + 2, panel: { name: 'Kinds' } });
  expect(earlier).toEqual(kept);
});

test('a vocabulary import is a job too: with its stages, and what cannot be read is said', async () => {
  const path = join(at.folder, 'made-up.csv');
  writeFileSync(path, 'system,code,display\nMade up,M1,Knot\nMade up,M2,Rope\n');
  const { jobId } = await at.call('vocabulary.start', { path });
  expect(await at.ended(jobId)).toMatchObject({
    kind: 'vocabulary-import',
    title: 'made-up.csv',
    state: 'done',
    stages: [
      { name: 'Read, kB', done: 1, total: 1 },
      { name: 'Put in order, concepts', done: 2, total: null },
    ],
  });
  expect((await at.call('vocabulary.list', {})).vocabularies).toMatchObject([
    { system: 'Made up', concepts: 2 },
  ]);
  writeFileSync(path, 'system,code,display\nMade up,"M1\n');
  const broken = await at.call('vocabulary.start', { path });
  expect(await at.ended(broken.jobId)).toMatchObject({
    state: 'failed',
    fault: { code: 'vocabulary.unreadable' },
  });
  // What was there before is there still.
  expect((await at.call('vocabulary.find', { text: 'rope' })).concepts).toHaveLength(1);
  await expect(at.call('vocabulary.start', { path: `${path}.away` })).rejects.toMatchObject({
    code: 'file.missing',
  });
});
