import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import type { Placed } from './match-order.ts';
import type { Order, Ordered, OrderWish } from './order.ts';
import { createScope } from './scope.ts';
import type { Found } from './searcher.ts';

/** An order that was given, with what everything that is cut from it has in common. */
interface Given {
  readonly wish: OrderWish;
  readonly head: Omit<Found, 'hits' | 'tookMs'>;
  readonly ordered: Ordered;
  /** So many places were asked for. */
  readonly depth: number;
}

/** Each takes some megabytes of an archive of a million; a window has one, or two while it searches anew. */
const MOST_KEPT = 16;

/** Orders that were given lately, of which more may be asked for. The one asked longest ago makes room. */
export function keptSnapshots(order: Order) {
  const kept = new Map<string, Snapshot>();

  function get(token: string): Snapshot | undefined {
    const snapshot = kept.get(token);
    if (snapshot) {
      kept.delete(token);
      kept.set(token, snapshot);
    }
    return snapshot;
  }

  return {
    get,
    keep(token: string, given: Given): void {
      kept.set(token, createSnapshot(order, given));
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break;
        kept.delete(oldest);
      }
    },
    changing(matrix: ResidentMatrix, regionIds: readonly number[]): void {
      for (const snapshot of kept.values()) snapshot.changing(matrix, regionIds);
    },
  };
}

/** What was given stays as it is; what lies deeper is put in order when it is asked for. */
function createSnapshot(order: Order, { wish, head, ordered, depth }: Given) {
  const scope = createScope(ordered.members, wish.vector, wish.own);
  let places: readonly Placed[] = ordered.order;
  let isWhole = ordered.order.length < depth;

  function extend(to: number): void {
    // Half as much again spares the next page a run of its own.
    const deep = Math.max(to, Math.floor(places.length * 1.5));
    const fresh = order(wish, deep, scope).order;
    const given = new Set(places.map(({ itemId }) => itemId));
    places = [...places, ...fresh.filter(({ itemId }) => !given.has(itemId))];
    isWhole = fresh.length < deep;
  }

  return {
    wish,
    head,
    /** The first places, fewer only when there are no more. */
    upTo(depth: number): readonly Placed[] {
      if (places.length < depth && !isWhole) extend(depth);
      return places.slice(0, depth);
    },
    /** Puts the first places in another order. @param itemIds - the items of those places. */
    arrange(itemIds: readonly number[]): void {
      const byItem = new Map(places.slice(0, itemIds.length).map((place) => [place.itemId, place]));
      const first = itemIds.flatMap((itemId) => byItem.get(itemId) ?? []);
      if (first.length !== byItem.size) throw new RangeError('another order has the same items');
      places = [...first, ...places.slice(first.length)];
    },
    /** How many of the members reach another line. */
    standOut: (line: number): number => order({ ...wish, line }, 1, scope).ranking.reaching.length,
    changing: (matrix: ResidentMatrix, regionIds: readonly number[]): void =>
      scope.remember(matrix, regionIds, places),
  };
}
export type Snapshot = ReturnType<typeof createSnapshot>;
