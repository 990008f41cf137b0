import { expect, test } from 'vitest';

import type { DeviceName, EncoderNotice } from '../../../../main/core/encode/encoder-messages.ts';
import { createTower, isOutOfMemory } from '../../../../main/core/encode/tower.ts';
import { checkUnitRows } from '../../../../main/core/encode/vectors-check.ts';

/** A device on which at most `fits` rows fit, and that fails with `error` above it. */
function towerOn(
  device: DeviceName,
  fits: Partial<Record<DeviceName, number>>,
  error = 'CUDA error: out of memory',
) {
  const notices: EncoderNotice[] = [];
  const opened: DeviceName[] = [];
  const tower = createTower({
    tower: 'image',
    device,
    batchSize: 8,
    onNotice: (notice) => notices.push(notice),
    open: (where) => {
      opened.push(where);
      return Promise.resolve({
        run: ({ pixels }) => {
          const rows = pixels?.shape[0] ?? 0;
          if (rows > (fits[where] ?? 0)) return Promise.reject(new Error(error));
          return Promise.resolve(new Float32Array(rows));
        },
        release: () => Promise.resolve(),
      });
    },
  });
  const take = (left: number) => (most: number) => {
    const count = Math.min(most, left);
    return { count, feeds: { pixels: { values: new Float32Array(0), shape: [count] } } };
  };
  return { tower, notices, opened, take };
}

test('the batch is halved until it fits, and stays so', async () => {
  const { tower, notices, take } = towerOn('cuda', { cuda: 3 });
  expect((await tower.run(take(20))).count).toBe(2);
  expect((await tower.run(take(18))).count).toBe(2);
  expect(notices).toEqual([
    { is: 'batch-halved', tower: 'image', batchSize: 4 },
    { is: 'batch-halved', tower: 'image', batchSize: 2 },
  ]);
});

test('when one row does not fit, the work goes on on the processor and says so', async () => {
  const { tower, notices, opened, take } = towerOn('cuda', { cpu: 8 });
  expect((await tower.run(take(5))).count).toBe(1);
  expect(opened).toEqual(['cuda', 'cpu']);
  expect(notices.at(-1)).toEqual({
    is: 'device-left',
    tower: 'image',
    from: 'cuda',
    to: 'cpu',
    reason: 'CUDA error: out of memory',
  });
});

test('a device that was lost is left at once', async () => {
  const { tower, notices, take } = towerOn('dml', { cpu: 8 }, 'DXGI_ERROR_DEVICE_REMOVED');
  expect((await tower.run(take(5))).count).toBe(5);
  expect(notices.map(({ is }) => is)).toEqual(['device-left']);
});

test('memory that runs out on the processor with one row is a failure', async () => {
  const { tower, take } = towerOn('cpu', {}, 'std::bad_alloc');
  await expect(tower.run(take(1))).rejects.toThrow('std::bad_alloc');
});

test('another error is not taken for want of memory', async () => {
  const { tower, notices, take } = towerOn('cuda', {}, 'Invalid rank for input: pixels');
  await expect(tower.run(take(8))).rejects.toThrow('Invalid rank');
  expect(notices).toEqual([]);
});

test('a graph that could not be loaded is tried again by the next call', async () => {
  let tries = 0;
  const tower = createTower({
    ...{ tower: 'image', device: 'cpu', batchSize: 1, onNotice: () => {} },
    open: () =>
      ++tries === 1
        ? Promise.reject(new Error('locked'))
        : Promise.resolve({
            run: () => Promise.resolve(new Float32Array(1)),
            release: () => Promise.resolve(),
          }),
  });
  const take = () => ({ count: 1, feeds: {} });
  await expect(tower.run(take)).rejects.toThrow('locked');
  expect((await tower.run(take)).count).toBe(1);
});

test.each([
  ['CUDA failure 2: out of memory ; GPU=0', true],
  ['Failed to allocate memory for requested buffer of size 4194304', true],
  ['std::bad_alloc', true],
  ['Got invalid dimensions for input', false],
])('%j is want of memory: %s', (message, is) => {
  expect(isOutOfMemory(message)).toBe(is);
});

test.each([
  ['not a number', [NaN, 0]],
  ['far from unit length', [0.5, 0.5]],
  ['too few', [1]],
])('vectors that are %s are refused', (_what, values) => {
  expect(() => checkUnitRows(Float32Array.from(values), 1, 2)).toThrow();
});

test("half precision's rounding is taken out", () => {
  const row = checkUnitRows(Float32Array.of(0.6004, 0.7996), 1, 2);
  expect(Math.hypot(...row)).toBeCloseTo(1, 6);
});
