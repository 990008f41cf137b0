import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestCore, removeFolder, type TestCore } from '../support/core.ts';

let at: TestCore;
beforeAll(async () => {
  at = openTestCore();
  await at.call('archive.create', { path: join(at.folder, 'Test.vitrine') });
});
afterAll(async () => {
  await at.close();
  removeFolder(at.folder);
});

test('cancelled while its thread still loads, a work ends alone and not the program', async () => {
  const child = join(import.meta.dirname, 'cancel-child.ts');
  const database = join(at.folder, 'Test.vitrine', 'archive.db');
  const { stdout } = await promisify(execFile)(process.execPath, [child, database]);
  expect((JSON.parse(stdout) as { cancelled: number }).cancelled).toBeGreaterThan(10);
});
