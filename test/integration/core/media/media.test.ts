import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mediaFolder } from '../../../../main/core/media/media.ts';
import { removeFolder } from '../../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-media-'));
const media = mediaFolder(join(folder, 'media'));
afterAll(() => removeFolder(folder));
const bytes = new Uint8Array([1, 2, 3]);

test('a derived file is named by its own content and written once, whole', async () => {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const name = await media.write('thumb', bytes, 'webp');
  expect(name).toBe(`thumb/${hash.slice(0, 2)}/${hash}.webp`);
  expect(await media.write('thumb', bytes, 'webp')).toBe(name);
  const path = await media.find(name);
  expect(path && new Uint8Array(readFileSync(path))).toEqual(bytes);
  expect(readdirSync(join(folder, 'media/thumb', hash.slice(0, 2)))).toEqual([`${hash}.webp`]);
});

test.each(['../archive.db', 'thumb/../../archive.db', 'thumb/ab/short.webp', '/etc/passwd', ''])(
  'finds nothing outside of its folder: %j',
  async (name) => {
    expect(await media.find(name)).toBeNull();
  },
);

test('a place that cannot be written is a fault with the system’s code, and leaves nothing behind', async () => {
  writeFileSync(join(folder, 'file'), 'in the way');
  await expect(mediaFolder(join(folder, 'file')).write('full', bytes, 'webp')).rejects.toMatchObject({
    code: 'archive.unwritable',
    details: { system: 'ENOTDIR' },
  });
});
