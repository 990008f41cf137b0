import { createHash } from 'node:crypto';
import type { Direction, HardQuery, Split } from '../../../../preload/contract/evaluations.ts';
import { textKind } from '../../domain/identity-values.ts';
import { queryValues, type RankedQuery, retrievalFigures } from '../../domain/retrieval-metrics.ts';
import type { ItemGroups } from '../../store/item-groups.ts';
import type { StoredQueries } from './evidence-tasks.ts';

/** A query with what was right and where it stood. */
export interface Asked {
  /** The same for the same query in another evaluation; says nothing about it. */
  readonly key: string;
  /** By rank, ascending; at least one. */
  readonly right: readonly { readonly itemId: number; readonly rank: number; readonly grade: number }[];
  readonly patient: string | null;
}

/** A value with fewer queries says nothing; of more values than this nobody reads the table. */
const FEWEST = 2;
const MOST_VALUES = 20;
/** Tables of many values are resampled less often. */
const ROUNDS = 500;

export const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export const rankedQuery = ({ right, patient }: Asked): RankedQuery => ({
  ranks: right.map(({ rank }) => rank),
  grades: right.map(({ grade }) => grade),
  patient,
});

/**
 * A query as one group of items sees it: right items of other groups are taken out of its list, as if they were neither
 * right nor wrong.
 *
 * @returns null when nothing of the group is right.
 */
export function within(asked: Asked, belongs: (itemId: number) => boolean): Asked | null {
  let others = 0;
  const right = asked.right.flatMap((one) => {
    if (!belongs(one.itemId)) {
      others += 1;
      return [];
    }
    return [{ ...one, rank: one.rank - others }];
  });
  return right.length === 0 ? null : { ...asked, right };
}

/** Figures by modality or source, the values with most items first. */
export function splitsBy(
  groups: readonly ItemGroups[],
  by: 'modality' | 'source',
  asked: Readonly<Partial<Record<Direction, readonly Asked[]>>>,
  itemOfQuery: (asked: Asked) => number | null,
): Split[] {
  const valueOf = new Map(groups.map((group) => [group.itemId, group[by]]));
  const counts = new Map<string, number>();
  for (const value of valueOf.values()) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const values = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_VALUES);
  const figures = (direction: Direction, value: string) => {
    const part = (asked[direction] ?? []).flatMap((one) => {
      const own = itemOfQuery(one);
      // A picture's query is of the picture's own group; words have none, and ask for one group after the other.
      if (own !== null && direction !== 'textToImage') return valueOf.get(own) === value ? [one] : [];
      return within(one, (itemId) => valueOf.get(itemId) === value) ?? [];
    });
    return part.length < FEWEST ? null : retrievalFigures(part.map(rankedQuery), ROUNDS);
  };
  return values
    .map(([value]) => ({
      value,
      textToImage: figures('textToImage', value),
      imageToText: figures('imageToText', value),
      imageToImage: figures('imageToImage', value),
    }))
    .filter(({ textToImage, imageToText, imageToImage }) => textToImage ?? imageToText ?? imageToImage);
}

/** Of each direction; nobody reads on. */
const MOST_HARD = 20;

/**
 * The queries whose first right answer stood deepest. Words that may name a person are left out: nobody has judged the
 * tables that they come from.
 */
export function hardestOf(
  asked: Readonly<Partial<Record<Direction, readonly Asked[]>>>,
  wordsOf: (asked: Asked) => string | null,
  itemOf: (asked: Asked) => number | null,
): Record<Direction, HardQuery[]> {
  const hardest = (direction: Direction): HardQuery[] =>
    (asked[direction] ?? [])
      .filter(({ right }) => (right[0]?.rank ?? 1) > 1)
      .toSorted((a, b) => (b.right[0]?.rank ?? 0) - (a.right[0]?.rank ?? 0))
      .slice(0, MOST_HARD)
      .map((one) => {
        const words = wordsOf(one);
        const [first] = one.right;
        return {
          text: words !== null && textKind(words) === 'text' ? words : null,
          itemId: itemOf(one) as HardQuery['itemId'],
          // A picture that asks for texts is the right item of each of them.
          rightItemId: (direction === 'imageToText'
            ? null
            : (first?.itemId ?? null)) as HardQuery['rightItemId'],
          first: first?.rank ?? 0,
          right: one.right.length,
        };
      });
  return {
    textToImage: hardest('textToImage'),
    imageToText: hardest('imageToText'),
    imageToImage: hardest('imageToImage'),
  };
}

/** As it is stored: patients become numbers, so that no table's own names are kept. */
export function storedQueries(asked: Readonly<Partial<Record<Direction, readonly Asked[]>>>): string {
  const numbers = new Map<string, number>();
  const stored: StoredQueries = Object.fromEntries(
    Object.entries(asked).map(([direction, queries]) => [
      direction,
      queries.map((query, index) => {
        const { first, ndcg10, precision } = queryValues(rankedQuery(query));
        const patient = query.patient ?? `\0${direction} ${index}`;
        if (!numbers.has(patient)) numbers.set(patient, numbers.size);
        return [query.key, numbers.get(patient), first, round(ndcg10), round(precision)];
      }),
    ]),
  );
  return JSON.stringify(stored);
}

const round = (value: number): number => Math.round(value * 1e9) / 1e9;
