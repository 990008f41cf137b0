import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openArchive } from '../../main/core/store/archive.ts';
import { demoPictures, openTestCore, removeFolder, type TestCore } from '../support/core.ts';

let at: TestCore;
let archive: string;
beforeEach(async () => {
  at = openTestCore();
  archive = join(at.folder, 'A.vitrine');
  await at.core.openOrCreate(archive);
});
afterEach(async () => {
  await at.close();
  removeFolder(at.folder);
});

/** Lets another process do this until it has said so many lines, and kills it; what it said, the last line whole. */
async function killed(what: string, lines: number): Promise<string[]> {
  await at.close();
  const script = join(import.meta.dirname, 'keep-until-killed.ts');
  const child = spawn(process.execPath, [script, at.folder, archive, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  expect((await ended)[1]).toBe('SIGKILL');
  at = openTestCore({ folder: at.folder });
  await at.call('archive.open', { path: archive });
  return said;
}

const withPictures = () => at.import(demoPictures);

test('searches whose saving was answered are there with what they found', async () => {
  await withPictures();
  const said = (await killed('saved', 12)).map((line) => JSON.parse(line) as { name: string });
  const { saved } = await at.call('saved.list', {});
  const kept = new Map(saved.map(({ name, result }) => [name, { name, ...result }]));
  expect(said.length).toBeGreaterThanOrEqual(12);
  for (const one of said) expect(kept.get(one.name)).toEqual(one);
  // One that was not answered is whole or not there.
  for (const { savedId } of saved)
    expect(await at.call('saved.compare', { savedId })).toMatchObject({ newTotal: 0, goneTotal: 0 });
});

test('judgements that were answered are there, the last of each item in force', async () => {
  await withPictures();
  const said = (await killed('judged', 70)).map(
    (line) => JSON.parse(line) as { judgingId: number; itemId: number; verdict: string },
  );
  const { items } = await at.call('judging.get', { judgingId: said[0]?.judgingId ?? 0 });
  const verdicts = new Map(items.map(({ item, verdict }) => [item.itemId as number, verdict]));
  const last = new Map(said.map(({ itemId, verdict }) => [itemId, verdict]));
  expect(last.size).toBe(30);
  // The one being judged when the program was killed may be there or not; it comes after those that were answered.
  const differing = [...last].filter(([itemId, verdict]) => verdicts.get(itemId) !== verdict);
  expect(differing.length).toBeLessThanOrEqual(1);
});

test('tags that were answered are on all their items, each one step, and what was begun can be taken back', async () => {
  await withPictures();
  const said = await killed('tagged', 20);
  const { tags } = await at.call('tags.list', {});
  const { total } = await at.call('items.ids', {});
  const items = new Map(tags.map(({ tag, items: count }) => [tag, count]));
  for (const tag of said) expect(items.get(tag)).toBe(total);
  let undone = 0;
  while ((await at.call('undo.undo', {})).name !== null) undone += 1;
  expect(undone).toBe(tags.length);
  expect((await at.call('tags.list', {})).tags).toEqual([]);
});

test('vectors of reports go on where a killed program left them, and are those of an undisturbed one', async () => {
  const source = join(at.folder, 'in');
  for (let count = 0; count < 60; count += 1)
    cpSync(join(demoPictures, 'chart-01.png'), join(source, `${count}.png`));
  // Other content in each, the same pixels.
  const rows = Array.from({ length: 60 }, (_, count) => {
    writeFileSync(join(source, `${count}.png`), `${count}`, { flag: 'a' });
    return `${count}.png,"Bars in a chart, number ${count}. ${'A sentence that says little. '.repeat(30)}"`;
  });
  writeFileSync(join(source, 'reports.csv'), `file,report\n${rows.join('\n')}\n`);
  await at.import(source);
  for (const { jobId } of (await at.call('job.list', {})).jobs) await at.ended(jobId);
  const vectors = () => {
    const opened = openArchive(archive, { create: false, now: 'now' });
    const found = opened.db
      .prepare('select report_id, part, hex(vector) as vector from report_vector order by 1, 2')
      .all();
    return { found, opened };
  };
  await at.close();
  const calm = vectors();
  expect(calm.found.length).toBeGreaterThan(60);
  calm.opened.db.exec('delete from report_vector');
  calm.opened.close();
  at = openTestCore({ folder: at.folder });

  await killed('reports', 1);
  const { jobs } = await at.call('job.list', {});
  const left = jobs.find(({ kind, state }) => kind === 'report-embed' && state === 'interrupted');
  expect(left).toBeDefined();
  await at.close();
  const some = vectors();
  expect(some.found.length).toBeGreaterThan(0);
  expect(some.found.length).toBeLessThan(calm.found.length);
  expect(calm.found).toEqual(expect.arrayContaining(some.found));
  some.opened.close();

  at = openTestCore({ folder: at.folder });
  await at.call('archive.open', { path: archive });
  const { jobId } = await at.call('report.embed', {});
  if (jobId === null) throw new Error('nothing was left to do');
  expect((await at.ended(jobId)).state).toBe('done');
  await at.close();
  const whole = vectors();
  expect(whole.found).toEqual(calm.found);
  whole.opened.close();
  at = openTestCore({ folder: at.folder });
});
