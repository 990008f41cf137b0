import { expect, test } from 'vitest';
import { Panel } from '../../../../preload/contract/panels.ts';
import { labelVectors, promptsOf } from '../../../../main/core/label/prompts.ts';

test('each wording of each label stands in each template, once', () => {
  const panel = Panel.parse({
    name: 'P',
    labels: [
      { name: 'CT', synonyms: ['computed tomography', 'CT'] },
      { name: 'a $& b', synonyms: [] },
    ],
    templates: ['{label}', 'a {label}, really {label}'],
  });
  expect(promptsOf(panel).presence).toEqual([
    ['CT', 'a CT, really CT', 'computed tomography', 'a computed tomography, really computed tomography'],
    ['a $& b', 'a a $& b, really a $& b'],
  ]);
});

test("a label's direction is the mean of unit vectors, whatever their lengths, of unit length again", () => {
  const vectors = Float32Array.of(2, 0, 0, 0.5, 3, 4);
  const [x, y, ...other] = labelVectors([['a', 'b'], ['c']], vectors, 2);
  expect(x).toBeCloseTo(Math.SQRT1_2, 6);
  expect(y).toBeCloseTo(Math.SQRT1_2, 6);
  expect(other.map((value) => value.toFixed(6))).toEqual(['0.600000', '0.800000']);
});

test('prompts that cancel each other out are refused', () => {
  expect(() => labelVectors([['a', 'b']], Float32Array.of(1, 0, -1, 0), 2)).toThrow(
    expect.objectContaining({ code: 'panel.invalid' }),
  );
});
