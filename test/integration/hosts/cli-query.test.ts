import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output } from '../../../preload/contract/methods.ts';
import { runCli } from '../../support/cli.ts';
import { removeFolder } from '../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-query-'));
const archive = join(folder, 'Demo.vitrine');
afterAll(() => removeFolder(folder));

const vitrine = (...args: string[]) => runCli(join(folder, 'data'), ...args, '--archive', archive);
async function json<T>(...args: string[]) {
  const { code, stdout } = await vitrine(...args, '--json');
  return { code, document: JSON.parse(stdout) as T };
}

beforeAll(async () => {
  expect((await vitrine('demo')).code).toBe(0);
}, 60_000);

test('abbreviations are written out, left, asked and decided', async () => {
  const search = (...args: string[]) =>
    json<Output<'search.run'>>('search', 'CXR with PE', '--limit', '3', ...args);
  expect((await search()).document.formula).toContain('"chest X-ray with PE"');
  expect((await search('--no-expand')).document.formula).toBe('q = n(1.0·"CXR with PE")');
  const decided = await search('--meaning', 'PE=pleural effusion', '--meaning', 'CXR=');
  expect(decided.document.formula).toContain('"CXR with pleural effusion"');
  const { stdout } = await vitrine('search', 'CXR with PE', '--limit', '1');
  expect(stdout).toContain('CXR = chest X-ray (abbreviations 1+0)');
  expect(stdout).toContain('--meaning "PE=pulmonary embolism"');
}, 60_000);

test('the dictionary is changed, told as it was, and carried from archive to archive', async () => {
  const list = async (...args: string[]) =>
    (await json<Output<'abbreviations.list'>>('abbreviations', 'list', ...args)).document;
  const set = ['set', 'ZZP', '--meaning', 'odd shadow @CT,CR', '--meaning', 'odd cell @SM'];
  expect((await json('abbreviations', ...set)).document).toMatchObject({ version: '1+1' });
  const find = ({ abbreviations }: Output<'abbreviations.list'>) =>
    abbreviations.find((one) => one.short === 'ZZP');
  expect(find(await list())).toMatchObject({
    origin: 'own',
    meanings: [
      { text: 'odd shadow', modalities: ['CT', 'CR'] },
      { text: 'odd cell', modalities: ['SM'] },
    ],
  });
  expect(find(await list('--revision', '0'))).toBeUndefined();
  const path = join(folder, 'dictionary.csv');
  expect((await vitrine('abbreviations', 'export', path)).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toContain('ZZP,odd shadow,CT|CR,\r\n');
  expect((await vitrine('abbreviations', 'remove', 'ZZP')).code).toBe(0);
  expect(find(await list())).toBeUndefined();
  expect((await vitrine('abbreviations', 'import', path)).code).toBe(0);
  expect(find(await list())).toMatchObject({ origin: 'own' });
  writeFileSync(path, 'short,meaning\nA B,x\n');
  expect(await json('abbreviations', 'import', path)).toMatchObject({
    code: 1,
    document: { fault: { code: 'abbreviation.unreadable', details: { row: 2 } } },
  });
}, 60_000);

test('orders and wordings have their commands', async () => {
  const search = async (...args: string[]) =>
    (await json<Output<'search.run'>>('search', 'stained tissue', '--line', '0', ...args)).document;
  const ids = ({ hits }: Output<'search.run'>) => hits.map(({ itemId }) => itemId);
  const ranked = await search();
  const diverse = await search('--order', 'diverse', '--lambda', '0.3');
  expect(ids(diverse)).not.toEqual(ids(ranked));
  expect(ids(diverse).toSorted()).toEqual(ids(ranked).toSorted());
  expect((await vitrine('search', 'x', '--order', 'sideways')).code).toBe(2);
  const compared = await json<Output<'search.wordings'>>(
    'wordings',
    'stained tissue',
    '--wording',
    'a fundus',
    '--k',
    '5',
  );
  expect(compared.document.wordings).toHaveLength(5);
  expect(compared.document.jaccard.map((row, at) => row[at])).toEqual([1, 1, 1, 1, 1]);
  expect(await json('wordings', '--wording', 'alone')).toMatchObject({
    code: 1,
    document: { fault: { code: 'query.wordings' } },
  });
}, 60_000);
