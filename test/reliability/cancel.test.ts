import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { findOpenSlide } from '../../main/core/imaging/slide/openslide/library.ts';
import { makeSlide } from '../support/generated-slide.ts';
import { hasShared, shared } from '../support/shared.ts';
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

test('cancelled at any moment of its thread’s start, decoding ends alone and not the program', async () => {
  const file = join(at.folder, 'slide.tif');
  await makeSlide(file, 1024, 768);
  const child = join(import.meta.dirname, 'decode-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child, file]);
  expect((JSON.parse(stdout) as { cancelled: number }).cancelled).toBeGreaterThan(3);
});

const foreign = hasShared ? shared('data/slides/test3-DAPI-2-(387).ndpi') : '';
test.skipIf(!hasShared || !(await findOpenSlide()))(
  'nor while libopenslide is loaded and called',
  async () => {
    const child = join(import.meta.dirname, 'decode-child.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [child, foreign]);
    expect((JSON.parse(stdout) as { cancelled: number }).cancelled).toBeGreaterThan(3);
  },
);
