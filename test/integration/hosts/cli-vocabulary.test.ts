import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Output } from '../../../preload/contract/methods.ts';
import { openArchive } from '../../../main/core/store/archive.ts';
import { runCli } from '../../support/cli.ts';
import { removeFolder } from '../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-vocabulary-'));
afterAll(() => removeFolder(folder));

test('a vocabulary is brought, listed, looked up and taken away', async () => {
  const archive = join(folder, 'Knots.vitrine');
  openArchive(archive, { create: true, now: new Date(0).toISOString() }).close();
  const path = join(folder, 'knots.csv');
  writeFileSync(path, 'code,display,synonyms\nK1,Blue knot,azure knot\nK2,Red knot\n');
  const vocabulary = async <T>(...args: string[]) => {
    const common = ['--archive', archive, '--json'];
    const { code, stdout } = await runCli(join(folder, 'data'), 'vocabulary', ...args, ...common);
    return { code, document: JSON.parse(stdout) as T };
  };

  expect(await vocabulary('import', path)).toMatchObject({
    code: 1,
    document: { fault: { code: 'vocabulary.unreadable', details: { line: 1 } } },
  });
  const brought = await vocabulary<Output<'vocabulary.import'>>('import', path, '--system', 'Knots');
  expect(brought).toMatchObject({ code: 0, document: { vocabularies: [{ concepts: 2, terms: 3 }] } });
  expect((await vocabulary('list')).document).toEqual(brought.document);
  const text = await runCli(join(folder, 'data'), 'vocabulary', 'find', 'azure', 'kn', '--archive', archive);
  expect(text.stdout).toBe('Knots|K1|Blue knot  (azure knot)\n');
  const id = String(brought.document.vocabularies[0]?.vocabularyId);
  expect((await vocabulary('remove', id)).code).toBe(0);
  expect((await vocabulary('list')).document).toEqual({ vocabularies: [] });
}, 60_000);
