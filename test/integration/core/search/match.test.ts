// Long because one archive is held against the same independent fusion in every way a page can be asked for.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dot } from '../../../../main/core/domain/vector.ts';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import type { Chip, SearchAnswer } from '../../../../preload/contract/search.ts';
import {
  addItems,
  encodeTexts,
  type MadeItem,
  randomNumbers,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const WINDOW = 1000;
const vocabulary = ['nodule', 'nodules', 'lung', 'rib', 'fracture', 'stent', 'lungs', 'effusion', 'tumour'];
const random = randomNumbers(11);
const signal = new AbortController().signal;
const captions = new Map<number, string[]>();
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];
let search: Search;

// More items than the lists are fused deep, so that what lies below counts too; two thirds have words.
beforeAll(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 3200, random, (index) => (index % 7 === 0 ? 3 : 1));
  made.archive.transaction(() => {
    for (const { itemId } of items) {
      if (random() < 1 / 3) continue;
      const words = Array.from({ length: 3 + Math.floor(random() * 9) }, () =>
        random() < 0.75 ? 'filler' : (vocabulary[Math.floor(random() * vocabulary.length)] as string),
      );
      captions.set(itemId, words);
      made.archive.reports.set(itemId, { kind: 'caption', origin: 'test', text: words.join(', ') });
    }
  });
  search = open(false);
});
afterAll(async () => {
  await search.close();
  made.remove();
});

function open(resident: boolean): Search {
  const { archive, model } = made;
  const parts = { archive, model: () => ({ row: model, encodeTexts }), heldImages: heldImages() };
  return createSearch({ ...parts, resident, quietMs: 30 });
}

const run = (input: Input<'search.run'>): Promise<SearchAnswer> =>
  search.run(methods['search.run'].input.parse(input), signal);
const ids = ({ hits }: SearchAnswer): number[] => hits.map(({ itemId }) => itemId);
const text = (words: string, weight = 1): Chip => ({ type: 'text', text: words, weight });
type Keep = (item: MadeItem) => boolean;

const similarityOf = (vector: Float32Array, { regions }: MadeItem) =>
  Math.max(...regions.map((region) => dot(vector, region.vector)));

function byMeaning(query: string, keep: Keep): number[] {
  const vector = textVector(query);
  return items
    .filter(keep)
    .map((item) => ({ itemId: item.itemId, score: similarityOf(vector, item) }))
    .sort((a, b) => b.score - a.score || a.itemId - b.itemId)
    .map(({ itemId }) => itemId);
}

/** BM25 as the textbook has it, k1 = 1.2 and b = 0.75; a word of four letters or more also finds longer ones. */
function byWords(query: string, keep: Keep): { itemId: number; found: string[] }[] {
  const docs = [...captions];
  const mean = docs.reduce((sum, [, words]) => sum + words.length, 0) / docs.length;
  const scores = new Map<number, { score: number; found: string[] }>();
  for (const word of query.split(' ')) {
    const counts = docs.map(([itemId, words]) => ({
      itemId,
      length: words.length,
      n: words.filter((one) => (word.length < 4 ? one === word : one.startsWith(word))).length,
    }));
    const having = counts.filter(({ n }) => n > 0);
    const idf = Math.log((docs.length - having.length + 0.5) / (having.length + 0.5));
    for (const { itemId, length, n } of having) {
      const known = scores.get(itemId) ?? { score: 0, found: [] };
      known.score += (idf * (n * 2.2)) / (n + 1.2 * (0.25 + (0.75 * length) / mean));
      known.found.push(word);
      scores.set(itemId, known);
    }
  }
  const kept = new Set<number>(items.filter(keep).map(({ itemId }) => itemId));
  return [...scores]
    .filter(([itemId]) => kept.has(itemId))
    .sort(([a, one], [b, other]) => other.score - one.score || a - b)
    .map(([itemId, { found }]) => ({ itemId, found }));
}

/** Both lists to the depth of fusion by Σ 1 / (60 + rank), then the rest by meaning. */
function fused(query: string, keep: Keep): number[] {
  const meaning = byMeaning(query, keep);
  const words = byWords(query, keep).map(({ itemId }) => itemId);
  const score = new Map<number, number>();
  for (const list of [meaning, words])
    list
      .slice(0, WINDOW)
      .forEach((itemId, at) => score.set(itemId, (score.get(itemId) ?? 0) + 1 / (61 + at)));
  const top = [...score].sort(([a, one], [b, other]) => other - one || a - b).map(([itemId]) => itemId);
  return [...top, ...meaning.filter((itemId) => !score.has(itemId))];
}

const everything: Keep = () => true;

