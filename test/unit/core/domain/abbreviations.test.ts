import { describe, expect, test } from 'vitest';
import { startingAbbreviations } from '../../../../main/core/domain/abbreviation-list.ts';
import { dictionaryOf, expandAbbreviations, likeliest } from '../../../../main/core/domain/abbreviations.ts';
import { AbbreviationEntry } from '../../../../preload/contract/abbreviations.ts';

const dictionary = dictionaryOf(startingAbbreviations);
const expand = (text: string, choices = {}) => expandAbbreviations(text, dictionary, choices);

describe('the list that the program brings', () => {
  test('has at least 150 entries, several of them ambiguous, each as the contract wants it and once', () => {
    expect(startingAbbreviations.length).toBeGreaterThanOrEqual(150);
    for (const entry of startingAbbreviations) expect(AbbreviationEntry.parse(entry)).toEqual(entry);
    const folded = startingAbbreviations.map(({ short }) => short.toLowerCase());
    expect(folded.filter((short, at) => folded.indexOf(short) !== at)).toEqual([]);
  });

  test.each(['PE', 'MS', 'CA', 'RA', 'LAD'])('%s is ambiguous', (short) => {
    expect(dictionary(short)?.meanings.length).toBeGreaterThan(1);
  });
});

test.each([
  ['CXR with GGO', 'chest X-ray with ground-glass opacity'],
  ['dcis, high grade', 'ductal carcinoma in situ, high grade'],
  ['multiple GGOs', 'multiple ground-glass opacity'],
  ['GGO-like', 'ground-glass opacity-like'],
  // Ambiguous: as typed.
  ['CT with PE', 'CT with PE'],
  // Spelled out already.
  ['ground-glass opacity (GGO)', 'ground-glass opacity (GGO)'],
  // English words and parts of words.
  ['the gist of all that', 'the gist of all that'],
  ['a mass as in a pet net', 'a mass as in a pet net'],
  ['GIST of the stomach', 'gastrointestinal stromal tumor of the stomach'],
  ['HCCX', 'HCCX'],
])('%s is read as %s', (typed, read) => {
  expect(expand(typed).text).toBe(read);
});

test('a choice decides, also against the only meaning; the rest is told', () => {
  const { text, found } = expand('PE or MS on CXR', { PE: 'pulmonary embolism', CXR: null });
  expect(text).toBe('pulmonary embolism or MS on CXR');
  expect(found.map(({ abbreviation: { short }, used }) => [short, used])).toEqual([
    ['PE', 'pulmonary embolism'],
    ['MS', null],
    ['CXR', null],
  ]);
});

test('a choice by a name that every object has is no choice', () => {
  const odd = dictionaryOf([{ short: 'toString', exact: true, meanings: [{ text: 'x', modalities: [] }] }]);
  expect(expandAbbreviations('toString', odd, {}).text).toBe('x');
});

test('the archive’s modalities say which meaning is offered first', () => {
  const meanings = dictionary('PE')?.meanings ?? [];
  expect(likeliest(meanings, new Map([['CT', 5]]))).toBe('pulmonary embolism');
  expect(
    likeliest(
      meanings,
      new Map([
        ['CT', 5],
        ['US', 9],
      ]),
    ),
  ).toBe('pericardial effusion');
  expect(likeliest(meanings, new Map([['SM', 9]]))).toBeNull();
  expect(
    likeliest(
      meanings,
      new Map([
        ['CT', 5],
        ['US', 5],
      ]),
    ),
  ).toBeNull();
});
