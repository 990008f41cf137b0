import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../../main/core/encode/npy.ts';
import { demoPictures, removeFolder } from '../../support/core.ts';
import { runCli, spawnCli } from '../../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-'));
const data = join(folder, 'data');
const archive = join(folder, 'Demo.vitrine');

/** The one document on standard output. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await runCli(data, ...args, '--json');
  expect(stdout.trim().split('\n'), stderr).toHaveLength(1);
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
}

beforeAll(async () => {
  const { code, document } = await json('demo', '--archive', archive);
  expect(code).toBe(0);
  expect(document).toMatchObject({ archive, counts: { seen: 38, added: 36, failed: 0, skipped: 2 } });
}, 60_000);
afterAll(() => removeFolder(folder));

describe('exit codes', () => {
  test.each([
    ['no archive', ['items']],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['items', '--archive', archive, '--frob']],
    ['a number that is none', ['items', '--archive', archive, '--limit', 'many']],
    ['no file', ['inspect']],
    ...[
      ['item', 'first'],
      ['more', '1', 'second'],
      ['more', '1', '--not', 'second'],
      ['search', 'x', '--item', 'first'],
      ['search', 'x', '--line', 'high'],
      ['search', 'x', '--lambda', ''],
      ['search', 'x', '--apart-from', 'hospital'],
      ['similar', 'first'],
      ['judge', 'mark', 'a', '1', 'yes'],
      ['judge', 'mark', '1', '1', 'perhaps'],
      ['evaluations', 'compare', '1', 'b'],
      ['heatmap', 'first', 'x', '--out', 'x.png'],
      ['embed-slides', 'all'],
      ['embed-slides', '1', '--mpp', 'half'],
      ['pool-slides', 'all'],
      ['similar-slides', 'first'],
      ['quarantine', 'release', 'all', '--reason', 'a long enough reason'],
      ['abbreviations', 'list', '--revision', 'last'],
    ].map((args) => [args.join(' '), [...args, '--archive', archive]] as [string, string[]]),
  ])('2 for wrong usage: %s', async (_what, args) => {
    const { code, stdout } = await runCli(data, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  test.each([
    ['archive.missing', ['items', '--archive', join(folder, 'None.vitrine')]],
    ['item.unknown', ['item', '999', '--archive', archive]],
    ['item.unknown', ['more', '1', '999', '--archive', archive]],
    ['query.empty', ['search', '--archive', archive]],
    ['filter.invalid', ['items', '--archive', archive, '--where', '!!']],
    ['model.missing', ['models', 'verify', 'nothing']],
    ['source.missing', ['import', join(folder, 'nothing'), '--archive', archive]],
    ['file.missing', ['search', '--image', join(folder, 'nothing.png'), '--archive', archive]],
    ['file.unreadable', ['search', '--image', folder, '--archive', archive]],
  ])('1 and a document for the fault %s', async (fault, args) => {
    const { code, document } = await json(...args);
    expect(code).toBe(1);
    expect(document).toMatchObject({ fault: { code: fault, message: expect.any(String) as string } });
  });

  test('for people a fault is a sentence with its code, on standard error', async () => {
    const { code, stdout, stderr } = await runCli(data, 'item', '999', '--archive', archive);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('No item of that number in this archive. (item.unknown)');
  });

  test('help and version are answers', async () => {
    expect(await runCli(data, '--version')).toMatchObject({ code: 0 });
    expect((await runCli(data, '--help')).stdout).toContain('import');
  });
});

describe('what it answers', () => {
  test('search by words: the page is a part of the longer list', async () => {
    const hits = async (...more: string[]) =>
      (await json('search', 'ct of the head', '--archive', archive, ...more)).document['hits'] as {
        itemId: number;
        similarity: number;
        path: string;
      }[];
    const all = await hits('--limit', '36');
    expect(all).toHaveLength(36);
    expect(all[0]?.path).toContain('ct-head');
    expect(all.map(({ similarity }) => similarity)).toEqual(
      all.map(({ similarity }) => similarity).toSorted((a, b) => b - a),
    );
    expect(await hits('--limit', '5')).toEqual(all.slice(0, 5));
    expect(await hits('--limit', '5', '--offset', '5')).toEqual(all.slice(5, 10));
  });

  test('search by item leaves the item out; must-not words push down', async () => {
    const { document } = await json('search', '--item', '5', '--archive', archive);
    expect(document['hits']).toHaveLength(35);
    const plus = await json('search', 'a radiograph', '--archive', archive, '--limit', '36');
    const minus = await json(
      'search',
      'a radiograph',
      '--minus',
      'fracture',
      '--archive',
      archive,
      '--limit',
      '36',
    );
    const place = ({ document }: typeof plus) =>
      (document['hits'] as { path: string }[]).findIndex(({ path }) => path === 'xray-bone-fracture-01.dcm');
    expect(place(minus)).toBeGreaterThan(place(plus));
  });

  test('more like these: examples are left out, and what is unwanted goes down', async () => {
    const ids = async (path: string) => {
      const { document } = await json('items', '--archive', archive, '--where', `path~${path}`);
      return (document['items'] as { itemId: number }[]).map(({ itemId }) => itemId);
    };
    const [heads, chests] = [await ids('ct-head'), await ids('ct-chest')];
    const example = String(heads[0]);
    const found = async (...unwanted: string[]) => {
      const { document } = await json('more', example, '--archive', archive, '--limit', '36', ...unwanted);
      return document as { hits: { itemId: number; similarity: number }[]; learned: { method: string } };
    };
    const plain = await found();
    const apart = await found('--not', String(chests[0]));
    expect(plain.learned.method).toBe('rocchio');
    expect(plain.hits.map(({ itemId }) => itemId)).not.toContain(heads[0]);
    expect(heads).toContain(plain.hits[0]?.itemId);
    expect(apart.hits.map(({ itemId }) => itemId)).not.toContain(chests[0]);
    const other = ({ hits }: typeof plain) =>
      hits.find(({ itemId }) => itemId === chests[1])?.similarity ?? NaN;
    expect(other(apart)).toBeLessThan(other(plain) - 0.01);
  });

  test('items by filter, and one item', async () => {
    const { document } = await json('items', '--archive', archive, '--where', 'modality=CT', '--limit', '2');
    expect(document).toMatchObject({ total: 8, items: [{ modality: 'CT' }, { modality: 'CT' }] });
    const [{ itemId }] = document['items'] as [{ itemId: number }];
    expect((await json('item', String(itemId), '--archive', archive)).document).toMatchObject({
      itemId,
      kind: 'dicom',
      regions: [{ embedded: true }],
    });
  });

  test('inspect: one file is an object, several are a list with faults inside', async () => {
    const dicom = join(demoPictures, 'ct-head-normal-01.dcm');
    expect((await json('inspect', dicom)).document).toMatchObject({
      kind: 'dicom',
      photometric: 'MONOCHROME2',
    });
    const { code, document } = await json('inspect', dicom, join(demoPictures, 'README.md'));
    expect(code).toBe(0);
    expect(document).toMatchObject({ files: [{ kind: 'dicom' }, { fault: { code: 'file.unsupported' } }] });
  });

  test.each([
    ['full', 384],
    ['model-view', 112],
  ])('render --as %s writes a PNG of %d pixels', async (as, size) => {
    const out = join(folder, `${as}.png`);
    const { document } = await json('render', join(demoPictures, 'fundus-01.jpg'), '--as', as, '--out', out);
    expect(document).toMatchObject({ path: out, width: size, height: size });
    expect(await sharp(out).metadata()).toMatchObject({ format: 'png', width: size, height: size });
  });

  test('render takes the number of an item', async () => {
    const out = join(folder, 'item.png');
    expect((await json('render', '1', '--archive', archive, '--out', out)).document).toMatchObject({
      path: out,
    });
    expect(existsSync(out)).toBe(true);
  });

  test('label: every item with its labels, best first', async () => {
    const panel = join(folder, 'panel.json');
    const labels = ['ct', 'radiograph', 'histology'].map((name) => ({ name }));
    writeFileSync(
      panel,
      JSON.stringify({ name: 'Kind', labels, templates: ['{label}', 'a picture of {label}'] }),
    );
    const { document } = await json('label', '--panel', panel, '--archive', archive);
    const predictions = document['predictions'] as { ranked: { probability: number }[] }[];
    expect(predictions).toHaveLength(36);
    for (const { ranked } of predictions) {
      expect(ranked).toHaveLength(3);
      expect(ranked.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  });

  test('encode: unit vectors row by row', async () => {
    const texts = join(folder, 'texts.jsonl');
    const out = join(folder, 'texts.npy');
    writeFileSync(texts, '"a"\n"ct of the chest"\n');
    const { document } = await json('encode', '--model', 'starter', '--texts', texts, '--out', out);
    expect(document).toMatchObject({ rows: 2 });
    const { shape, data: values } = await readNpy(out);
    expect(shape[0]).toBe(2);
    const row = values.subarray(0, shape[1]);
    expect(Math.hypot(...row)).toBeCloseTo(1, 5);
  });

  test('a second demo adds nothing', async () => {
    expect((await json('demo', '--archive', archive)).document).toEqual({ archive, items: 36 });
  });

  test('import --dry-run counts and makes nothing', async () => {
    const other = join(folder, 'Dry.vitrine');
    const { document } = await json('import', demoPictures, '--archive', other, '--dry-run');
    expect(document).toMatchObject({ files: 38, known: 0 });
    expect((await json('items', '--archive', other)).document).toMatchObject({ total: 0 });
  });
});

test('serve prints its address, answers there and ends when asked', async () => {
  const child = spawnCli(data, ['serve', '--archive', archive, '--json']);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(chunk.toString()) as { url: string };
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(302);
  expect((await fetch(new URL('/', url))).status).toBe(403);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  // The archive was given back.
  expect((await json('items', '--archive', archive, '--limit', '1')).code).toBe(0);
});

test('the log names no file and no folder of the user', () => {
  const log = readFileSync(join(data, 'logs/vitrine.log'), 'utf8');
  expect(log).not.toContain('fundus');
  expect(log).not.toContain(folder);
});
