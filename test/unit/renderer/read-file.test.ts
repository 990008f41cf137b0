import { expect, test } from 'vitest';
import { MOST_FILE_BYTES, MOST_TEXT_BYTES } from '../../../preload/contract/bridge.ts';
import { bytesOf, textOf } from '../../../renderer/client/read-file.ts';

/** As a browser gives a file of some size; reading it is what must not happen. */
function fileOf(size: number): Blob {
  const file = new Blob(['a']);
  Object.defineProperty(file, 'size', { value: size });
  for (const name of ['arrayBuffer', 'text'])
    Object.defineProperty(file, name, { value: () => Promise.reject(new Error('it was read')) });
  return file;
}

test.each([
  ['bytes', bytesOf, MOST_FILE_BYTES],
  ['text', textOf, MOST_TEXT_BYTES],
] as const)('a file too large to take as %s is refused before it is read', async (_what, read, limit) => {
  await expect(read(fileOf(limit + 1))).rejects.toMatchObject({
    code: 'request.too-large',
    details: { size: limit + 1, limit },
  });
  await expect(read(fileOf(limit))).rejects.toThrow('it was read');
});

test('a file is given as what it holds', async () => {
  expect(await textOf(new Blob(['größer']))).toBe('größer');
  expect([...(await bytesOf(new Blob([Uint8Array.of(0, 255)])))]).toEqual([0, 255]);
});
