import { Item } from '../../../../preload/contract/items.ts';
import type { Rules, SavedChange, SavedComparison } from '../../../../preload/contract/saved.ts';
import type { Hit } from '../../../../preload/contract/search.ts';
import { parseFilter } from '../../domain/filter.ts';
import { type ChangeFacts, type Standing, whyGone, whyNew } from '../../domain/saved-changes.ts';
import type { Archive } from '../../store/archive.ts';
import type { ResultRow, SavedHit } from '../../store/saved-searches.ts';
import { toFloats } from '../../store/vectors.ts';
import { itemOf } from '../item-of.ts';
import { type FreshResult, MOST_KEPT } from './saved-run.ts';
import type { Search } from '../search.ts';

interface Then extends SavedHit, Standing {}
interface Now extends Standing {
  readonly hit: Hit;
}

/** What stands out now and did not, what did and does not, by content. */
export function difference(was: ResultRow, hitsThen: readonly SavedHit[], fresh: FreshResult) {
  const then = new Map(
    hitsThen.map((hit, place): [string, Then] => [
      hit.sha256,
      { ...hit, place, above: place < was.standOut },
    ]),
  );
  const now = new Map(
    fresh.hits.map((hit, place): [string, Now] => [
      hit.sha256,
      { hit, place, similarity: hit.similarity, lift: hit.lift, above: place < fresh.result.standOut },
    ]),
  );
  const added = [...now.values()].filter(({ above, hit }) => above && !then.get(hit.sha256)?.above);
  const gone = [...then.values()].filter(({ above, sha256 }) => above && !now.get(sha256)?.above);
  const above = [...now.values()].filter((one) => one.above).length;
  return { then, now, added, gone, stayed: above - added.length };
}
export type Difference = ReturnType<typeof difference>;

/** The difference with its reasons, each computed from what is stored. @throws ArchiveError `request.cancelled` */
export async function explained(
  { archive, search }: { readonly archive: Archive; readonly search: Search },
  { was, rules, fresh, limit }: { was: ResultRow; rules: Rules; fresh: FreshResult; limit: number },
  { then, now, added, gone }: Difference,
  signal: AbortSignal,
): Promise<Pick<Extract<SavedComparison, { is: 'compared' }>, 'new' | 'gone'>> {
  const { idOf } = archive.items;
  const addedFirst = added.slice(0, limit);
  const goneFirst = gone.slice(0, limit).map((hit) => ({ ...hit, nowId: idOf(hit.sha256) }));
  const vectorThen = toFloats(was.vector);
  const sameQuery = vectorThen.every((value, index) => Math.abs(value - (fresh.vector[index] ?? NaN)) < 1e-6);
  const ranked = new Map(
    (sameQuery ? fresh.hits : []).map(({ itemId, region: { regionId }, similarity }) => [
      itemId as number,
      { regionId: regionId as number, score: similarity },
    ]),
  );
  const group = rules.group ?? null;
  const rivalsThen = group ? [...then.values()].flatMap((one) => (one.above && idOf(one.sha256)) || []) : [];
  const rivalsNow = group ? [...now.values()].flatMap((one) => (one.above ? one.hit.itemId : [])) : [];
  const { items, groups } = await search.itemFacts(
    fresh.model,
    {
      itemIds: [...addedFirst.map(({ hit }) => hit.itemId), ...goneFirst.flatMap(({ nowId }) => nowId ?? [])],
      others: [...rivalsThen, ...rivalsNow],
      then: vectorThen,
      now: fresh.vector,
      lastRegion: was.lastRegion,
      ranked,
      where: parseFilter(rules.where),
      group,
    },
    signal,
  );
  const factsOf = new Map(items.map((one) => [one.itemId, one]));
  const leaders = (ids: readonly number[], from: number) =>
    new Map(ids.map((itemId, index) => [groups[from + index], itemId]));
  const leaderThen = leaders(rivalsThen, 0);
  const leaderNow = leaders(rivalsNow, rivalsThen.length);
  const numbersThen = new Map([...then.values()].flatMap((one) => (one.itemId ? [[one.itemId, one]] : [])));
  const { result } = fresh;
  const lineAt = ({ line, median, spread }: Pick<ResultRow, 'line' | 'median' | 'spread'>) => ({
    spreads: line,
    similarity: median + line * spread,
  });
  const common = {
    savedAt: was.at,
    line: { then: lineAt(was), now: lineAt(result) },
    sameQuery,
    dictionary: { then: was.dictionary, now: result.dictionary },
    byMeaning: rules.match === 'meaning',
    isCut: { then: was.standOut > MOST_KEPT, now: result.standOut > MOST_KEPT },
    kept: MOST_KEPT,
    hasApart: rules.apartFrom !== undefined,
    where: rules.where,
  };

  function facts(
    itemId: number | null,
    leader: ReadonlyMap<string | undefined, number>,
  ): ChangeFacts['item'] {
    const known = itemId === null ? undefined : factsOf.get(itemId);
    if (itemId === null || !known) return null;
    const { scoreThen, scoreNow, isLate, unmet } = known;
    const other = group ? (leader.get(known.group) ?? itemId) : itemId;
    const addedAt = archive.items.extra(itemId)?.addedAt ?? '';
    return { addedAt, scoreThen, scoreNow, isLate, unmet, rival: other === itemId ? null : other };
  }

  return {
    new: addedFirst.map(({ hit, ...standing }): SavedChange => {
      const before = then.get(hit.sha256) ?? null;
      const known = numbersThen.get(hit.itemId);
      const isReplaced = before === null && known !== undefined && known.sha256 !== hit.sha256;
      const item = facts(hit.itemId, leaderThen);
      const change = whyNew({ ...common, then: before, now: standing, item, isReplaced });
      return { ...change, item: Item.parse(hit), sha256: hit.sha256, then: placed(before), now: standing };
    }),
    gone: goneFirst.map(({ nowId, sha256, itemId: numberThen, ...standing }): SavedChange => {
      const after = now.get(sha256);
      const row = archive.items.get(nowId ?? numberThen ?? 0);
      const isReplaced = nowId === null && row !== undefined;
      const item = facts(nowId, leaderNow);
      const current = placed(after ?? null);
      const change = whyGone({ ...common, then: standing, now: current, item, isReplaced });
      return { ...change, item: row ? itemOf(row) : null, sha256, then: placed(standing), now: current };
    }),
  };
}

const placed = (standing: Standing | null): Standing | null =>
  standing && {
    place: standing.place,
    similarity: standing.similarity,
    lift: standing.lift,
    above: standing.above,
  };
