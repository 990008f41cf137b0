import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { resolveChips } from '../search/chips.ts';
import { vectorReader } from '../store/vectors.ts';
import { originalOf } from './item-picture.ts';
import type { Session } from './session.ts';
import type { PreparedModel } from './slide-preparations.ts';
import { placeVector } from './slide-region.ts';

/**
 * The vector of a query for tiles of one preparation: its rectangles and pictures are prepared the same way, words
 * need no preparing.
 *
 * @throws ArchiveError as `resolveChips`; `query.other-preparation`, `slide.no-stain`, `file.*` where a part cannot be
 *   prepared.
 */
export async function queryVector(
  session: Session,
  model: PreparedModel,
  chips: readonly Chip[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const { archive, heldImages } = session;
  const parts: Chip[] = [];
  for (const chip of chips) parts.push(await preparedPart(session, model, chip, signal));
  const { row, encoder } = model;
  const sources = { archive, model: { row, encodeTexts: encoder.encodeTexts }, heldImages };
  return (await resolveChips(parts, sources, signal)).vector;
}

/** The same part in a form that has a vector of the model. */
async function preparedPart(
  session: Session,
  model: PreparedModel,
  chip: Chip,
  signal: AbortSignal,
): Promise<Chip> {
  const { archive, heldImages } = session;
  if (model.target === null || chip.type === 'text') return chip;
  if (chip.type === 'image') {
    const held = heldImages.get(chip.imageId);
    if (held?.modelIdentity !== model.base.identity)
      throw new ArchiveError('query.image-unknown', { imageId: chip.imageId });
    // What was learned from several items is no picture.
    if (!held.pixels) throw new ArchiveError('query.other-preparation');
    const imageId = await holdPrepared(session, model, chip.imageId, held.name, held.pixels, signal);
    return { ...chip, imageId };
  }
  const reader = vectorReader(archive.db, model.row.id);
  const [itemId, regionId] =
    chip.type === 'region'
      ? [archive.items.region(chip.regionId)?.itemId, chip.regionId]
      : [chip.itemId, undefined];
  const item = itemId === undefined ? undefined : archive.items.get(itemId);
  // Unknown ones are refused where all are.
  if (!item || itemId === undefined) return chip;
  const region = regionId === undefined ? undefined : archive.items.region(regionId);
  if (item.kind === 'slide') {
    if (!region || reader.vector(region.id)) return chip;
    const { vector } = await placeVector(session, model, itemId, region, signal);
    // Another query with the same rectangle may have stored it meanwhile.
    archive.transaction(() => archive.vectors.replace(model.row, region.id, vector, itemId));
    return chip;
  }
  const key = `${itemId} ${regionId ?? ''}`;
  const path = await originalOf(session, itemId);
  const { preprocessing } = model.encoder.manifest;
  const only = region
    ? { frames: [region.frame], ...(region.windowName && { window: region.windowName }) }
    : {};
  const { regions } = await session.pool.read({ path, preprocessing, ...only }, signal);
  const middle = regions[regions.length >> 1];
  if (!middle || region?.kind === 'roi') throw new ArchiveError('query.other-preparation');
  const imageId = await holdPrepared(session, model, key, `item ${itemId}`, middle.pixels, signal, [itemId]);
  return { type: 'image', imageId, weight: chip.weight };
}

/** @returns the id by which a chip names the prepared picture. */
async function holdPrepared(
  { pool, heldImages }: Session,
  { row, target, encoder }: PreparedModel,
  key: string,
  name: string,
  pixels: Uint8Array,
  signal: AbortSignal,
  ownItems: readonly number[] = [],
): Promise<string> {
  const sha256 = `${key} ${row.identity}`;
  if (heldImages.get(sha256) || !target) return sha256;
  const prepared = await pool.stainPicture({ pixels, target }, signal);
  const vector = await encoder.encodeImages(prepared, 1, signal);
  heldImages.put({ sha256, name, modelIdentity: row.identity, vector, ownItems });
  return sha256;
}
