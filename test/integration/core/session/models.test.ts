// Long because models change hands between archives, devices and jobs here, on one set of bundles.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { convertCheckpoint } from '../../../../main/core/encode/convert/convert.ts';
import { readNpy } from '../../../../main/core/encode/npy.ts';
import type { Job } from '../../../../preload/contract/jobs.ts';
import {
  demoPictures,
  openTestCore,
  removeFolder,
  sourceFolder,
  type TestCore,
} from '../../../support/core.ts';
import { smallSize, writeRandomCheckpoint, writeSmallTokenizer } from '../../../support/random-checkpoint.ts';

const checkpoint = join(mkdtempSync(join(tmpdir(), 'models-')), 'small');
const pictures = {
  'chest.dcm': 'ct-chest-nodule-01.dcm',
  'fundus.webp': 'fundus-02.webp',
  'glands.jpg': 'histology-glands-01.jpg',
};
/** Its model and id, as the contract brands them. */
const small = 'small' as never;
const starter = 'starter' as never;
let at: TestCore;
let archive: string;

beforeAll(() => {
  const tokenizer = join(checkpoint, '../tokenizer.json');
  writeSmallTokenizer(tokenizer);
  writeRandomCheckpoint(checkpoint, smallSize, tokenizer);
});
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

/** Puts the small model among the imported ones, without going through a job. */
const addSmall = () => convertCheckpoint({ folder: checkpoint, into: join(at.folder, 'data/models') });

const ask = async (text: string) => {
  const { hits } = await at.call('search.run', { chips: [{ type: 'text', text }], limit: 50 });
  return hits.map(({ itemId, similarity }) => [itemId, similarity]);
};

interface Stored {
  readonly bundle: string;
  readonly dimensions: number;
  readonly region: number;
  readonly vector: Buffer;
}
function stored(): Stored[] {
  const db = new Database(join(archive, 'archive.db'), { readonly: true });
  const rows = db
    .prepare(
      `select model.bundle_id as bundle, model.dimensions, embedding.region_id as region, embedding.vector
       from embedding join model on model.id = embedding.model_id order by model.id, region`,
    )
    .all() as Stored[];
  db.close();
  return rows;
}

describe('importing a checkpoint', () => {
  test('is a job that tells its stages, and ends with the bundle`s parity record', async () => {
    const stages = new Set<string>();
    at.core.on((event, payload) => {
      if (event === 'job.changed') for (const { name } of (payload as Job).stages) stages.add(name);
    });
    const job = await at.ended((await at.call('model.import', { folder: checkpoint })).jobId);
    expect(job).toMatchObject({ kind: 'model-import', title: 'small', state: 'done', fault: null });
    expect(job.result).toMatchObject({ id: 'small', parity: { fp32: { passed: true } } });
    expect([...stages]).toEqual(expect.arrayContaining(['reading the checkpoint', 'checking fp32']));
    const { models } = await at.call('model.list', {});
    expect(models.map(({ id, active, embedded }) => [id, active, embedded])).toEqual([
      ['starter', true, 3],
      ['small', false, 0],
    ]);
    const files = await at.call('model.verify', { id: small });
    expect(files.files).toBeGreaterThan(3);
  });

  test('that is refused leaves no bundle and says why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'empty-'));
    const job = await at.ended((await at.call('model.import', { folder })).jobId);
    expect(job).toMatchObject({ state: 'failed', fault: { code: 'checkpoint.missing' } });
    expect((await at.call('model.list', {})).models).toHaveLength(1);
  });
});

