import { expect, test } from 'vitest';

import { readPickle, type Globals } from '../../../../../main/core/encode/convert/pickle.ts';

const globals: Globals = new Map([['known pair', (args) => ({ made: args })]]);
const read = (...bytes: number[]) =>
  readPickle(Uint8Array.from(bytes), 0, { file: 'x.bin', globals, persistent: (id) => ({ stored: id }) });
const text = (letters: string) => [0x8c, letters.length, ...Buffer.from(letters)];
const line = (letters: string) => [...Buffer.from(`${letters}\n`)];
const STOP = 0x2e;

test.each([
  // what, bytes, value
  ['None, True, False', [0x28, 0x4e, 0x88, 0x89, 0x74, STOP], [null, true, false]],
  ['a negative BININT', [0x4a, 0xfe, 0xff, 0xff, 0xff, STOP], -2],
  ['LONG1 of two bytes', [0x8a, 2, 0x00, 0x80, STOP], -32_768],
  ['LONG1 beyond a double', [0x8a, 8, 1, 0, 0, 0, 0, 0, 0, 0x40, STOP], 2n ** 62n + 1n],
  ['BINFLOAT, big-endian', [0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, STOP], 1.5],
  ['a dictionary', [0x7d, ...text('a'), 0x4b, 1, 0x73, STOP], new Map([['a', 1]])],
  ['a kept value, recalled', [...text('b'), 0x94, 0x68, 0, 0x86, STOP], ['b', 'b']],
  [
    'a call of a known global',
    [0x63, ...line('known'), ...line('pair'), 0x4b, 7, 0x85, 0x52, STOP],
    { made: [7] },
  ],
  [
    'the same named from the stack',
    [...text('known'), ...text('pair'), 0x93, 0x29, 0x52, STOP],
    { made: [] },
  ],
  ['a persistent id', [...text('k'), 0x51, STOP], { stored: 'k' }],
] as const)('reads %s', (_what, bytes, value) => {
  expect(read(...bytes).value).toEqual(value);
});

test.each([
  ['INST', [0x28, 0x69, ...line('os'), ...line('system'), STOP], 'opcode 0x69'],
  ['OBJ', [0x28, 0x6f, STOP], 'opcode 0x6f'],
  ['NEWOBJ', [0x29, 0x81, STOP], 'opcode 0x81'],
  ['EXT1', [0x82, 1, STOP], 'opcode 0x82'],
  ['an unknown opcode', [0xff], 'opcode 0xff'],
  ['GLOBAL of anything else', [0x63, ...line('os'), ...line('system'), STOP], 'global os system'],
  [
    'STACK_GLOBAL of anything else',
    [...text('builtins'), ...text('eval'), 0x93, STOP],
    'global builtins eval',
  ],
  [
    'a call of something that was never a global',
    [...text('known pair'), 0x29, 0x52, STOP],
    'a call of something that is no known global',
  ],
  ['state for a list', [0x5d, 0x4e, 0x62, STOP], 'state for something that is no dictionary'],
  ['a later protocol', [0x80, 6, STOP], 'pickle protocol 6'],
] as const)('refuses %s', (_what, bytes, what) => {
  expect(() => read(...bytes)).toThrow(
    expect.objectContaining({ code: 'checkpoint.refused', details: { file: 'x.bin', what } }),
  );
});

test.each([
  ['an end in the middle', [0x4a, 1]],
  ['no end', [0x4e]],
  ['a value from an empty stack', [STOP]],
  ['a value from below a mark', [0x28, STOP]],
  ['no mark', [0x4e, 0x74, STOP]],
  ['a recall of nothing', [0x68, 3, STOP]],
  ['a key without a value', [0x7d, 0x28, 0x4e, 0x75, STOP]],
  ['text that is not UTF-8', [0x8c, 1, 0xff, STOP]],
  ['a line without an end', [0x63, 0x6f]],
] as const)('calls %s broken', (_what, bytes) => {
  expect(() => read(...bytes)).toThrow(expect.objectContaining({ code: 'checkpoint.broken' }));
});

test('says where a pickle ended, since another may follow', () => {
  expect(
    readPickle(Uint8Array.of(9, 0x4e, STOP, 9), 1, { file: 'x', globals, persistent: () => null }).end,
  ).toBe(3);
});
