import { expect, test } from 'vitest';
import { checkWords } from '../../../../main/core/domain/unlearned-words.ts';

const learned = new Set(['chest', 'nodule', 'lymphocytes', 'lung', 'effusion', 'ct', 'skin', 'image']);

test.each([
  ['a chest CT with a nodule', [], false],
  ['Nodular lungs', [], false],
  ['lymphocytosis', [], false],
  ['a photo of a penguin', ['penguin'], true],
  ['penguin on the chest', ['penguin'], true],
  ['penguin, chest and lung', ['penguin'], false],
  ['skinny', ['skinny'], true],
  ['ground-glass opacity, no effusion', ['ground', 'glass', 'opacity'], true],
  ['Lunge und Brust', ['Lunge', 'und', 'Brust'], true],
  ['3 of 4', [], false],
  ['', [], false],
])('%s', (text, unlearned, isMost) => {
  expect(checkWords([text], learned)).toEqual({ unlearned, isMost });
});

test('all parts of a query count together, and a word is named once', () => {
  expect(checkWords(['penguin', 'chest', 'a penguin', 'lung effusion nodule'], learned)).toEqual({
    unlearned: ['penguin'],
    isMost: false,
  });
});

test('of a model whose words nobody knows, none is called unlearned', () => {
  expect(checkWords(['penguin'], null)).toEqual({ unlearned: [], isMost: false });
});
