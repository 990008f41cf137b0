import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { ItemId } from '../../../../preload/contract/ids.ts';
import { openTestCore, removeFolder, sourceFolder, type TestCore } from '../../../support/core.ts';

const pictures = {
  'chest.dcm': 'ct-chest-nodule-01.dcm',
  'glands.jpg': 'histology-glands-01.jpg',
  'chart.png': 'chart-01.png',
};
const long = `A chart with bars is shown. ${'The remaining words say nothing about it at all. '.repeat(40)}`;
let core: TestCore;
const ids = new Map<string, ItemId>();

beforeAll(async () => {
  core = openTestCore();
  const folder = sourceFolder(join(core.folder, 'in'), pictures);
  writeFileSync(
    join(folder, 'reports.csv'),
    `file,report\nchest.dcm,"CT of the chest. A round nodule in the lung."\nglands.jpg,H&E histology with tubular glands\nchart.png,"${long}"\n`,
  );
  await core.core.openOrCreate(join(core.folder, 'A.vitrine'));
  await core.import(folder);
  await settled();
  for (const { itemId, path } of (await core.call('items.list', { where: [] })).items) ids.set(path, itemId);
});
afterAll(async () => {
  await core.close();
  removeFolder(core.folder);
});

async function settled(): Promise<void> {
  for (const { jobId } of (await core.call('job.list', {})).jobs) await core.ended(jobId);
}
const idOf = (path: string) => ids.get(path) as ItemId;
const reportOf = async (path: string) =>
  (await core.call('item.get', { itemId: idOf(path) })).reports[0]?.reportId as number;

test('an import reads reports in the background, and there is nothing left to do', async () => {
  const { jobs } = await core.call('job.list', {});
  expect(jobs.find(({ kind }) => kind === 'report-embed')?.state).toBe('done');
  expect(await core.call('report.embed', {})).toEqual({ jobId: null });
});

test('words find the report that says so, whole and without what was cut off', async () => {
  const text = { is: 'text', text: 'a lung nodule on CT' } as const;
  const found = await core.call('report.similar', { to: text });
  expect(found).toMatchObject({ reports: 3, waiting: 0 });
  expect(found.hits[0]?.item.path).toBe('chest.dcm');
  const chart = await core.call('report.pictures', { reportId: await reportOf('chart.png') });
  expect(chart.passages).toBeGreaterThan(5);
  expect(chart.truncatedWords).toBe(0);
});

test('a picture finds reports of others, never its own', async () => {
  const found = await core.call('report.similar', { to: { is: 'item', itemId: idOf('chest.dcm') } });
  expect(found.hits.map(({ item }) => item.path).sort()).toEqual(['chart.png', 'glands.jpg']);
});

test('a report finds its picture by the passage that fits best', async () => {
  const found = await core.call('report.pictures', { reportId: await reportOf('chart.png') });
  expect(found.hits[0]).toMatchObject({ own: true, item: { path: 'chart.png' } });
  expect(found.hits[0]?.passage).toMatch(/^A chart with bars/);
  expect(found.report).toMatchObject({ kind: 'report', origin: 'reports', itemId: idOf('chart.png') });
  for (const { start, passage } of found.hits)
    expect(found.report.text.slice(start, start + passage.length)).toBe(passage);
  // One that does not begin where the text does.
  const words = { is: 'text', text: 'The remaining words say nothing about it at all.' } as const;
  const [later] = (await core.call('report.similar', { to: words })).hits;
  expect(later?.start).toBeGreaterThan(0);
  const { start = 0, passage = '' } = later ?? {};
  expect(found.report.text.slice(start, start + passage.length)).toBe(passage);
});

test('a text that changed is read again, and no other', async () => {
  const table = join(core.folder, 'in/reports.csv');
  writeFileSync(table, 'file,report\nglands.jpg,A radiograph of a broken wrist\n');
  await core.call('table.join', { path: table });
  await settled();
  const found = await core.call('report.similar', { to: { is: 'text', text: 'wrist fracture x-ray' } });
  expect(found.hits[0]?.passage).toBe('A radiograph of a broken wrist');
  const job = (await core.call('job.list', {})).jobs.find(({ kind }) => kind === 'report-embed');
  expect(job?.stages[0]).toMatchObject({ done: 1, total: 1 });
});

test('refuses a report that is not there', async () => {
  await expect(core.call('report.pictures', { reportId: 999 })).rejects.toMatchObject({
    code: 'report.unknown',
  });
});
