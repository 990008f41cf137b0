import { ArchiveError } from '../../../preload/contract/faults.ts';
import { readPoolingWeights } from '../encode/pooling-weights.ts';
import { storeSlideVector } from '../ingest/slide-embed-job.ts';
import type { Session } from './session.ts';
import {
  DEFAULT_POOLING,
  knownVariant,
  preparedModel,
  variantRow,
  type PreparedModel,
} from './slide-preparations.ts';

/** A way to make one vector of a slide's tiles. */
export interface KnownPooling {
  readonly name: string;
  readonly kind: 'contrast' | 'mean' | 'attention';
  readonly dimensions: number | null;
  readonly hidden: number | null;
  readonly gated: boolean | null;
  /** Slides with a vector made so, of tiles as scanned and the model in use. */
  readonly slides: number;
}

const plain = { dimensions: null, hidden: null, gated: null } as const;

/** All that the archive knows: the two that need no weights, then those that were brought. */
export async function listPoolings(session: Session): Promise<KnownPooling[]> {
  const { row: base } = await session.activeModel();
  const slides = (pooling: string) => {
    const row = knownVariant(session, base, 'none', pooling);
    return row ? session.archive.preparations.pooled.items(row.id).length : 0;
  };
  return [
    { name: 'contrast', kind: 'contrast', ...plain, slides: slides('contrast') },
    { name: 'mean', kind: 'mean', ...plain, slides: slides('mean') },
    ...session.archive.preparations
      .poolings()
      .map((one) => ({ ...one, kind: 'attention' as const, slides: slides(one.name) })),
  ];
}

/**
 * Takes weights of attention pooling from a file.
 *
 * @throws ArchiveError `pooling.unreadable`, `slide.pooling-unfit` where the model in use makes other vectors.
 */
export async function addPooling(
  session: Session,
  file: { readonly name: string; readonly bytes: Uint8Array },
) {
  const { row } = await session.activeModel();
  const read = await readPoolingWeights(file);
  checkLength(read.dimensions, row.dimensions);
  session.archive.preparations.addPooling(read, new Date().toISOString());
  const added = (await listPoolings(session)).find(({ name }) => name === read.name);
  if (!added) throw new ArchiveError('internal');
  return added;
}

/** @throws ArchiveError `slide.pooling-unknown`, `slide.pooling-unfit`. */
export function checkPooling({ archive }: Session, { row }: PreparedModel, pooling: string): void {
  if (pooling === DEFAULT_POOLING || pooling === 'mean') return;
  const stored = archive.preparations.pooling(pooling);
  if (!stored) throw new ArchiveError('slide.pooling-unknown', { pooling });
  checkLength(stored.dimensions, row.dimensions);
}

function checkLength(dimensions: number, ofModel: number): void {
  if (dimensions !== ofModel) throw new ArchiveError('slide.pooling-unfit', { dimensions, ofModel });
}

/** Slides that have a vector of their own made one way. */
export function pooledItems(session: Session, { base, stain }: PreparedModel, pooling: string): number[] {
  const row = knownVariant(session, base, stain, pooling);
  return row ? session.archive.preparations.pooled.items(row.id) : [];
}

/**
 * Gives embedded slides their vector by a pooling.
 *
 * @param itemIds - left out, all that have tiles of the preparation.
 * @returns how many slides now have one.
 * @throws ArchiveError `slide.pooling-*`, `slide.stain-unknown`, `slide.not-embedded` where not one has such tiles.
 */
export async function givePooling(
  session: Session,
  { pooling, stain, itemIds }: { pooling: string; stain: string; itemIds?: readonly number[] | undefined },
  signal: AbortSignal,
): Promise<number> {
  const model = await preparedModel(session, stain);
  checkPooling(session, model, pooling);
  const chosen = itemIds ?? session.archive.slides.embeddedItems(model.row.id);
  const done = await poolSlides(session, model, pooling, chosen, signal);
  if (done === 0) throw new ArchiveError('slide.not-embedded', { stain });
  return done;
}

/** Pools slides whose tiles the model has; one transaction each, so that it can be run again. */
export async function poolSlides(
  session: Session,
  model: PreparedModel,
  pooling: string,
  itemIds: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const { archive, slideScan } = session;
  let done = 0;
  for (const itemId of itemIds) {
    const pooled = await slideScan.pool(model.row, itemId, pooling, signal);
    if (signal.aborted || !archive.db.open) break;
    if (!pooled) continue;
    archive.transaction(() => {
      storeSlideVector(archive, variantRow(session, model, model.stain, pooling), itemId, pooled);
      archive.settings.bumpGeneration();
    });
    done += 1;
  }
  return done;
}

/** Brings vectors of other poolings up to date for slides whose tiles have changed. */
export async function poolAgain(
  session: Session,
  model: PreparedModel,
  itemIds: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  for (const { stain, pooling } of session.archive.preparations.variants(model.base.id)) {
    if (stain !== model.stain || pooling === DEFAULT_POOLING) continue;
    const have = new Set(pooledItems(session, model, pooling));
    const stale = itemIds.filter((itemId) => have.has(itemId));
    await poolSlides(session, model, pooling, stale, signal);
  }
}

/**
 * Slides that are like one, most alike first, by vectors of one pooling and one preparation.
 *
 * @throws ArchiveError `slide.not-pooled` where it has no such vector, `item.unknown`, `slide.stain-unknown`.
 */
export async function similarSlides(
  session: Session,
  { itemId, pooling, stain, limit }: { itemId: number; pooling: string; stain: string; limit: number },
  signal: AbortSignal,
) {
  const started = performance.now();
  const { archive, slideScan } = session;
  if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const { row: base } = await session.activeModel();
  const row = knownVariant(session, base, stain, pooling);
  const found = row && (await slideScan.similar(row, itemId, signal));
  if (!found) throw new ArchiveError('slide.not-pooled', { itemId, stain, pooling });
  const hits = found
    .slice(0, limit)
    .map((one) => ({ ...one, path: archive.items.get(one.itemId)?.path ?? '' }));
  return { hits, of: found.length, tookMs: performance.now() - started };
}