describe('switching the model', () => {
  test('search answers from the old one until all is read again, then from the new one alone', async () => {
    await addSmall();
    const before = await ask('chest');
    const { jobId } = await at.call('model.activate', { id: small });
    if (jobId === null) throw new Error('nothing to read again');
    await at.call('job.pause', { jobId });
    expect(await ask('chest')).toEqual(before);
    expect((await at.call('app.info', {})).model?.id).toBe('starter');
    await at.call('job.resume', { jobId });
    expect(await at.ended(jobId)).toMatchObject({ kind: 'reembed', state: 'done', notices: [] });
    expect((await at.call('app.info', {})).model?.id).toBe('small');

    // Vectors of both are kept, each of its own model's length, three each.
    const rows = stored();
    expect(rows.map(({ bundle }) => bundle)).toEqual([
      ...Array(3).fill('starter'),
      ...Array(3).fill('small'),
    ]);
    for (const { vector, dimensions } of rows) expect(vector.length).toBe(4 * dimensions);

    // What search says now is the new model's text vector times the new model's picture vectors.
    const out = join(at.folder, 'chest.npy');
    await at.call('model.encode', { modelId: small, input: { is: 'texts', texts: ['chest'] }, out });
    const query = (await readNpy(out)).data as Float32Array;
    const expected = rows
      .filter(({ bundle }) => bundle === 'small')
      .map(({ vector }) =>
        query.reduce((sum, value, index) => sum + value * vector.readFloatLE(4 * index), 0),
      )
      .sort((a, b) => b - a);
    const found = (await ask('chest')).map(([, similarity]) => similarity as number);
    expect(found).toHaveLength(3);
    found.forEach((similarity, index) => expect(similarity).toBeCloseTo(expected[index] ?? NaN, 5));

    const { entries } = await at.call('model.history', {});
    expect(entries.map(({ modelId }) => modelId)).toEqual(['small', 'starter']);
    expect(new Set(entries.map(({ identity }) => identity)).size).toBe(2);
  });

  test('back again is at once, since its vectors were kept', async () => {
    await addSmall();
    const before = await ask('fundus');
    const { jobId } = await at.call('model.activate', { id: small });
    await at.ended(jobId ?? 0);
    expect(await at.call('model.activate', { id: starter })).toEqual({ jobId: null });
    expect(await ask('fundus')).toEqual(before);
  });

  test('a change of mind ends the job, and the archive stays as it was', async () => {
    await addSmall();
    const before = await ask('fundus');
    const { jobId } = await at.call('model.activate', { id: small });
    if (jobId === null) throw new Error('nothing to read again');
    await at.call('job.pause', { jobId });
    await at.call('model.activate', { id: starter });
    expect((await at.ended(jobId)).state).toBe('cancelled');
    expect(await ask('fundus')).toEqual(before);
    expect((await at.call('app.info', {})).model?.id).toBe('starter');
  });

  test('what is imported meanwhile is found by the new model too', async () => {
    await addSmall();
    const { jobId } = await at.call('model.activate', { id: small });
    if (jobId === null) throw new Error('nothing to read again');
    await at.call('job.pause', { jobId });
    const more = sourceFolder(join(at.folder, 'more'), { 'chart.png': 'chart-01.png' });
    expect((await at.import(more)).counts).toMatchObject({ added: 1 });
    await at.call('job.resume', { jobId });
    await at.ended(jobId);
    expect(await ask('chest')).toHaveLength(4);
    expect(stored().filter(({ bundle }) => bundle === 'small')).toHaveLength(4);
  });

  test('a bundle that was altered is refused, and the old model goes on', async () => {
    await addSmall();
    const graph = join(at.folder, 'data/models/small/image.fp32.onnx');
    const bytes = readFileSync(graph);
    bytes[900] = (bytes[900] ?? 0) ^ 1;
    writeFileSync(graph, bytes);
    await expect(at.call('model.activate', { id: small })).rejects.toMatchObject({ code: 'model.altered' });
    expect((await at.call('app.info', {})).model?.id).toBe('starter');
    expect(await ask('chest')).toHaveLength(3);
  });

  test('survives the end of the program in the middle of it', async () => {
    await addSmall();
    const { jobId } = await at.call('model.activate', { id: small });
    if (jobId === null) throw new Error('nothing to read again');
    await at.call('job.pause', { jobId });
    await at.close();
    at = openTestCore({ folder: at.folder });
    await at.call('archive.open', { path: archive });
    expect((await at.call('app.info', {})).model?.id).toBe('starter');
    const again = await at.call('model.activate', { id: small });
    expect((await at.ended(again.jobId ?? 0)).state).toBe('done');
    expect((await at.call('app.info', {})).model?.id).toBe('small');
  });
});

describe('removing', () => {
  test('the one in use, and the one that comes with the program, stay', async () => {
    await addSmall();
    await expect(at.call('model.remove', { id: starter })).rejects.toMatchObject({ code: 'model.active' });
    const { jobId } = await at.call('model.activate', { id: small });
    await at.ended(jobId ?? 0);
    await expect(at.call('model.remove', { id: small })).rejects.toMatchObject({ code: 'model.active' });
    await expect(at.call('model.remove', { id: starter })).rejects.toMatchObject({ code: 'model.shipped' });
  });

  test('one that a job reads with stays until the job has ended', async () => {
    await addSmall();
    const { jobId } = await at.call('model.activate', { id: small });
    if (jobId === null) throw new Error('nothing to read again');
    await at.call('job.pause', { jobId });
    await expect(at.call('model.remove', { id: small })).rejects.toMatchObject({ code: 'model.busy' });
    await at.call('job.cancel', { jobId });
    expect((await at.ended(jobId)).state).toBe('cancelled');
    expect(await at.call('model.remove', { id: small })).toEqual({ removed: true });
    expect(await ask('chest')).toHaveLength(3);
  });

  test('another one goes, its name is free again, and its use stays on record', async () => {
    await addSmall();
    const { jobId } = await at.call('model.activate', { id: small });
    await at.ended(jobId ?? 0);
    await at.call('model.activate', { id: starter });
    expect(await at.call('model.remove', { id: small })).toEqual({ removed: true });
    expect((await at.call('model.list', {})).models.map(({ id }) => id)).toEqual(['starter']);
    await addSmall();
    // The same weights make the same space: nothing has to be read again.
    expect(await at.call('model.activate', { id: small })).toEqual({ jobId: null });
    const { entries } = await at.call('model.history', {});
    expect(entries.map(({ modelId }) => modelId)).toEqual(['small', 'starter', 'small', 'starter']);
  });
});

describe('devices', () => {
  test('a device is chosen in the middle of an import without stopping it', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    at.core.on((event, payload) => {
      const { stages } = payload as Job;
      if (event === 'job.changed' && stages.some(({ name, done }) => name === 'Read files' && done > 3))
        begin();
    });
    const { jobId } = await at.call('import.start', { folders: [demoPictures] });
    await begun;
    const { devices, override } = await at.call('device.choose', { id: 'cpu' });
    expect(override).toBe('cpu');
    expect(devices.find(({ id }) => id === 'cpu')).toMatchObject({ chosen: true, available: true });
    expect(await at.ended(jobId)).toMatchObject({ state: 'done', fault: null, counts: { failed: 0 } });
  });

  test('how pictures are best encoded is remembered for the next start', async () => {
    const { plans } = JSON.parse(readFileSync(join(at.folder, 'data/settings.json'), 'utf8'));
    expect(Object.values(plans)).toMatchObject([{ device: 'cpu', batchSize: expect.any(Number) as number }]);
  });

  test('an impossible one is refused with its reason', async () => {
    await expect(at.call('device.choose', { id: 'abacus' })).rejects.toMatchObject({
      code: 'device.unavailable',
      details: { reason: 'no device of that name' },
    });
  });
});
