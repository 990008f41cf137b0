import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseFilter } from '../../../../main/core/domain/filter.ts';
import { addItems, type MadeItem, randomNumbers, vectorArchive } from '../../../support/search-archive.ts';

const random = randomNumbers(23);
let made: ReturnType<typeof vectorArchive>;
let items: MadeItem[];

beforeAll(() => {
  made = vectorArchive();
  items = addItems(made.archive, made.model, 800, random);
});
afterAll(() => made.remove());

const idsOf = (...where: string[]): number[] => made.archive.items.ids(parseFilter(where));

interface Asked {
  readonly text: string;
  readonly fits: (item: MadeItem) => boolean;
}
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;

/** A random expression with what it means, written a second time. */
function asked(depth: number): Asked {
  const kind = depth === 0 ? 0 : below(4);
  if (kind === 1) {
    const part = asked(depth - 1);
    return { text: `not (${part.text})`, fits: (item) => !part.fits(item) };
  }
  if (kind > 1) {
    const a = asked(depth - 1);
    const b = asked(depth - 1);
    return kind === 2
      ? { text: `(${a.text}) and (${b.text})`, fits: (item) => a.fits(item) && b.fits(item) }
      : { text: `((${a.text}) or ${b.text})`, fits: (item) => a.fits(item) || b.fits(item) };
  }
  const modality = pick(['CT', 'MR', 'CR', 'XX']);
  const age = below(100);
  const patient = `p${below(40)}`;
  return pick<Asked>([
    { text: `modality=${modality}`, fits: (item) => item.modality === modality },
    { text: `modality!=${modality}`, fits: (item) => item.modality !== modality },
    { text: `age<${age}`, fits: (item) => item.age < age },
    { text: `age=${age}..${age + 20}`, fits: (item) => item.age >= age && item.age <= age + 20 },
    { text: `patient=${patient}`, fits: (item) => item.patient === patient },
    { text: `patient!=${patient}`, fits: (item) => item.patient !== patient },
    { text: 'patient=', fits: (item) => item.patient === null },
    { text: 'tag=odd', fits: (item) => item.tags.includes('odd') },
    { text: 'tag!=odd', fits: (item) => !item.tags.includes('odd') },
    { text: 'tag=', fits: (item) => item.tags.length === 0 },
    { text: `modality in (CT, ${modality})`, fits: (item) => ['CT', modality].includes(item.modality) },
    { text: 'bodyPart~hea', fits: (item) => item.bodyPart === 'HEAD' },
  ]);
}

test('a thousand random expressions leave what they mean', () => {
  for (let round = 0; round < 1000; round += 1) {
    const { text, fits } = asked(3);
    expect(idsOf(text), text).toEqual(items.filter(fits).map(({ itemId }) => itemId));
  }
});

test('is an algebra: a and not a is nothing, a or not a is everything, also where a value is missing', () => {
  const everything = items.map(({ itemId }) => itemId);
  for (let round = 0; round < 100; round += 1) {
    const { text } = asked(2);
    expect(idsOf(`(${text}) and not (${text})`), text).toEqual([]);
    expect(idsOf(`(${text}) or not (${text})`), text).toEqual(everything);
    expect(idsOf(text, text), text).toEqual(idsOf(text));
    expect(idsOf(`not (not (${text}))`), text).toEqual(idsOf(text));
  }
});

describe('text', () => {
  beforeAll(() => {
    const write = made.archive.db.prepare(
      "insert into attribute (item_id, name, text, origin) values (?, 'caption', ?, 'captions.csv')",
    );
    write.run(items[0]?.itemId, 'Large Pneumothorax on the left');
    write.run(items[1]?.itemId, 'No pneumothorax. "Quoted" OR so');
    made.archive.db
      .prepare(
        "insert into report (item_id, kind, origin, text) values (?, 'report', 'r.csv', 'Heart: überlagert')",
      )
      .run(items[0]?.itemId);
  });

  test.each([
    ['text~pneumothorax', [0, 1]],
    ['text~pneumo', [0, 1]],
    ['text~"left pneumothorax"', [0]],
    // Words of one item may stand in different texts.
    ['text~"heart large"', [0]],
    ['text~uberlagert', [0]],
    ['text~thorax', []],
    ['text~"OR quoted"', [1]],
    ['text~"-( NEAR"', []],
    ['caption~thorax', [0, 1]],
    ['text~pneumothorax and not text~left', [1]],
  ])('%s', (expression, places) => {
    expect(idsOf(expression)).toEqual(places.map((place) => items[place]?.itemId));
  });

  test('without words it asks for items without text', () => {
    expect(idsOf('text~')).toHaveLength(798);
  });
});