describe('both', () => {
  test('is the reciprocal rank fusion of the order by meaning and the order by words', async () => {
    const answer = await run({ chips: [text('nodule lung')], match: 'both', limit: 1000 });
    expect(answer.match).toBe('both');
    expect(ids(answer)).toEqual(fused('nodule lung', everything).slice(0, 1000));
    expect(answer.total).toBe(3200);
  });

  test('each hit says why it is there, and has its exact similarity', async () => {
    const query = 'stent rib';
    const { hits } = await run({ chips: [text(query)], match: 'both', limit: 1000 });
    const meaning = byMeaning(query, everything).slice(0, WINDOW);
    const words = byWords(query, everything);
    const placeIn = (list: readonly number[], itemId: number) => {
      const at = list.indexOf(itemId);
      return at < 0 ? null : at + 1;
    };
    const inWords = words.slice(0, WINDOW).map(({ itemId }) => itemId);
    const byId = new Map(items.map((item) => [item.itemId, item]));
    expect(hits.some(({ why }) => why?.meaningRank === null)).toBe(true);
    for (const { itemId, why, similarity } of hits) {
      expect(why).toEqual({
        meaningRank: placeIn(meaning, itemId),
        wordsRank: placeIn(inWords, itemId),
        found: words.find((one) => one.itemId === itemId)?.found ?? [],
      });
      expect(similarity).toBe(similarityOf(textVector(query), byId.get(itemId) as MadeItem));
    }
  });

  test('a page is a piece of the longer list, below the depth of fusion too', async () => {
    const all = fused('effusion', everything);
    for (const [offset, limit] of [
      [0, 7],
      [7, 20],
      [990, 30],
      [2100, 50],
      [3150, 100],
    ] as const) {
      const answer = await run({ chips: [text('effusion')], match: 'both', offset, limit });
      expect(ids(answer)).toEqual(all.slice(offset, offset + limit));
    }
  });

  test('filters hold for both lists', async () => {
    const keep: Keep = ({ modality, age }) => modality === 'CT' && age < 40;
    const where = ['modality=CT', 'age<40'];
    const answer = await run({ chips: [text('tumour rib')], match: 'both', where, limit: 1000 });
    expect(ids(answer)).toEqual(fused('tumour rib', keep));
    expect(answer.total).toBe(items.filter(keep).length);
  });

  test('the query’s own items are in neither list', async () => {
    const first = byWords('fracture', everything)[0] as { itemId: number };
    const own: Chip = { type: 'item', itemId: first.itemId as never, weight: 1 };
    for (const match of ['both', 'words'] as const) {
      const answer = await run({ chips: [text('fracture'), own], match, limit: 1000 });
      expect(ids(answer)).not.toContain(first.itemId);
      expect(answer.hits.some(({ why }) => why?.found.includes('fracture'))).toBe(true);
    }
  });

  test('groups what is fused: the best of each patient, and no patient twice', async () => {
    const { hits } = await run({ chips: [text('lung')], match: 'both', group: 'patient', limit: 300 });
    const patientOf = new Map(items.map(({ itemId, patient }) => [itemId, patient ?? itemId]));
    const seen = new Set();
    const expected = fused('lung', everything).filter((itemId) => {
      const patient = patientOf.get(itemId);
      return seen.has(patient) ? false : seen.add(patient);
    });
    expect(hits.map(({ itemId }) => itemId as number)).toEqual(expected.slice(0, 300));
  });

  test('is the same order from the resident matrix', async () => {
    const { archive, model } = made;
    const resident = open(true);
    const ask = (offset: number) => {
      const chips = [text('nodule lung')];
      const input = { chips, match: 'both' as const, offset, where: ['age<90'] };
      return resident.run(methods['search.run'].input.parse(input), signal);
    };
    await ask(0);
    const file = join(archive.folder, 'vectors', `model-${model.id}.int8`);
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), 10_000);
    const expected = fused('nodule lung', ({ age }) => age < 90);
    for (const offset of [0, 960, 2000])
      expect(ids(await ask(offset))).toEqual(expected.slice(offset, offset + 60));
    await resident.close();
  });

  test('without anything found by words it is the order by meaning, and says so', async () => {
    const meaning = await run({ chips: [text('xyzzy')], limit: 500 });
    const both = await run({ chips: [text('xyzzy')], match: 'both', limit: 500 });
    expect(ids(both)).toEqual(ids(meaning));
    expect(both.standOut).toBe(meaning.standOut);
    expect(both.notices.join()).toContain('by meaning alone');
    expect(meaning.hits[0]).not.toHaveProperty('why');
  });
});

describe('words', () => {
  test('are ranked by bm25, and all of them are counted', async () => {
    const expected = byWords('nodule lung', everything);
    const answer = await run({ chips: [text('nodule lung')], match: 'words', limit: 1000 });
    expect(ids(answer)).toEqual(expected.map(({ itemId }) => itemId).slice(0, 1000));
    expect(answer).toMatchObject({ total: expected.length, standOut: expected.length, match: 'words' });
    const page = await run({ chips: [text('nodule lung')], match: 'words', offset: 40, limit: 10 });
    expect(ids(page)).toEqual(ids(answer).slice(40, 50));
  });

  test.each([
    '"nodule',
    'nodule"',
    'nodule* OR',
    'NEAR(nodule',
    '-nodule',
    'text:nodule',
    '^nodule',
    "nodule'",
  ])('are never operators: %s', async (query) => {
    const answer = await run({ chips: [text(query)], match: 'words', limit: 1000 });
    expect(answer.hits.length).toBeGreaterThan(100);
    for (const { itemId } of answer.hits)
      expect(captions.get(itemId)?.some((word) => word.startsWith('nodule'))).toBe(true);
  });

  test('that are nowhere find nothing', async () => {
    const { hits, total, notices } = await run({ chips: [text('xyzzy')], match: 'words' });
    expect({ hits, total }).toEqual({ hits: [], total: 0 });
    expect(notices).toHaveLength(1);
  });

  test('a query without words is answered by meaning', async () => {
    const chips: Chip[] = [{ type: 'item', itemId: items[5]?.itemId as never, weight: 1 }];
    const [words, meaning] = [await run({ chips, match: 'words' }), await run({ chips })];
    expect(ids(words)).toEqual(ids(meaning));
    expect(words.match).toBe('meaning');
    expect((await run({ chips: [text('this is of the')], match: 'both' })).match).toBe('meaning');
    expect((await run({ chips: [text('rib', -1)], match: 'both' })).match).toBe('meaning');
  });
});
