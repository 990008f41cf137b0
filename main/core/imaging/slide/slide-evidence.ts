import { noPixelFacts, type IdentityEvidence } from '../../domain/identity.ts';
import { describedFields, type FoundField } from '../described-identity.ts';
import { identityEvidence } from '../dicom/identity-evidence.ts';
import { readHeader } from '../dicom/read-header.ts';
import { exifFields } from '../exif-fields.ts';
import { withFile, type FileBytes } from '../file-bytes.ts';
import { sniff } from '../sniff.ts';
import { isWholeSlide } from './dicom/open-dicom-slide.ts';
import { openSlide, refuseUnread } from './open-slide.ts';
import { vsiFields } from './olympus/vsi-identity.ts';
import { findOpenSlide } from './openslide/library.ts';
import { openSlideFields } from './openslide/open-with-openslide.ts';

/**
 * What a slide's file says about persons, its pixels untouched: the tags of every page of a TIFF, field by field where a
 * scanner wrote fields, and the tags that a VSI has behind them; the header of DICOM; of what only libopenslide reads its properties. Label pictures stay closed.
 *
 * @throws ArchiveError `slide.needs-openslide`, `slide.unreadable`, `dicom.*`, `file.*`.
 */
export async function slideEvidence(path: string): Promise<IdentityEvidence> {
  if (await isWholeSlide(path)) return await dicomEvidence(path);
  // Who would decide on a file that cannot be let in?
  const found = await sniff(path);
  if (found.is === 'slide') await refuseUnread(found.what);
  const tags = await withFile(path, async (file) => ((await isTiff(file)) ? await exifFields(file) : null));
  const listed = tags ? tags.found : await propertyFields(path);
  const own = found.is === 'slide' && found.what === 'Olympus' ? await withFile(path, vsiFields) : null;
  const fields = [...(listed ?? []), ...(own?.found ?? [])];
  if (listed === null || tags?.whole === false || own?.whole === false) {
    // What cannot be opened at all is told as such, not held back.
    await (await openSlide(path)).close();
    fields.push({ field: 'unread', value: '' });
  }
  return { fields, pixels: noPixelFacts, statement: 'none', options: [] };
}

/** Image Comments that converters fill with the scanner's description are read as such. */
async function dicomEvidence(path: string): Promise<IdentityEvidence> {
  const evidence = await withFile(path, async (file) => identityEvidence(await readHeader(file)));
  const fields = evidence.fields.flatMap((one) =>
    one.field === 'comment' && /^Aperio\b/.test(one.value) ? describedFields(one.value) : [one],
  );
  return { ...evidence, fields };
}

async function isTiff(file: FileBytes): Promise<boolean> {
  return /^(II[*+]\0|MM\0[*+])/.test((await file.read(0, 4)).toString('latin1'));
}

/** MIRAX keeps its names in files beside the picture; of what no library lists nothing is known. */
async function propertyFields(path: string): Promise<FoundField[] | null> {
  const library = await findOpenSlide();
  return library ? await openSlideFields(path, library) : null;
}
