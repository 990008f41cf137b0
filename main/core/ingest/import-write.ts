import { pseudonym } from '../domain/pseudonym.ts';
import { ruleTitle } from '../privacy/identity-rules.ts';
import type { Archive } from '../store/archive.ts';
import type { NewItem } from '../store/items.ts';
import type { ReadFile } from './decode-read.ts';
import type { ImportModel } from './import-model.ts';

export interface ReadResult {
  readonly fileId: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Media name. */
  readonly thumb: string;
  readonly read: ReadFile;
  /** One per region of `read`, in order. */
  readonly vectors: readonly Float32Array[];
}

/**
 * Writes one file's item, attributes, regions and vectors; the caller holds the transaction.
 *
 * A file that changed in place and was its item's only file keeps the item (its number, its tags) with the new
 * content; a file whose old content lives on elsewhere gets an item of its own.
 */
export function writeRead(archive: Archive, model: ImportModel, result: ReadResult): void {
  const item = itemOf(archive, result);
  const old = archive.items.itemOfFile(result.fileId);
  let itemId: number;
  if (old !== null && archive.sources.isOnlyFileOf(result.fileId, old)) {
    archive.vectors.dropItem(old);
    archive.items.clearRegions(old);
    archive.items.replaceContent(old, item);
    itemId = old;
  } else itemId = archive.items.insert(item);
  archive.sources.link(result.fileId, itemId);

  const { read, vectors } = result;
  if (read.slide) saveSlide(archive, itemId, read.slide);
  read.regions.forEach((region, index) => {
    const regionId = archive.items.addRegion(itemId, {
      kind: region.kind,
      frame: region.frame,
      level: 0,
      x: 0,
      y: 0,
      w: read.width,
      h: read.height,
      preparation: region.preparation,
      windowName: region.windowName,
    });
    const vector = vectors[index];
    if (!vector) throw new RangeError('a region without a vector');
    archive.vectors.add(model.row, regionId, vector);
  });
}

/** By which a table's row can name a DICOM instance. */
const instanceKey = (secret: string, uid: string | undefined) =>
  uid ? [{ name: 'instanceKey', text: pseudonym(secret, 'instance', uid) }] : [];

/** What the identity check found in a file that was let in all the same stays with it. */
function identityNotes({ judgement }: ReadFile): string[] {
  if (judgement.verdict === 'clear') return [];
  const titles = judgement.findings.map(({ code }) => ruleTitle(code).toLowerCase());
  return [`let in although the identity check found: ${titles.join(', ')}`];
}

function saveSlide(archive: Archive, itemId: number, slide: NonNullable<ReadFile['slide']>): void {
  const { vendor, mppX, mppY, objectivePower, levels } = slide;
  archive.slides.save(itemId, {
    vendor,
    mppX,
    mppY: mppY ?? mppX,
    mppFrom: mppX === null ? null : 'file',
    objectivePower,
    levels,
  });
  // Given for the folder before this slide came into it.
  const rule = mppX === null ? archive.slides.ruleOf(itemId) : null;
  if (rule !== null) archive.slides.setMpp(itemId, rule);
}

function itemOf(archive: Archive, { sha256, sizeBytes, thumb, read }: ReadResult): NewItem {
  const secret = archive.settings.get('secret') ?? '';
  const key = (kind: 'patient' | 'study' | 'series' | 'slide', value: string | undefined) =>
    value ? pseudonym(secret, kind, value) : null;
  const text = (name: string) => read.attributes.find((attribute) => attribute.name === name)?.text ?? null;
  return {
    kind: read.kind,
    sha256,
    sizeBytes,
    widthPx: read.width,
    heightPx: read.height,
    frames: read.frames,
    modality: text('modality'),
    bodyPart: text('bodyPart'),
    patientKey: key('patient', read.identifiers.patientId),
    studyKey: key('study', read.identifiers.studyUid),
    seriesKey: key('series', read.identifiers.seriesUid),
    mpp: read.slide?.mppX ?? null,
    slideKey: key('slide', read.identifiers.container ?? (read.slide && read.identifiers.seriesUid)),
    thumb,
    notes: [...read.notes, ...identityNotes(read)],
    attributes: [...read.attributes, ...instanceKey(secret, read.identifiers.sopInstanceUid)],
    addedAt: new Date().toISOString(),
  };
}
