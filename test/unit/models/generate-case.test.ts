import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  describe as describeCase,
  shortCaption,
  shortQuery,
} from '../../../models/starter/source/generate/captions.ts';
import { generateCase } from '../../../models/starter/source/generate/case.ts';
import { classes, labels } from '../../../models/starter/source/generate/labels.ts';
import { createRandom } from '../../../models/starter/source/generate/random.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('a generated case', () => {
  test('is the picture its seed gave when the starter model was trained', () => {
    const all = createHash('sha256');
    labels.forEach((label, index) => all.update(generateCase(500 + index, { label, sizePx: 96 }).rgb));
    expect(all.digest('hex').slice(0, 16)).toBe('1504c0e9806e20a4');
  });

  test('is the same for the same seed and another for the next', () => {
    expect(generateCase(7, { sizePx: 64 })).toEqual(generateCase(7, { sizePx: 64 }));
    expect(sha256(generateCase(7, { sizePx: 64, label: 'fundus' }).rgb)).not.toBe(
      sha256(generateCase(8, { sizePx: 64, label: 'fundus' }).rgb),
    );
  });

  test.each(labels)('of %s varies in its picture and its words', (label) => {
    const cases = Array.from({ length: 8 }, (_, index) => generateCase(40 + index, { sizePx: 48, label }));
    expect(new Set(cases.map(({ rgb }) => sha256(rgb))).size).toBe(8);
    expect(new Set(cases.map(({ caption }) => caption)).size).toBeGreaterThan(5);
    for (const one of cases) {
      expect(one.rgb).toHaveLength(48 * 48 * 3);
      expect(one.attributes['label']).toBe(label);
    }
  });

  test('draws every label about equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 210; seed += 1) {
      const { label } = generateCase(seed, { sizePx: 4 });
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    expect(counts.size).toBe(labels.length);
    expect(Math.min(...counts.values())).toBeGreaterThan(2);
    expect(Math.max(...counts.values())).toBeLessThan(25);
  });
});

describe('the texts of a case', () => {
  test.each(labels)('need nothing that a picture of %s is not', (label) => {
    const random = createRandom(3);
    for (let seed = 0; seed < 12; seed += 1) {
      const { attributes } = generateCase(seed, { sizePx: 4, label });
      const facts = new Set(Object.entries(attributes).map(([name, value]) => `${name}=${value}`));
      for (const make of [describeCase, shortCaption, shortQuery]) {
        const { text, needs } = make(random, label, attributes);
        expect(text.length).toBeGreaterThan(2);
        expect(needs.length).toBeGreaterThan(0);
        expect(needs.filter((need) => !facts.has(need))).toEqual([]);
      }
    }
  });
});

test('the twelve classes share no label', () => {
  const all = Object.values(classes).flatMap(({ labels: own }) => [...own]);
  expect(Object.keys(classes)).toHaveLength(12);
  expect(new Set(all).size).toBe(all.length);
});
