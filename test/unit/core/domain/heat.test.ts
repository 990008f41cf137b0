import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import {
  apartColour,
  heatColour,
  hotspots,
  shareOf,
  stretchedApart,
  stretchedScale,
} from '../../../../main/core/domain/heat.ts';
import { heatGeoJson, heatPicture } from '../../../../main/core/domain/heat-export.ts';
import {
  attentionPooling,
  contrastPooling,
  meanPooling,
} from '../../../../main/core/domain/slide-pooling.ts';

const tile = (x: number, y: number, score: number) => ({
  x: x * 10,
  y: y * 10,
  w: 10,
  h: 10,
  regionId: y * 100 + x + 1,
  score,
  lift: score * 10,
});

test('colour runs from end to end and stays there', () => {
  expect(heatColour(-1)).toEqual(heatColour(0));
  expect(heatColour(2)).toEqual(heatColour(1));
  expect(heatColour(0.5)).toEqual([49, 163, 112]);
  expect(heatColour(0.125)[1]).toBe(98);
  const lightness = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    heatColour(share).reduce((sum, value) => sum + value, 0),
  );
  expect(lightness).toEqual(lightness.toSorted((a, b) => a - b));
});

test('files have the colours of the window', () => {
  const tokens = readFileSync(join(import.meta.dirname, '../../../../renderer/styles/tokens.css'), 'utf8');
  const hex = (colour: readonly number[]) =>
    `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  for (const [name, colourOf] of [
    ['heat', heatColour],
    ['apart', apartColour],
  ] as const)
    for (const stop of [0, 1, 2, 3, 4])
      expect(tokens).toContain(`--${name}-${stop}: ${hex(colourOf(stop / 4))};`);
});

test('a difference is drawn in its own colours, none in the middle', () => {
  const tiles = [
    { ...tile(0, 0, 0), lift: -6 },
    { ...tile(1, 0, 0), lift: 0 },
    { ...tile(2, 0, 0), lift: 6 },
  ];
  expect(stretchedApart(tiles.slice(0, 2))).toEqual({ from: -6, to: 6 });
  const scale = { from: -6, to: 6 };
  const { rgba } = heatPicture(tiles, { width: 30, height: 10 }, scale, { isDifference: true });
  const at = (x: number) => [...rgba.subarray((5 * 30 + x) * 4, (5 * 30 + x) * 4 + 3)];
  expect([at(5), at(15), at(25)]).toEqual([apartColour(0), apartColour(0.5), apartColour(1)]);
  expect(heatGeoJson(tiles, 'a − b', true)).toContain(JSON.stringify(apartColour(1)));
  expect(heatGeoJson(tiles, 'a')).toContain(JSON.stringify(heatColour(1)));
});

test('the fixed scale does not look at the slide, the stretched one does', () => {
  expect(stretchedScale([{ lift: 1 }, { lift: 3 }])).toEqual({ from: 1, to: 3 });
  expect(stretchedScale([{ lift: 1 }])).toEqual({ from: 0, to: 6 });
  expect(shareOf(3, { from: 0, to: 6 })).toBe(0.5);
});

test('hotspots are the best tiles, one per place', () => {
  const tiles = [
    tile(0, 0, 0.9),
    tile(1, 0, 0.8),
    tile(1, 1, 0.7),
    tile(5, 5, 0.6),
    tile(3, 0, 0.5),
    tile(9, 9, 0.1),
  ];
  expect(hotspots(tiles, 3).map(({ score }) => score)).toEqual([0.9, 0.6, 0.5]);
});

test('poolings give unit vectors, and null for nothing', () => {
  const vectors = Float32Array.of(1, 0, 0, 1, 0, 1);
  const mean = meanPooling.pool(vectors, 2);
  expect(mean?.[0]).toBeCloseTo(1 / Math.sqrt(5), 6);
  expect(meanPooling.pool(new Float32Array(0), 2)).toBeNull();
  expect(meanPooling.pool(Float32Array.of(1, 0, -1, 0), 2)).toBeNull();
  // The rarer direction weighs more than in the mean.
  const contrast = contrastPooling(4).pool(vectors, 2);
  expect(contrast?.[0]).toBeGreaterThan(mean?.[0] ?? 1);
});

test('attention follows its weights', () => {
  const weights = {
    hidden: 1,
    dimensions: 2,
    tanh: Float32Array.of(5, 0),
    tanhBias: Float32Array.of(0),
    gate: { weights: Float32Array.of(5, 0), bias: Float32Array.of(0) },
    out: Float32Array.of(20),
  };
  const pooled = attentionPooling('test', weights).pool(Float32Array.of(1, 0, 0, 1), 2);
  expect(pooled?.[0]).toBeGreaterThan(0.999);
  expect(() => attentionPooling('test', weights).pool(Float32Array.of(1, 0, 0), 3)).toThrow(RangeError);
});
