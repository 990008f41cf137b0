import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  demoPictures,
  openTestCore,
  removeFolder,
  sourceFolder,
  type TestCore,
} from '../../../support/core.ts';

let at: TestCore;
let source: string;

beforeEach(async () => {
  at = openTestCore();
  source = sourceFolder(join(at.folder, 'originals'), {
    'a/chest.dcm': 'ct-chest-nodule-01.dcm',
    'a/glands.jpg': 'histology-glands-01.jpg',
    'b/fundus.webp': 'fundus-02.webp',
  });
  await at.call('archive.create', { path: join(at.folder, 'Test.vitrine') });
});
afterEach(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

const paths = async () => (await at.call('items.list', {})).items.map(({ path }) => path).sort();
const problems = async (jobId: number) =>
  (await at.call('job.problems', { jobId: jobId as never })).problems.map(({ path, state, code }) => [
    path,
    state,
    code,
  ]);

describe('what is found again', () => {
  test('a second import adds nothing and decodes nothing', async () => {
    const first = await at.import(source);
    expect(first.counts).toEqual({ seen: 3, added: 3, known: 0, failed: 0, quarantined: 0, skipped: 0 });
    const { archive } = await at.call('app.info', {});
    expect((await at.import(source)).counts).toMatchObject({ seen: 3, added: 0, known: 3 });
    expect((await at.call('app.info', {})).archive?.items).toBe(archive?.items);
  });

  test('a file that was renamed and moved keeps its item, tags included', async () => {
    await at.import(source);
    const [item] = (await at.call('items.list', { where: ['path~chest'] })).items;
    if (!item) throw new Error('the item is not there');
    await at.call('tags.apply', { itemIds: [item.itemId], tag: 'keep' });
    mkdirSync(join(source, 'c'));
    renameSync(join(source, 'a/chest.dcm'), join(source, 'c/thorax.dcm'));
    expect((await at.import(source)).counts).toMatchObject({ seen: 3, added: 0, known: 3 });
    const found = await at.call('item.get', { itemId: item.itemId });
    expect(found).toMatchObject({ path: 'c/thorax.dcm', state: 'ok', tags: ['keep'] });
    expect(found.files.map(({ path, state }) => [path, state])).toContainEqual(['a/chest.dcm', 'missing']);
    expect((await at.call('items.list', {})).total).toBe(3);
  });

  test('a file changed in place is read again under the same item', async () => {
    await at.import(source);
    const [before] = (await at.call('items.list', { where: ['path~glands'] })).items;
    cpSync(join(demoPictures, 'dermoscopy-01.jpg'), join(source, 'a/glands.jpg'));
    expect((await at.import(source)).counts).toMatchObject({ added: 1, known: 2 });
    const [after] = (await at.call('items.list', { where: ['path~glands'] })).items;
    expect(after?.itemId).toBe(before?.itemId);
    expect(after?.sha256).not.toBe(before?.sha256);
    expect((await at.call('archive.verify', {})).problems).toEqual([]);
  });

  test('two files of the same content are one item with two places', async () => {
    cpSync(join(source, 'b/fundus.webp'), join(source, 'b/copy.webp'));
    expect((await at.import(source)).counts).toMatchObject({ seen: 4, added: 3, known: 1 });
    const [item] = (await at.call('items.list', { where: ['path~fundus'] })).items;
    if (!item) throw new Error('the item is not there');
    expect((await at.call('item.get', { itemId: item.itemId })).files).toHaveLength(2);
  });

  test('a file that went is missing, and found again when it is back', async () => {
    await at.import(source);
    const away = join(at.folder, 'away.webp');
    renameSync(join(source, 'b/fundus.webp'), away);
    expect((await at.import(source)).notices.join()).toContain('1 files');
    expect((await at.call('items.list', { where: ['path~fundus'] })).items[0]?.state).toBe('missing');
    renameSync(away, join(source, 'b/fundus.webp'));
    expect((await at.import(source)).counts).toMatchObject({ added: 0, known: 3 });
    expect((await at.call('items.list', { where: ['path~fundus'] })).items[0]?.state).toBe('ok');
  });
});

describe('what cannot be imported', () => {
  test('every bad file has its own line and code, and no neighbour is shifted', async () => {
    writeFileSync(join(source, 'a/b-empty.jpg'), '');
    writeFileSync(join(source, 'a/c-text.png'), 'not a picture at all, only words');
    const jpeg = readFileSync(join(source, 'a/glands.jpg'));
    writeFileSync(join(source, 'a/d-half.jpg'), jpeg.subarray(0, jpeg.length >> 1));
    writeFileSync(join(source, 'notes.txt'), 'notes');
    symlinkSync(join(at.folder, 'nowhere'), join(source, 'z-link.jpg'));
    const { counts, jobId } = await at.import(source);
    expect(counts).toEqual({ seen: 8, added: 3, known: 0, failed: 3, quarantined: 0, skipped: 2 });
    expect(await problems(jobId)).toEqual([
      ['a/b-empty.jpg', 'failed', 'file.empty'],
      ['a/c-text.png', 'skipped', 'file.unsupported'],
      ['a/d-half.jpg', 'failed', 'image.truncated'],
      ['notes.txt', 'skipped', 'file.unsupported'],
      ['z-link.jpg', 'failed', 'file.unreadable'],
    ]);
    for (const item of (await at.call('items.list', {})).items) {
      const bytes = readFileSync(join(source, item.path));
      expect(item.sha256, item.path).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  test('a bad file that is mended is an item after the next import, and its line is gone', async () => {
    writeFileSync(join(source, 'mend.jpg'), 'x');
    expect((await at.import(source)).counts).toMatchObject({ added: 3, skipped: 1 });
    cpSync(join(demoPictures, 'dermoscopy-01.jpg'), join(source, 'mend.jpg'));
    expect((await at.import(source)).counts).toMatchObject({ added: 1, known: 3 });
    expect((await at.call('job.problems', {})).total).toBe(0);
    expect(await paths()).toContain('mend.jpg');
  });

  test('a folder that is not there is refused at once', async () => {
    await expect(at.call('import.start', { folders: [join(source, 'nothing')] })).rejects.toMatchObject({
      code: 'source.missing',
    });
  });

  test('an archive inside the folder is passed over', async () => {
    await at.call('archive.create', { path: join(source, 'Own.vitrine') });
    expect((await at.import(source)).counts).toMatchObject({ seen: 3, added: 3 });
  });
});

describe('a job under way', () => {
  function manyPictures(): string {
    const folder = join(at.folder, 'many');
    mkdirSync(folder);
    const jpeg = readFileSync(join(demoPictures, 'dermoscopy-01.jpg'));
    for (let index = 0; index < 120; index += 1) {
      // Bytes after the end of the picture make each file's content its own.
      const path = join(folder, `${String(index).padStart(3, '0')}.jpg`);
      writeFileSync(path, jpeg);
      appendFileSync(path, `copy ${index}`);
    }
    return folder;
  }
  /** Waits until the job has got somewhere. */
  async function someDone(jobId: number): Promise<void> {
    for (;;) {
      const { counts, endedAt } = await at.call('job.get', { jobId: jobId as never });
      if (endedAt !== null || (counts?.added ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test('rests while it is paused and completes when it is resumed', async () => {
    const { jobId } = await at.call('import.start', { folders: [manyPictures()] });
    await someDone(jobId);
    expect((await at.call('job.pause', { jobId })).state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { counts } = await at.call('job.get', { jobId });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await at.call('job.get', { jobId })).counts).toEqual(counts);
    expect(counts?.added).toBeLessThan(120);
    await at.call('job.resume', { jobId });
    expect((await at.ended(jobId)).counts).toMatchObject({ seen: 120, added: 120 });
  });

  test('keeps what it has when it is cancelled; importing again completes it', async () => {
    const folder = manyPictures();
    const { jobId } = await at.call('import.start', { folders: [folder] });
    await someDone(jobId);
    await at.call('job.cancel', { jobId });
    const job = await at.ended(jobId);
    expect(job.state).toBe('cancelled');
    const kept = (await at.call('items.list', {})).total;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(120);
    expect((await at.import(folder)).counts).toMatchObject({ added: 120 - kept, known: kept });
    // Files that were not met because it was cancelled are not missing.
    expect((await at.call('job.problems', {})).total).toBe(0);
  });

  test('is interrupted when the program ends, and goes on when it is resumed', async () => {
    const folder = manyPictures();
    const { jobId } = await at.call('import.start', { folders: [folder] });
    await someDone(jobId);
    await at.close();
    at = openTestCore({ folder: at.folder });
    await at.call('archive.open', { path: join(at.folder, 'Test.vitrine') });
    expect((await at.call('job.get', { jobId })).state).toBe('interrupted');
    const again = await at.call('job.resume', { jobId });
    expect(again.jobId).not.toBe(jobId);
    await at.ended(again.jobId);
    expect((await at.call('items.list', {})).total).toBe(120);
    rmSync(folder, { recursive: true });
  });

  test('what is not in the right state is refused with the state', async () => {
    const job = await at.import(source);
    await expect(at.call('job.pause', { jobId: job.jobId })).rejects.toMatchObject({
      code: 'job.state',
      details: { state: 'done' },
    });
    await expect(at.call('job.cancel', { jobId: 999 as never })).rejects.toMatchObject({
      code: 'job.unknown',
    });
  });
});
