import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Request } from '../../../preload/contract/methods.ts';
import type { Chip, SearchAnswer } from '../../../preload/contract/search.ts';
import { createAbbreviations } from './abbreviations.ts';
import { expandChips } from './expand-chips.ts';
import { parseFilter } from '../domain/filter.ts';
import { checkWords } from '../domain/unlearned-words.ts';
import type { Archive } from '../store/archive.ts';
import { rankedWords } from '../store/words-query.ts';
import { type QueryModel, resolveChips } from './chips.ts';
import { learnedNotices, noticesOf, wordsNotices } from './notices.ts';
import type { HeldImages } from './held-images.ts';
import { answerOf, givenAnswers, queryKey } from './given-answers.ts';
import { compareWordings } from './wording-lab.ts';
import { wordingsFor } from './wordings.ts';
import type { ReportsWish } from './thread/report-ranking.ts';
import type { FactsWish } from './thread/saved-facts.ts';
import { createSearchLink } from './search-link.ts';
import type { SearchedModel } from './thread/search-messages.ts';
import type { SearchJob } from './thread/searcher.ts';

export interface SearchParts {
  readonly archive: Archive;
  /** The active model. @throws ArchiveError `model.missing` and its like when there is none. */
  readonly model: () => QueryModel | Promise<QueryModel>;
  readonly heldImages: HeldImages;
  /** False for a process that asks once: building a matrix would take longer than it saves. */
  readonly resident?: boolean;
  /** How long nothing must have changed before what is in memory is written to disk. */
  readonly quietMs?: number;
  readonly log?: (message: string, cause: unknown) => void;
}

/** A scan is limited by memory: more threads hardly help. */
const MOST_HELPERS = 3;

