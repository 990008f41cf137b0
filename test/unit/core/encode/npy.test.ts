import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readNpy, writeNpy } from '../../../../main/core/encode/npy.ts';

const folder = mkdtempSync(join(tmpdir(), 'npy-'));
const path = join(folder, 'a.npy');

/** What numpy 2.4 writes for np.array([[1.5, -2], [3, 0]], '<f4'), in base64. */
const byNumpy =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAg' +
  'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAAAA';

test('writes the bytes that numpy writes', async () => {
  await writeNpy(path, Float32Array.of(1.5, -2, 3, 0), [2, 2]);
  expect(readFileSync(path).toString('base64')).toBe(byNumpy);
});

test('reads what it writes, also one dimension and none at all', async () => {
  for (const [shape, length] of [
    [[3], 3],
    [[0, 512], 0],
    [[1, 2, 2], 4],
  ] as const) {
    const data = Float32Array.from({ length }, (_, at) => at / 7);
    await writeNpy(path, data, shape);
    expect(await readNpy(path)).toEqual({ shape: [...shape], data });
  }
});

function numpyFile(header: string, data: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'),
    length,
    Buffer.from(header),
    data,
  ]);
}

test.each([
  ["{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", new Uint8Array([1, 2, 3, 4, 5, 6]), 1],
  ["{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array([1, 0, 0, 128]), 2],
  ["{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array(8).fill(64), 1],
])('reads %s', async (header, bytes, version) => {
  writeFileSync(path, numpyFile(header, bytes, version));
  const { data } = await readNpy(path);
  expect([...new Uint8Array(data.buffer)]).toEqual([...bytes]);
});

test.each([
  ['another file', Buffer.from('hello, this is no array'), 'not a .npy file'],
  [
    'long integers',
    numpyFile("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)),
    'values of type <i8',
  ],
  [
    'column order',
    numpyFile("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", new Uint8Array(4)),
    'not in C order',
  ],
  [
    'a cut file',
    numpyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(7)),
    '7 bytes are not 2,',
  ],
])('refuses %s', async (_what, bytes, reason) => {
  writeFileSync(path, bytes);
  await expect(readNpy(path)).rejects.toMatchObject({ code: 'file.unsupported', details: { path, reason } });
});

test('a file that is not there is unreadable', async () => {
  await expect(readNpy(join(folder, 'none.npy'))).rejects.toMatchObject({ code: 'file.missing' });
});
