import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyArchive } from '../../../../main/core/session/verify-archive.ts';
import { openReader } from '../../../../main/core/store/database.ts';
import { verifyDatabase } from '../../../../main/core/store/verify.ts';
import { openTestCore, removeFolder, sourceFolder, type TestCore } from '../../../support/core.ts';

let at: TestCore;
let archive: string;
beforeEach(async () => {
  at = openTestCore();
  archive = join(at.folder, 'A.vitrine');
  await at.core.openOrCreate(archive);
  await at.import(sourceFolder(join(at.folder, 'originals'), { 'fundus.webp': 'fundus-02.webp' }));
});
afterEach(async () => {
  await at.close();
  expect(at.defects).toEqual([]);
  removeFolder(at.folder);
});

test('what threads find in a file that is damaged is said as damage, not as a defect', async () => {
  await at.close();
  at = openTestCore({ folder: at.folder });
  await at.call('archive.open', { path: archive });
  const path = join(archive, 'archive.db');
  const pageBytes = 16384;
  const file = openSync(path, 'r+');
  // All but the page that says what is in the file.
  for (let from = pageBytes; from < statSync(path).size; from += pageBytes)
    writeSync(file, Buffer.alloc(pageBytes, 0xab), 0, pageBytes, from);
  closeSync(file);
  const damaged = { code: 'archive.damaged' };
  await expect(at.call('archive.verify', {})).rejects.toMatchObject(damaged);
  await expect(at.call('evaluation.captions', {})).rejects.toMatchObject(damaged);
});

test('the check asks again and again whether somebody waits for it', () => {
  const db = openReader(join(archive, 'archive.db'));
  let asked = 0;
  const stop = new Error('nobody waits');
  const until = (most: number) => () => {
    asked += 1;
    if (asked >= most) throw stop;
  };
  expect(() => verifyDatabase(db, until(Infinity))).not.toThrow();
  const all = asked;
  expect(all).toBeGreaterThan(4);
  for (let most = 1; most <= all; most += 1) {
    asked = 0;
    expect(() => verifyDatabase(db, until(most))).toThrow(stop);
  }
  db.close();
});

test('a check that is cancelled is answered at once and takes nothing with it', async () => {
  const abort = new AbortController();
  const session = { archive: { databasePath: join(archive, 'archive.db') } } as never;
  const checked = verifyArchive(session, abort.signal);
  abort.abort(new Error('cancelled'));
  await expect(checked).rejects.toThrow('cancelled');
  expect(await at.call('archive.verify', {})).toMatchObject({ clean: true });
});
