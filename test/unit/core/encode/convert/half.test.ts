import { expect, test } from 'vitest';

import { decodeBfloat16, decodeHalf, encodeHalf } from '../../../../../main/core/encode/convert/half.ts';

// The engine's own Float16Array is the independent side.

test('every half is decoded as the engine does', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index);
  const expected = Float32Array.from(new Float16Array(bits.buffer));
  expect(decodeHalf(bits)).toEqual(expected);
});

test('rounding to half is the engine`s, halfway cases and subnormals included', () => {
  const halves = new Float16Array(Uint16Array.from({ length: 31_744 }, (_, index) => index).buffer);
  const values: number[] = [0, -0, 65_504, 65_519.99, 65_520, -1e9, 1e-9, 2 ** -25, 2 ** -24 * 1.5, Infinity];
  for (let index = 0; index + 1 < halves.length; index += 1) {
    const [low, high] = [halves[index] as number, halves[index + 1] as number];
    values.push(low, (low + high) / 2, -(low + (high - low) * 0.49), low + (high - low) * 0.51);
  }
  const given = Float32Array.from(values);
  expect(encodeHalf(given)).toEqual(new Uint16Array(Float16Array.from(given).buffer));
});

test('what is not a number stays so', () => {
  expect(decodeHalf(encodeHalf(Float32Array.of(NaN)))[0]).toBeNaN();
});

test.each([
  [0x3f80, 1],
  [0xc000, -2],
  [0x7f80, Infinity],
  [0x0001, 2 ** -133],
])('bfloat16 %i is %d', (bits, value) => {
  expect(decodeBfloat16(Uint16Array.of(bits))[0]).toBe(value);
});
