import type { ChangeReason } from '../../../preload/contract/saved.ts';

/** Where an item stood in an order. */
export interface Standing {
  readonly place: number;
  readonly similarity: number;
  readonly lift: number;
  readonly above: boolean;
}

/** What is stored of both times, and of one item. Similarities are cosines of the same model. */
export interface ChangeFacts {
  /** Of the two results. */
  readonly savedAt: string;
  readonly line: Readonly<Record<'then' | 'now', { readonly spreads: number; readonly similarity: number }>>;
  /** Whether both times asked with the same vector. */
  readonly sameQuery: boolean;
  readonly dictionary: Readonly<Record<'then' | 'now', string>>;
  /** Whether the order is by similarity alone. */
  readonly byMeaning: boolean;
  /** Whether more stood out than is kept. */
  readonly isCut: Readonly<Record<'then' | 'now', boolean>>;
  readonly kept: number;
  readonly hasApart: boolean;
  readonly where: readonly string[];

  readonly then: Standing | null;
  readonly now: Standing | null;
  /** Null where the archive has nothing of that content. */
  readonly item: {
    readonly addedAt: string;
    /** By the query of then, of the regions that were there then. */
    readonly scoreThen: number | null;
    readonly scoreNow: number | null;
    /** Whether all its vectors came after the result. */
    readonly isLate: boolean;
    /** Which of the filters do not let it through now. */
    readonly unmet: readonly number[];
    /** Of the same patient, study, series or slide, and in the other result in its place. */
    readonly rival: number | null;
  } | null;
  /** The item under whose number this content, or other content in its place, was known. */
  readonly isReplaced: boolean;
}

export interface Change {
  readonly reason: ChangeReason;
  readonly why: string;
}

/** Two computations of one cosine differ by less. */
const SAME = 1e-4;

const score = (value: number | null | undefined): string => (value ?? 0).toFixed(3);
const day = (at: string): string => at.slice(0, 10);
const place = (standing: Standing | null): string => (standing ? `place ${standing.place + 1}` : 'no place');

/** Why an item stands out no more. What cannot be told from stored facts is `unknown`. */
export function whyGone(facts: ChangeFacts): Change {
  const { item, line, then } = facts;
  if (facts.isReplaced)
    return { reason: 'replaced', why: 'Its file has other content now, which is another picture.' };
  if (!item) return { reason: 'removed', why: 'No longer in the archive.' };
  if (item.unmet.length > 0) {
    const parts = item.unmet.map((index) => facts.where[index]).join(' and ');
    return { reason: 'filter', why: `Does not fit any more: ${parts}` };
  }
  if (item.scoreNow === null)
    return { reason: 'no-vector', why: 'The model has no vector of it any more; it was not read again yet.' };
  if (!facts.byMeaning) return byRank(facts);
  if (item.scoreNow < line.now.similarity) {
    if (!facts.sameQuery) return otherQuery(facts);
    return Math.abs(item.scoreNow - (then?.similarity ?? item.scoreNow)) > SAME
      ? readAnew(then?.similarity, item.scoreNow)
      : lineMoved(facts, item.scoreNow);
  }
  if (item.rival !== null)
    return { reason: 'group', why: `Item ${item.rival}, of the same group, comes first now.` };
  if (facts.isCut.now)
    return { reason: 'depth', why: `Still stands out, below the first ${facts.kept} that are kept.` };
  return others(facts);
}

/** Why an item stands out now and did not then. */
export function whyNew(facts: ChangeFacts): Change {
  const { item, line, savedAt } = facts;
  if (!item) return { reason: 'unknown', why: NOT_STORED };
  if (facts.isReplaced)
    return { reason: 'replaced', why: 'Its file has other content than then, when it was another picture.' };
  if (item.addedAt > savedAt) return { reason: 'imported', why: `Imported on ${day(item.addedAt)}.` };
  if (item.isLate) return { reason: 'read', why: 'The model has read it since.' };
  if (!facts.byMeaning) return byRank(facts);
  // What was kept of then is surer than what its vectors of now would have scored.
  const scoreThen = facts.then?.similarity ?? item.scoreThen;
  if (scoreThen !== null && scoreThen < line.then.similarity) {
    if (!facts.sameQuery) return otherQuery(facts);
    return Math.abs(scoreThen - (item.scoreNow ?? scoreThen)) > SAME
      ? readAnew(scoreThen, item.scoreNow)
      : lineMoved(facts, scoreThen);
  }
  if (item.rival !== null)
    return { reason: 'group', why: `Item ${item.rival}, of the same group, came first then.` };
  if (facts.isCut.then)
    return { reason: 'depth', why: `Ranked below the first ${facts.kept} that were kept.` };
  if (facts.where.length > 0 && !facts.hasApart)
    return { reason: 'filter', why: `Fits now and did not then: ${facts.where.join(' and ')}` };
  return others(facts);
}

const NOT_STORED = 'Nothing that is stored explains it.';

function byRank({ then, now }: ChangeFacts): Change {
  return { reason: 'rank', why: `By words and meaning: ${place(then)} then, ${place(now)} now.` };
}

function otherQuery({ dictionary }: ChangeFacts): Change {
  const why =
    dictionary.then === dictionary.now
      ? 'The query’s own vector is another: one of its items or pictures was read anew.'
      : `Abbreviations are written out otherwise: dictionary ${dictionary.then}, now ${dictionary.now}.`;
  return { reason: 'query', why };
}

const readAnew = (before: number | null | undefined, after: number | null): Change => ({
  reason: 'score',
  why: `Its similarity went from ${score(before)} to ${score(after)}: the model has read it anew.`,
});

function lineMoved({ line }: ChangeFacts, similarity: number): Change {
  const { then, now } = line;
  const moved =
    then.spreads === now.spreads
      ? `the line is still ${now.spreads.toFixed(1)} spreads, but the query scores random items otherwise`
      : `the line went from ${then.spreads.toFixed(1)} to ${now.spreads.toFixed(1)} spreads`;
  return {
    reason: 'line',
    why: `Similarity ${score(similarity)} as before; ${moved} (${score(then.similarity)}, now ${score(now.similarity)}).`,
  };
}

function others({ hasApart }: ChangeFacts): Change {
  return hasApart
    ? { reason: 'apart', why: 'What results must not share with the query is another than it was.' }
    : { reason: 'unknown', why: NOT_STORED };
}
