import { appendFileSync, cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoPictures, removeFolder } from '../../support/core.ts';
import { runCli } from '../../support/cli.ts';

const home = mkdtempSync(join(tmpdir(), 'vitrine-cli-saved-'));
const archive = join(home, 'A.vitrine');
const source = join(home, 'in');
const run = (...args: string[]) => runCli(home, ...args, '--archive', archive);
async function json<T>(...args: string[]): Promise<T> {
  const { stdout } = await run(...args, '--json');
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  mkdirSync(source);
  for (const name of ['dermoscopy-01.jpg', 'chart-01.png', 'fundus-01.jpg', 'xray-chest-frontal-01.dcm'])
    cpSync(join(demoPictures, name), join(source, name));
  await run('import', source);
}, 120_000);
afterAll(() => removeFolder(home));

test('a search is saved, compared after an import, and what came is told with the reason', async () => {
  const kept = await json<{ name: string; result: { standOut: number } }>(
    'saved',
    'save',
    'Skin',
    'dermoscopy',
  );
  expect(kept).toMatchObject({ name: 'Skin', result: { total: 4 } });
  const copy = join(source, 'another.jpg');
  cpSync(join(demoPictures, 'dermoscopy-01.jpg'), copy);
  appendFileSync(copy, 'other content');
  await run('import', source);
  const { stdout } = await run('saved', 'compare', 'skin');
  expect(stdout).toMatch(/^1 new, 0 gone, \d stayed since /);
  expect(stdout).toMatch(/new +\d+ +another\.jpg +Imported on \d{4}-\d{2}-\d{2}\./);
  const found = await json<{ hits: { path: string }[] }>('saved', 'run', 'Skin', '--limit', '2');
  expect(found.hits.map(({ path }) => path).sort()).toEqual(['another.jpg', 'dermoscopy-01.jpg']);
  expect((await run('saved', 'freeze', 'Skin')).code).toBe(0);
  const within = await json<{ total: number }>('items', '--where', 'saved="Skin"');
  expect(within.total).toBe(kept.result.standOut + 1);
});

test('goes out as a file and comes in under another name; what is removed is brought back by undo', async () => {
  const out = join(home, 'skin.json');
  await run('saved', 'export', 'Skin', '--out', out);
  expect((await run('saved', 'import', out)).stderr).toContain('saved.exists');
  expect((await run('saved', 'import', out, '--name', 'Skin 2')).code).toBe(0);
  await run('saved', 'rename', 'Skin 2', 'Moles');
  await run('saved', 'remove', 'Moles');
  expect((await run('saved', 'run', 'Moles')).stderr).toContain('saved.unknown');
  expect((await run('undo')).stdout.trim()).toBe('remove the saved search “Moles”');
  const { stdout } = await run('saved', 'list');
  expect(stdout).toMatch(/^Moles/m);
  expect(stdout).toMatch(/^Skin/m);
}, 120_000);

test('the history is switched on, listed, switched off, cleared; what is no option is wrong usage', async () => {
  await run('search', 'asked before it was on');
  await run('history', 'on');
  await run('search', 'a chest x-ray');
  const listed = (await run('history', 'list')).stdout;
  expect(listed).toContain('"a chest x-ray"');
  expect(listed).not.toContain('asked before');
  await run('history', 'off');
  await run('search', 'not to be logged');
  expect((await run('history', 'list')).stdout).not.toContain('not to be logged');
  expect((await run('history', 'clear')).stdout).toMatch(/^\d+ forgotten/);
  expect((await run('saved', 'save', 'X', 'words', '--order', 'no-order')).code).toBe(2);
  expect((await run('saved', 'save', 'X')).stderr).toContain('query.empty');
}, 120_000);
