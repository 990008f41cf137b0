import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dot } from '../../../../main/core/domain/vector.ts';
import { createEncoder } from '../../../../main/core/encode/encoder.ts';
import { toFloats } from '../../../../main/core/store/vectors.ts';
import type { Input } from '../../../../preload/contract/methods.ts';
import type { StressFigures } from '../../../../preload/contract/stress.ts';
import { demoPictures, openTestCore, removeFolder, type TestCore } from '../../../support/core.ts';

let at: TestCore;
let archive: string;

beforeAll(async () => {
  at = openTestCore();
  archive = join(at.folder, 'Test.vitrine');
  await at.call('archive.create', { path: archive });
  await at.import(demoPictures);
});
afterAll(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

async function stress(request: Input<'evaluation.stress'>) {
  const { jobId } = await at.call('evaluation.stress', request);
  const job = await at.ended(jobId);
  expect(job).toMatchObject({ kind: 'stress', state: 'done', fault: null });
  const opened = await at.call('evaluation.get', { evaluationId: job.evaluationId ?? 0 });
  return { job, opened, set: opened.stress ?? { perturbations: [], sampled: 0, ranked: 0, unread: 0 } };
}
const of = (figures: readonly StressFigures[], id: string) =>
  figures.find(({ perturbation }) => perturbation === id) as StressFigures;
const read = () => new Database(join(archive, 'archive.db'), { readonly: true });

/** Where each item finds itself with its picture laid the other way, by another library's rotation and no ranking of ours. */
async function ranksUpsideDown(): Promise<number[]> {
  const encoder = await createEncoder({
    folder: join(import.meta.dirname, '../../../../models/starter'),
    device: 'cpu',
  });
  const db = read();
  const stored = db
    .prepare<[], { itemId: number; vector: Uint8Array }>(
      'select r.item_id as itemId, e.vector from embedding e join region r on r.id = e.region_id',
    )
    .all()
    .map(({ itemId, vector }) => ({ itemId, vector: toFloats(vector) }));
  db.close();
  const { items } = await at.call('items.list', { limit: 100 });
  const ranks: number[] = [];
  for (const { itemId } of items) {
    const { path } = await at.call('item.picture', { itemId, as: 'model-view', frame: 0 });
    const bytes = await buffer(createReadStream((await at.core.mediaFile(path)) ?? ''));
    const turned = await sharp(bytes).removeAlpha().rotate(180).raw().toBuffer();
    const vector = await encoder.encodeImages(new Uint8Array(turned), 1);
    const scoreOf = (id: number) =>
      Math.max(...stored.flatMap((one) => (one.itemId === id ? [dot(vector, one.vector)] : [])));
    const own = scoreOf(itemId);
    ranks.push(1 + items.filter((other) => other.itemId !== itemId && scoreOf(other.itemId) > own).length);
  }
  await encoder.close();
  return ranks;
}

test(
  'a turned picture finds itself where another way of turning and counting says',
  { timeout: 120_000 },
  async () => {
    const { set, job } = await stress({ families: ['rotation'] });
    expect(set).toMatchObject({ sampled: 36, ranked: 36, unread: 0 });
    expect(job.stages).toEqual([
      { name: 'Change pictures', done: 36, total: 36 },
      { name: 'Rank them', done: 36, total: 36 },
    ]);
    const expected = await ranksUpsideDown();
    const turned = of(set.perturbations, 'rotate-180');
    const mrr = turned.self.find(({ figure }) => figure === 'mrr');
    expect(mrr?.before).toBe(1);
    expect(mrr?.after).toBeCloseTo(expected.reduce((sum, rank) => sum + 1 / rank, 0) / expected.length, 2);
    const top = turned.self.find(({ figure }) => figure === 'recall@1');
    expect(top?.after).toBeCloseTo(expected.filter((rank) => rank === 1).length / expected.length, 9);
    expect(turned.n).toBe(36);
  },
);

test(
  'windows are of DICOM alone, stains of what is stained; labels and captions are looked for',
  { timeout: 120_000 },
  async () => {
    const csv = await buffer(createReadStream(join(demoPictures, 'captions.csv')));
    const { set, opened } = await stress({
      truth: csv.toString(),
      families: ['window', 'stain', 'crop'],
      name: 'labels',
    });
    expect(of(set.perturbations, 'window-wide').n).toBe(10);
    expect(of(set.perturbations, 'stain-weak').n).toBe(11);
    const crop = of(set.perturbations, 'crop-75');
    expect(crop.n).toBe(36);
    // Seven labels are on one picture alone.
    expect(crop.queries).toEqual({ self: 36, alike: 29, byWords: 36 });
    expect(crop.alike?.map(({ figure }) => figure)).toEqual([
      'mrr',
      'recall@1',
      'recall@10',
      'ndcg10',
      'map',
    ]);
    expect(crop.byWords?.map(({ figure }) => figure)).toContain('mrr');
    expect(crop.cosine?.value).toBeLessThan(1);
    expect(opened).toMatchObject({
      kind: 'stress',
      name: 'labels',
      textToImage: null,
      settings: { of: 'truth' },
    });
  },
);

test('is the same every time, and two of them are compared in pairs', { timeout: 120_000 }, async () => {
  const request = { captions: true, sample: 12, families: ['blur' as const] };
  const [first, second] = [await stress(request), await stress(request)];
  expect(second.set).toEqual(first.set);
  expect(first.set.sampled).toBe(12);
  const ids = { before: first.opened.evaluationId, after: second.opened.evaluationId };
  const compared = await at.call('evaluation.compare', ids);
  expect(compared.directions).toMatchObject([{ direction: 'imageToImage', matched: 24, onlyBefore: 0 }]);
  expect(compared.directions[0]?.changes.every(({ difference }) => difference?.value === 0)).toBe(true);
  expect(compared.perturbations).toMatchObject([
    { perturbation: 'blur-1', matched: 12 },
    { perturbation: 'blur-2', matched: 12 },
  ]);
});

test(
  'what each change costs is compared by itself, as two sets have measured it',
  { timeout: 120_000 },
  async () => {
    const request = { sample: 12 };
    const [first, second] = [
      await stress({ ...request, families: ['blur', 'rotation'] }),
      await stress({ ...request, families: ['crop', 'blur'] }),
    ];
    const ids = { before: first.opened.evaluationId, after: second.opened.evaluationId };
    const { perturbations, directions } = await at.call('evaluation.compare', ids);
    expect(perturbations.map(({ perturbation }) => perturbation)).toEqual(['blur-1', 'blur-2']);
    expect(directions).toMatchObject([{ matched: 24, onlyBefore: 48, onlyAfter: 24 }]);
    for (const { perturbation, words, changes } of perturbations) {
      const alone = of(second.set.perturbations, perturbation);
      expect(words).toBe(alone.words);
      const mrr = changes.find(({ figure }) => figure === 'mrr');
      expect(mrr?.after).toBeCloseTo(alone.self.find(({ figure }) => figure === 'mrr')?.after ?? 0, 9);
    }
  },
);

test('stores no vector of a changed picture, and nothing of the table', { timeout: 120_000 }, async () => {
  const count = () => {
    const db = read();
    const found = db.prepare<[], number>('select count(*) from embedding').pluck().get();
    db.close();
    return found;
  };
  const before = count();
  const truth = 'itemId,label,patient\n1,secretlabel,Hidden^Name\n2,secretlabel,Other^Name\n3,another,x';
  await stress({ truth, families: ['crop'] });
  expect(count()).toBe(before);
  const db = read();
  const kept = db
    .prepare<[], string>(
      `select group_concat(request) || (select group_concat(figures || settings || queries) from evaluation) from job`,
    )
    .pluck()
    .get();
  db.close();
  expect(kept).toContain('crop-75');
  expect(kept).not.toMatch(/secretlabel|Hidden/);
});

test('a table that cannot be read is refused at once, and is no job', async () => {
  const before = (await at.call('job.list', {})).jobs.length;
  await expect(at.call('evaluation.stress', { truth: 'itemId\n1' })).rejects.toMatchObject({
    code: 'truth.unreadable',
  });
  await expect(at.call('evaluation.stress', { truth: 'itemId,label\n99999,a' })).rejects.toMatchObject({
    code: 'evaluation.empty',
  });
  expect((await at.call('job.list', {})).jobs.length).toBe(before);
});

test('one that is cancelled leaves no evaluation behind', { timeout: 60_000 }, async () => {
  const before = (await at.call('evaluation.list', {})).evaluations.length;
  const { jobId } = await at.call('evaluation.stress', {});
  while (!((await at.call('job.get', { jobId })).stages[0]?.done ?? 0))
    await new Promise((go) => setTimeout(go, 2));
  await at.call('job.cancel', { jobId });
  expect(await at.ended(jobId)).toMatchObject({ state: 'cancelled', evaluationId: null });
  expect((await at.call('evaluation.list', {})).evaluations).toHaveLength(before);
});
