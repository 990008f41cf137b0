import { ArchiveError } from '../../../preload/contract/faults.ts';
import { STAIN_METHOD, type StainProfile } from '../domain/stain.ts';
import type { ColourSteps } from '../domain/stain-jitter.ts';
import { publishedStain, roundedProfile, stainIdentity, variantIdentity } from '../domain/stain-target.ts';
import { FINE_MPP, planTiles, withinBudget } from '../domain/tiling.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import type { ModelRow } from '../store/vectors.ts';
import type { ModelInUse, Session } from './session.ts';
import { slideMask } from './slide-grid.ts';

/** How a slide's own vector is made where nobody asks for another way. */
export const DEFAULT_POOLING = 'contrast';
/** Tiles that tell what a slide is stained like, spread over its tissue: about 1.6 million pixels. */
const DYE_TILES = 32;

/** The model in use on tiles whose colours were prepared one way. Its row holds the vectors of such tiles alone. */
export interface PreparedModel extends ModelInUse {
  /** Of the model on tiles as scanned. */
  readonly base: ModelRow;
  readonly stain: string;
  /** Null for tiles as scanned. */
  readonly target: StainProfile | null;
}

/** @throws ArchiveError `slide.stain-unknown` */
export function targetOf({ archive }: Session, stain: string): StainProfile | null {
  if (stain === 'none') return null;
  if (stain === publishedStain.name) return publishedStain.profile;
  const found = archive.preparations.targets().find(({ name }) => name === stain);
  if (!found) throw new ArchiveError('slide.stain-unknown', { stain });
  return found.profile;
}

/**
 * The model in use for tiles of one preparation, to read slides with.
 *
 * @throws ArchiveError `slide.stain-unknown`, and what the model throws.
 */
export async function preparedModel(session: Session, stain: string): Promise<PreparedModel> {
  const { row: base, encoder } = await session.activeModel();
  const target = targetOf(session, stain);
  const row = variantRow(session, { base, encoder }, stain, DEFAULT_POOLING);
  return { base, encoder, row, stain, target };
}

/** The same to compare with: null where the archive has no such vectors. */
export async function knownPreparation(session: Session, stain: string): Promise<PreparedModel | null> {
  const { row: base, encoder } = await session.activeModel();
  const row = knownVariant(session, base, stain, DEFAULT_POOLING);
  return row && { base, encoder, row, stain, target: targetOf(session, stain) };
}

/** Where vectors of whole slides lie that were pooled one way from tiles prepared one way, if there are any. */
export function knownVariant(
  session: Session,
  base: ModelRow,
  stain: string,
  pooling: string,
): ModelRow | null {
  const target = targetOf(session, stain);
  if (target === null && pooling === DEFAULT_POOLING) return base;
  return session.archive.vectors.modelByIdentity(identityOf(base, target, pooling)) ?? null;
}

/** Where vectors of whole slides lie that were pooled one way from tiles prepared one way; made when it is new. */
export function variantRow(
  session: Session,
  { base, encoder }: Pick<PreparedModel, 'base' | 'encoder'>,
  stain: string,
  pooling: string,
): ModelRow {
  const target = targetOf(session, stain);
  if (target === null && pooling === DEFAULT_POOLING) return base;
  const reference = target && `${STAIN_METHOD} to ${JSON.stringify(target)}`;
  const variant = {
    stain,
    pooling,
    identity: identityOf(base, target, pooling),
    preprocessing: [
      encoder.manifest.preprocessing.version,
      ...(reference ? [`colours: ${reference}`] : []),
      `slides pooled: ${pooling}`,
    ].join('; '),
  };
  return session.archive.preparations.ensureVariant(base, variant, new Date().toISOString());
}

const identityOf = (base: ModelRow, target: StainProfile | null, pooling: string) =>
  variantIdentity(base.identity, target && stainIdentity(target), pooling);

/** What happens to the colours of a slide's tiles; null for tiles as scanned. @throws ArchiveError as `dyesOf`. */
export async function coloursOf(
  session: Session,
  { target, encoder }: PreparedModel,
  itemId: number,
  signal: AbortSignal,
): Promise<ColourSteps | null> {
  if (target === null) return null;
  return { dyes: await dyesOf(session, encoder, itemId, signal), jitter: null, target };
}

/**
 * What a slide is stained like; looked for once and kept.
 *
 * @throws ArchiveError `slide.no-stain`, `slide.no-mpp`, `file.*`, `slide.unreadable`, `item.unknown`.
 */
export async function dyesOf(
  session: Session,
  encoder: ModelInUse['encoder'],
  itemId: number,
  signal: AbortSignal,
): Promise<StainProfile> {
  const { archive, pool } = session;
  const known = archive.preparations.dyesOf(itemId, STAIN_METHOD);
  if (known) return known;
  const item = archive.items.get(itemId);
  const facts = archive.slides.get(itemId);
  if (!item || !facts) throw new ArchiveError('item.unknown', { itemId });
  const { mppX, mppY } = facts;
  if (mppX === null || mppY === null) throw new ArchiveError('slide.no-mpp', { itemId, path: item.path });
  const { preprocessing } = encoder.manifest;
  const size = { widthPx: item.widthPx, heightPx: item.heightPx, mppX, mppY };
  const mask = await slideMask(session, itemId, signal);
  const all = planTiles({ ...size, tilePx: preprocessing.sizePx, mpp: FINE_MPP }, mask);
  const tiles = withinBudget(all, { is: 'most', n: DYE_TILES });
  const path = await unchangedFile(archive, itemId);
  if (tiles.length === 0) throw new ArchiveError('slide.no-stain', { itemId, path: item.path });
  const found = roundedProfile(await pool.slideDyes({ path, tiles, preprocessing }, signal));
  archive.preparations.setDyes(itemId, STAIN_METHOD, found);
  return found;
}
