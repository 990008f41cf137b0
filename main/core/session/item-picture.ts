import { ArchiveError } from '../../../preload/contract/faults.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import type { Archive } from '../store/archive.ts';
import type { Session } from './session.ts';

export interface PictureRequest {
  readonly itemId: number;
  readonly as: 'full' | 'model-view';
  readonly frame: number;
  /** A preset's name or `centre,width`; left out: as the model saw it. */
  readonly window?: string;
}

/**
 * Makes a picture of an item from its original and names it by its content.
 *
 * @throws ArchiveError `item.unknown`, `file.missing`, `file.changed` when the original is another one by now, and
 *   what its reading throws.
 */
export async function itemPicture(session: Session, request: PictureRequest, signal: AbortSignal) {
  const { pool, media } = session;
  const path = await originalOf(session, request.itemId);
  const { encoder } = await session.activeModel();
  const { preprocessing } = encoder.manifest;
  const { as, frame, window } = request;
  const wish = window === undefined ? {} : { window };
  const made = await pool.derive({ path, as, frame, preprocessing, ...wish }, signal);
  const name = await (as === 'full'
    ? media.write('full', made.bytes, 'webp')
    : media.write('view', made.bytes, 'png'));
  return { path: name, widthPx: made.widthPx, heightPx: made.heightPx, preparation: made.preparation };
}

/**
 * Absolute path of a file that has the item's content, unchanged since it was read.
 *
 * @throws ArchiveError `item.unknown`, `file.missing`, `file.changed`.
 */
export async function originalOf(
  { archive }: { readonly archive: Archive },
  itemId: number,
): Promise<string> {
  if (!archive.items.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  return unchangedFile(archive, itemId);
}

/**
 * Makes a deleted thumbnail again and answers its path, or null when the original is not there or gives another
 * picture by now; the item then points to the new one.
 */
export async function restoreThumbnail(session: Session, name: string): Promise<string | null> {
  const { archive, pool, media } = session;
  const itemId = archive.items.idOfThumb(name);
  if (itemId === null) return null;
  const path = await originalOf(session, itemId).catch(() => null);
  if (path === null) return null;
  const { encoder } = await session.activeModel();
  const { thumb } = await pool.read({ path, preprocessing: encoder.manifest.preprocessing });
  const made = await media.write('thumb', thumb, 'webp');
  if (made === name) return media.find(name);
  archive.items.setThumb(itemId, made);
  return null;
}
