import { createHash, randomInt } from 'node:crypto';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Judging, JudgingDocument } from '../../../preload/contract/judgings.ts';
import { methods, type Request } from '../../../preload/contract/methods.ts';
import type { Hit } from '../../../preload/contract/search.ts';
import { type Band, bandsOf, precisionAt, shareOut } from '../domain/judged-precision.ts';
import { seededRandom, shuffled } from '../domain/statistics/random.ts';
import type { Archive } from '../store/archive.ts';
import { itemLookup } from '../store/item-lookup.ts';
import type { JudgingRow, SampledItem } from '../store/judgings.ts';
import type { QueryModel } from './chips.ts';
import { itemOf } from './item-of.ts';
import { refuseIdentifying, refuseIdentifyingFormula } from './saved/saved-words.ts';
import type { Search } from './search.ts';

export interface JudgingParts {
  readonly archive: Archive;
  readonly model: () => QueryModel | Promise<QueryModel>;
  readonly search: Search;
}

const BANDS = 6;
const PAGE = 1_000;
/** The sample speaks for what stands out and as much again twice below, within these. */
const SHALLOWEST = 200;
const DEEPEST = 5_000;

/** Precision of a query at every cutoff, from some thirty hits that a person looked at. */
export function createJudgings({ archive, model, search }: JudgingParts) {
  const store = archive.judgings;
  const now = () => new Date().toISOString();

  /** @throws ArchiveError `judging.empty` where the query finds nothing, `saved.identifying`, and as `search.run`. */
  async function start(
    { chips, where, count }: Request<'judging.start'>,
    signal: AbortSignal,
  ): Promise<Judging> {
    refuseIdentifying('', { chips, where, meanings: {} });
    const { row } = await model();
    const generation = Number(archive.settings.get('generation') ?? 0);
    const hits: Hit[] = [];
    let depth = PAGE;
    let formula = '';
    for (let offset = 0; offset < depth; offset += PAGE) {
      const query = methods['search.run'].input.parse({ chips, where, offset, limit: PAGE });
      const answer = await search.run(query, signal);
      formula = answer.formula;
      depth = Math.min(answer.total, DEEPEST, Math.max(SHALLOWEST, 3 * answer.standOut));
      hits.push(...answer.hits.slice(0, depth - offset));
      if (answer.hits.length < PAGE) break;
    }
    if (hits.length === 0) throw new ArchiveError('judging.empty');
    const bands = bandsOf(
      hits.map(({ similarity }) => similarity),
      BANDS,
    );
    const query = JSON.stringify({ chips, where });
    const id = store.add(
      {
        ...{ query, formula, generation, modelId: row.id, bands: JSON.stringify(bands), at: now() },
        queryHash: hashOf(query, row.identity),
      },
      sampled(hits, bands, count),
    );
    return get(id);
  }

  /** @throws ArchiveError `judging.unknown` */
  function rowOf(judgingId: number): JudgingRow {
    const row = store.get(judgingId);
    if (!row) throw new ArchiveError('judging.unknown', { judgingId });
    return row;
  }

  function get(judgingId: number): Judging {
    const row = rowOf(judgingId);
    const bands = JSON.parse(row.bands) as Band[];
    const { chips, where } = JSON.parse(row.query) as Pick<Judging, 'chips' | 'where'>;
    const sample = store.items(judgingId);
    const judged = sample
      .filter(({ verdict }) => verdict === 'yes' || verdict === 'no')
      .map(({ place, lift, verdict }) => ({ place, lift, isRight: verdict === 'yes' }));
    return {
      judgingId,
      ...{ chips, where, bands, formula: row.formula, generation: row.generation, at: row.at },
      depth: bands.at(-1)?.to ?? 0,
      items: sample.flatMap(({ itemId, place, similarity, lift, verdict }) => {
        const item = archive.items.get(itemId);
        return item ? [{ item: itemOf(item), place, similarity, lift, verdict }] : [];
      }),
      judged: judged.length,
      right: judged.filter(({ isRight }) => isRight).length,
      curve: [...sample]
        .sort((a, b) => a.place - b.place)
        .flatMap(({ place, lift }) => {
          const found = precisionAt(bands, judged, place);
          return found ? [{ place, lift, precision: found.value, low: found.low, high: found.high }] : [];
        }),
    };
  }

  return {
    start,
    get,
    list: (): Judging[] => store.list().map(({ id }) => get(id)),
    async ofQuery({ chips, where }: Request<'judging.ofQuery'>): Promise<Judging | null> {
      const { row } = await model();
      const found = store.ofQuery(hashOf(JSON.stringify({ chips, where }), row.identity), row.id);
      return found ? get(found.id) : null;
    },
    /** @throws ArchiveError `judging.unknown`; `item.unknown` for an item that is no part of the sample. */
    judge({ judgingId, itemId, verdict, reader }: Request<'judging.judge'>): Judging {
      rowOf(judgingId);
      if (!store.items(judgingId).some((one) => one.itemId === itemId))
        throw new ArchiveError('item.unknown', { itemId });
      store.judge(judgingId, itemId, verdict, reader, now());
      return get(judgingId);
    },
    undo({ judgingId, reader }: Request<'judging.undo'>): { itemId: ItemId | null; judging: Judging } {
      rowOf(judgingId);
      const itemId = store.undo(judgingId, reader, now()) as ItemId | null;
      return { itemId, judging: get(judgingId) };
    },
    remove: (judgingId: number): boolean => store.remove(judgingId),

    export(judgingId: number): JudgingDocument {
      const { identity, formula, bands, query } = rowOf(judgingId);
      return {
        format: 'vitrine-judging-1',
        modelIdentity: identity,
        ...(JSON.parse(query) as Pick<JudgingDocument, 'chips' | 'where'>),
        formula,
        bands: JSON.parse(bands) as Band[],
        items: store.items(judgingId).flatMap(({ itemId, place, similarity, lift, verdict, reader }) => {
          const item = archive.items.get(itemId);
          return item ? [{ sha256: item.sha256, place, similarity, lift, verdict, reader }] : [];
        }),
      };
    },

    /** @throws ArchiveError `judging.model` for one of a model that this archive has no vectors of, `saved.identifying`. */
    import(document: JudgingDocument): { judging: Judging; unknownItems: number } {
      const { chips, where, formula } = document;
      refuseIdentifying('', { chips, where, meanings: {} });
      refuseIdentifyingFormula(formula);
      const row = archive.vectors.modelByIdentity(document.modelIdentity);
      if (!row) throw new ArchiveError('judging.model');
      const lookup = itemLookup(archive.db);
      const items = [...new Map(document.items.toReversed().map((one) => [one.sha256, one])).values()];
      const known = items.toReversed().flatMap((one) => {
        const itemId = lookup.bySha(one.sha256);
        const band = document.bands.findIndex(({ from, to }) => one.place >= from && one.place <= to);
        return itemId === null || band < 0 ? [] : [{ ...one, itemId, band }];
      });
      const query = JSON.stringify({ chips, where });
      const at = now();
      const id = archive.transaction(() => {
        const added = store.add(
          {
            ...{ query, modelId: row.id, generation: 0, at, formula },
            ...{ queryHash: hashOf(query, row.identity), bands: JSON.stringify(document.bands) },
          },
          known.map(({ itemId, place, band, similarity, lift }) => ({
            itemId,
            place,
            band,
            similarity,
            lift,
          })),
        );
        for (const { itemId, verdict, reader } of known)
          if (verdict) store.judge(added, itemId, verdict, reader ?? 'import', at);
        return added;
      });
      return { judging: get(id), unknownItems: items.length - known.length };
    },
  };
}
export type Judgings = ReturnType<typeof createJudgings>;

const hashOf = (query: string, identity: string): string =>
  createHash('sha256').update(identity).update(query).digest('hex');

/** Drawn by chance from every band, and shuffled: whoever judges must not know which should be right. */
function sampled(hits: readonly Hit[], bands: readonly Band[], count: number): SampledItem[] {
  const random = seededRandom(randomInt(2 ** 32 - 1));
  const shares = shareOut(bands, count);
  const drawn = bands.flatMap(({ from, to }, band) => {
    const places = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return shuffled(places, random)
      .slice(0, shares[band])
      .map((place): SampledItem => {
        const { itemId, similarity, lift } = hits[place - 1] as Hit;
        return { itemId, place, band, similarity, lift };
      });
  });
  return shuffled(drawn, random);
}
