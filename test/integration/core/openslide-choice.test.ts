import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';

import { findOpenSlide } from '../../../main/core/imaging/slide/openslide/library.ts';
import { userSettings } from '../../../main/core/session/user-settings.ts';
import { commandLineMethods } from '../../../preload/contract/methods.ts';
import { openProgram } from '../../support/program.ts';
import { hasShared, shared } from '../../support/shared.ts';

const program = openProgram();
const library = await findOpenSlide();
const foreign = hasShared ? shared('data/slides/test3-DAPI-2-(387).ndpi') : '';

afterEach(() => delete process.env['VITRINE_OPENSLIDE']);
afterAll(() => program.close());

const kept = () => userSettings(join(program.folder, 'data/settings.json'), () => undefined).get().openSlide;
const inspected = async () => {
  const { files } = await program.call('file.inspect', { paths: [foreign] });
  return files[0]?.fault?.code ?? files[0]?.inspection?.kind;
};

test('a window can ask what is there and cannot name a file to load', () => {
  expect(commandLineMethods.has('openslide.state')).toBe(false);
  expect(commandLineMethods.has('openslide.choose')).toBe(true);
});

test('what is no library is refused, and what was chosen before stays', async () => {
  const text = join(program.folder, 'libopenslide.so.0');
  writeFileSync(text, 'no library');
  for (const path of [text, join(program.folder, 'nowhere.so'), 'libc.so.6'])
    await expect(program.call('openslide.choose', { path })).rejects.toMatchObject({
      code: 'openslide.unusable',
    });
  expect(kept()).toBeNull();
});

test.skipIf(!library)('a chosen one is used from now on and remembered; null goes back', async () => {
  const name = library?.name ?? '';
  const chosen = await program.call('openslide.choose', { path: name });
  expect(chosen).toMatchObject({ version: library?.version, from: 'chosen', name });
  expect(kept()).toBe(name);
  expect(await program.call('openslide.choose', { path: null })).toMatchObject({ from: 'usual', name });
  expect(kept()).toBeNull();
});

test.skipIf(!library || !hasShared)('the environment comes first, and decoding follows at once', async () => {
  expect(await inspected()).toBe('slide');
  process.env['VITRINE_OPENSLIDE'] = 'none';
  // A thread has the environment of its start.
  const without = openProgram();
  try {
    expect(await without.call('openslide.state', {})).toMatchObject({ version: null, from: 'environment' });
    const { files } = await without.call('file.inspect', { paths: [foreign] });
    expect(files[0]?.fault?.code).toBe('slide.needs-openslide');
  } finally {
    await without.close();
  }
});
