import { noPixelFacts, type IdentityEvidence } from '../../domain/identity.ts';
import { identityEvidence } from '../dicom/identity-evidence.ts';
import { readHeader } from '../dicom/read-header.ts';
import { withFile } from '../file-bytes.ts';
import { isWholeSlide } from './dicom/open-dicom-slide.ts';

/**
 * What a slide's file says about persons, its pixels untouched. Of TIFF nothing is said: descriptions are read for
 * numbers alone, and labels stay closed.
 *
 * @throws ArchiveError `dicom.*`, `file.*`.
 */
export async function slideEvidence(path: string): Promise<IdentityEvidence> {
  if (await isWholeSlide(path))
    return await withFile(path, async (file) => identityEvidence(await readHeader(file)));
  return { fields: [], pixels: noPixelFacts, statement: 'none', options: [] };
}