/** Search in one open archive. The thread it uses is started by the first query. */
export function createSearch(parts: SearchParts) {
  const { archive, model, heldImages, resident = true, quietMs = 3_000, log = () => {} } = parts;
  const setup = {
    databasePath: archive.databasePath,
    vectorsFolder: join(archive.folder, 'vectors'),
    builds: resident,
    quietMs,
    archiveId: archive.settings.get('archiveId') ?? '',
    helpers: Math.min(MOST_HELPERS, availableParallelism() - 1),
  };
  const link = createSearchLink(setup, {
    onSaved(modelId, file) {
      if (!archive.db.open) return;
      archive.matrixFiles.record(modelId, file);
      forgetChanges(modelId, file.seq);
    },
    onTrouble: (cause) => log('the vectors in memory could not be kept', cause),
  });

  const abbreviations = createAbbreviations(archive);
  const given = givenAnswers();

  /** Piece by piece: the core's thread has other things to do. */
  function forgetChanges(modelId: number, seq: number): void {
    if (archive.db.open && archive.matrixFiles.forgetSome(modelId, seq))
      setImmediate(forgetChanges, modelId, seq);
  }

  let counted:
    { readonly generation: string | null; readonly modalities: ReadonlyMap<string, number> } | undefined;

  /** Items of each modality; slides count as SM. */
  async function modalities(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const generation = archive.settings.get('generation');
    if (counted?.generation === generation) return counted.modalities;
    const { facets } = await link.run('facets', [], signal);
    const values = (name: string) => facets.find((facet) => facet.name === name)?.values ?? [];
    const slides = values('kind').filter(({ value }) => value === 'slide');
    const counts = new Map(slides.map(({ count }) => ['SM', count]));
    for (const { value, count } of values('modality'))
      counts.set(value, Math.max(count, counts.get(value) ?? 0));
    counted = { generation, modalities: counts };
    return counts;
  }

  /**
   * @throws ArchiveError `filter.invalid`, `query.cancels-out` and the other `query.*`, `request.cancelled`, and what
   *   the model throws.
   */
  async function run(request: Request<'search.run'>, signal: AbortSignal): Promise<SearchAnswer> {
    const { snapshot } = request;
    return snapshot === undefined ? first(request, signal) : page({ ...request, snapshot }, signal);
  }

  async function first(request: Request<'search.run'>, signal: AbortSignal): Promise<SearchAnswer> {
    const started = performance.now();
    const where = parseFilter(request.where);
    const active = await model();
    const expanded = await expandChips(request, abbreviations, () => modalities(signal));
    const { chips } = expanded;
    const query = await resolveChips(chips, { archive, model: active, heldImages }, signal);
    const { limit, offset, line, group, perGroup, apartFrom = null, order, lambda } = request;
    const { vector, ownItems } = query;
    const words = wordsOf(request, chips);
    const check = checkWords(wantedTexts(chips), active.learnedWords ?? null);
    const wordings =
      line === undefined && words?.match !== 'words'
        ? await wordingsFor(chips, active, archive, !check.isMost, signal)
        : null;
    const groups = group ? { by: group, most: perGroup } : null;
    const snapshot = randomUUID();
    const job = {
      vector,
      ownItems,
      where,
      group: groups,
      apartFrom: apartFrom === 'scanner' ? null : apartFrom,
      apartFromScanner: apartFrom === 'scanner',
      order,
      lambda,
      offset,
      limit,
      line: line ?? null,
      wordings,
      words,
      snapshot,
    };
    const encodeMs = performance.now() - started;
    const found = await link.run('search', { model: active.row, job }, signal);
    const head = {
      snapshot,
      match: words?.match ?? ('meaning' as const),
      formula: [query.formula, expanded.note].filter((part) => part !== '').join('; '),
      abbreviations: expanded.answer,
      tokens: query.tokens,
      truncatedWords: query.truncatedWords,
      notices: [
        ...learnedNotices(check),
        ...wordsNotices(request.match, found),
        ...noticesOf(query, found, offset === 0),
      ],
      arranged: found.arranged,
    };
    const drawn = line === undefined ? (wordings ? ('by-words' as const) : ('plain' as const)) : 'asked';
    given.keep({ model: active.row, query: queryKey(request), vector, line: found.line, drawn, head });
    return answerOf(found, { ...head, drawn }, encodeMs, started);
  }

  /** @throws ArchiveError `query.snapshot-gone`, also for the snapshot of another query */
  async function page(
    request: Request<'search.run'> & { readonly snapshot: string },
    signal: AbortSignal,
  ): Promise<SearchAnswer> {
    const started = performance.now();
    const { snapshot, offset, limit, line } = request;
    const before = given.of(snapshot);
    if (before.query !== queryKey(request)) throw new ArchiveError('query.snapshot-gone');
    const wish = { snapshot, offset, limit, line: line ?? null };
    const found = await link.run('page', { model: before.model, wish }, signal);
    const drawn = line === undefined || line === before.line ? before.drawn : 'asked';
    return answerOf(found, { ...before.head, drawn }, 0, started);
  }

  return {
    abbreviations,
    run,
    /** Items of the order of an answer, in that order. @throws ArchiveError `query.snapshot-gone`, `request.cancelled` */
    found: async (snapshot: string, isAbove: boolean, signal: AbortSignal): Promise<number[]> =>
      link.run('found', { model: given.of(snapshot).model, snapshot, isAbove }, signal),
    /** What an answer was ranked by: the model, and the query as its vector. @throws ArchiveError `query.snapshot-gone` */
    askedBy(snapshot: string): { readonly model: SearchedModel; readonly vector: Float32Array } {
      const { model: asked, vector } = given.of(snapshot);
      return { model: asked, vector };
    },
    /** @throws ArchiveError `request.cancelled` */
    itemFacts: (row: SearchedModel, wish: FactsWish, signal: AbortSignal) =>
      link.run('itemFacts', { model: row, wish }, signal),
    /** @throws as `compareWordings` */
    compareWordings: (request: Request<'search.wordings'>, signal: AbortSignal) =>
      compareWordings(run, request, signal),
    /** Captions and reports that fit. @throws ArchiveError `request.cancelled` */
    reports: (row: QueryModel['row'], wish: ReportsWish, signal: AbortSignal) =>
      link.run('reports', { model: row, wish }, signal),
    /** Values of the filter panel with counts. @throws ArchiveError `filter.invalid`, `request.cancelled` */
    facets: (where: readonly string[], signal: AbortSignal) => link.run('facets', parseFilter(where), signal),
    /** Numbers of all items that the filters leave, in order. @throws as `facets` */
    ids: (where: readonly string[], signal: AbortSignal) => link.run('ids', parseFilter(where), signal),
    close: link.close,
  };
}
export type Search = ReturnType<typeof createSearch>;

const wantedTexts = (chips: readonly Chip[]): string[] =>
  chips.flatMap((chip) => (chip.type === 'text' && chip.weight > 0 ? [chip.text] : []));

/**
 * The words of the query that are wanted in items, unless only meaning is asked or there are none.
 *
 * @param expanded - the same parts, written out: short and long are both looked for.
 */
function wordsOf({ chips, match }: Request<'search.run'>, expanded: readonly Chip[]): SearchJob['words'] {
  if (match === 'meaning') return null;
  const text = wantedTexts([...chips, ...expanded]).join(' ');
  return rankedWords(text).length > 0 ? { text, match } : null;
}
