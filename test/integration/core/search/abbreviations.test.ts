import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { abbreviationStore } from '../../../../main/core/store/abbreviations.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { addItems, encodeTexts, randomNumbers, vectorArchive } from '../../../support/search-archive.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let made: ReturnType<typeof vectorArchive>;
let search: Search;

beforeAll(() => {
  made = vectorArchive();
  const { archive, model } = made;
  const items = addItems(archive, model, 60, randomNumbers(5));
  archive.db.exec("update item set modality = 'CT'");
  archive.db
    .prepare("insert into attribute (item_id, name, text) values (?, 'caption', 'Ductal carcinoma in situ')")
    .run(items[9]?.itemId);
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  search = createSearch({ ...parts, resident: false });
});
afterAll(async () => {
  await search.close();
  made.remove();
});

const run = (text: string, more: Partial<Input<'search.run'>> = {}) =>
  search.run(
    methods['search.run'].input.parse({ chips: [{ type: 'text', text }], ...more }),
    new AbortController().signal,
  );

test('a query is written out before it is encoded, and its formula says how and by which dictionary', async () => {
  const short = await run('GGO');
  const long = await run('ground-glass opacity');
  expect(short.hits).toEqual(long.hits);
  expect(short.line).toBe(long.line);
  expect(short.formula).toBe(
    'q = n(1.0·"ground-glass opacity"); GGO = ground-glass opacity (abbreviations 1+0)',
  );
  expect((await run('GGO', { expand: false })).hits).not.toEqual(short.hits);
});

test('an ambiguous one is left as typed and asks; the modalities of the archive say what is offered first', async () => {
  const asked = await run('PE');
  expect(asked.formula).toBe('q = n(1.0·"PE")');
  expect(asked.abbreviations.found).toMatchObject([
    { short: 'PE', used: null, suggested: 'pulmonary embolism' },
  ]);
  const chosen = await run('PE', { meanings: { PE: 'pericardial effusion' } });
  expect(chosen.hits).toEqual((await run('pericardial effusion')).hits);
});

test('words find what is written out, and what is short', async () => {
  const { hits, total } = await run('DCIS', { match: 'words' });
  expect(total).toBe(1);
  expect(hits[0]?.why?.found).toEqual(expect.arrayContaining(['ductal', 'situ']));
  expect((await run('DCIS', { match: 'words', expand: false })).total).toBe(0);
});

test('changes make versions, every one of which can be told again', async () => {
  const { abbreviations } = search;
  const meanings = [{ text: 'odd tissue', modalities: [] }];
  const added = abbreviations.set([{ short: 'XOT', exact: false, meanings }]);
  expect(added.version).toBe('1+1');
  expect((await run('xot')).formula).toContain('XOT = odd tissue (abbreviations 1+1)');
  abbreviations.remove('GGO');
  expect((await run('GGO')).abbreviations.found).toEqual([]);
  abbreviations.restore('GGO');
  expect((await run('GGO')).formula).toContain('GGO = ground-glass opacity (abbreviations 1+3)');
  const has = (short: string, revision?: number) =>
    abbreviations.list(revision).abbreviations.find((one) => one.short === short)?.origin;
  expect([has('XOT', 0), has('XOT', 1), has('GGO', 1), has('GGO', 2), has('GGO', 3)]).toEqual([
    ...[undefined, 'own', 'list', undefined, 'list'],
  ]);
  expect(() => abbreviations.remove('NOSUCH')).toThrow(
    expect.objectContaining({ code: 'abbreviation.unknown' }),
  );
});

test('a table goes out and comes in again as it was; a wrong one names its row and changes nothing', () => {
  const { abbreviations } = search;
  const before = abbreviations.list();
  const { text } = abbreviations.exported();
  const done = abbreviations.importTable(text);
  expect(done.imported).toBe(before.abbreviations.length);
  const plain = ({ abbreviations: all }: typeof before) =>
    all.map(({ short, exact, meanings }) => ({ short, exact, meanings }));
  expect(plain(abbreviations.list())).toEqual(plain(before));
  for (const [table, row] of [
    ['short,meaning\nOK1,fine\nno good!,x', 3],
    ['short,meaning\nOK1,', 2],
    ['nothing', 1],
  ] as const)
    expect(() => abbreviations.importTable(table)).toThrow(
      expect.objectContaining({ code: 'abbreviation.unreadable', details: expect.objectContaining({ row }) }),
    );
  expect(abbreviations.list().revision).toBe(done.revision);
});

test('an archive of the first version keeps its data and takes changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const path = join(folder, 'archive.db');
  const old = openDatabase(path, migrations.slice(0, 1));
  old.exec(`insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
    values (1, 'image', '${'1'.padStart(64, '0')}', 1, 1, 1, 1, 'now')`);
  old.close();
  const db = openDatabase(path);
  expect(db.prepare('select count(*) from item').pluck().get()).toBe(1);
  const store = abbreviationStore(db);
  expect([store.revision(), store.changes(9)]).toEqual([0, []]);
  expect(store.change([{ short: 'A', to: 'removed' }], 'now')).toBe(1);
  expect(store.changes(1)).toEqual([{ short: 'A', to: 'removed' }]);
  db.close();
  rmSync(folder, { recursive: true });
});
