import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Preprocessing } from '../encode/bundle.ts';
import { isHeld, type IdentityPolicy } from '../domain/identity.ts';
import { frameValues, type FrameValues } from '../imaging/dicom/frame-values.ts';
import { openDicom } from '../imaging/dicom/open-dicom.ts';
import { readWhole } from '../imaging/file-bytes.ts';
import { inspectFile, type Inspection } from '../imaging/inspect.ts';
import { openFile } from '../imaging/open-file.ts';
import { chooseOpenSlide } from '../imaging/slide/openslide/library.ts';
import { isWholeSlide, wsiSeries } from '../imaging/slide/dicom/open-dicom-slide.ts';
import { isOfMirax } from '../imaging/slide/mirax-folder.ts';
import { hasVsi, vsiFiles } from '../imaging/slide/olympus/vsi-files.ts';
import { slideEvidence } from '../imaging/slide/slide-evidence.ts';
import { sniff, type Sniffed } from '../imaging/sniff.ts';
import { png, thumbnail, webp } from '../imaging/thumbnail.ts';
import { judgeIdentity } from '../privacy/judge-identity.ts';
import {
  modelView,
  preparationOf,
  readOpened,
  THUMB_PX,
  type ReadFile,
  type ReadOutcome,
  type ReadTask,
} from './decode-read.ts';
import { outcome, type Outcome } from './outcome.ts';
import { readSlide } from './slide-tasks.ts';
import {
  deriveSlide,
  openSlideFound,
  slideCut,
  slideDyes,
  slideMask,
  slideTiles,
  slideView,
  stainPicture,
} from './slide-calls.ts';
import { type PackedTable, packTable } from './sidecar-pack.ts';
import { LARGEST_TABLE, parseTable } from './sidecar-parse.ts';
import { stressViews } from './stress-views.ts';

export { openSlideFound, slideCut, slideDyes, slideMask, slideTiles, slideView, stainPicture, stressViews };

export interface Examined {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface DerivedPicture {
  readonly bytes: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly preparation: string[];
}

/** Longest side of the viewer's picture. */
const FULL_PX = 4096;
const FULL_QUALITY = 90;

/** Tells what the file is by its first bytes, then hashes it. A file that is no picture is refused unread. */
export function examine({ path }: { path: string }): Promise<Outcome<Examined>> {
  return outcome(async () => {
    const found = await sniff(path);
    if (found.is === 'empty') throw new ArchiveError('file.empty');
    if (found.is === 'other') await refuseOther(path, found.what);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for (const part of await contentOf(path, found))
        for await (const chunk of createReadStream(part, {
          highWaterMark: 1 << 20,
        }) as AsyncIterable<Buffer>) {
          hash.update(chunk);
          sizeBytes += chunk.length;
        }
    } catch (error) {
      if (error instanceof ArchiveError) throw error;
      throw new ArchiveError('file.unreadable', { system: systemCode(error) }, { cause: error });
    }
    return { sha256: hash.digest('hex'), sizeBytes };
  });
}

/** A file that is none: tiles of a slide are part of another file's item. */
async function refuseOther(path: string, what: string): Promise<never> {
  if (await isOfMirax(path)) throw new ArchiveError('file.sidecar', { what: 'part of a MIRAX slide' });
  if (what !== 'Olympus tile data') throw new ArchiveError('file.unsupported', { what });
  if (await hasVsi(path)) throw new ArchiveError('file.sidecar', { what: 'tiles of an Olympus slide' });
  throw new ArchiveError('slide.incomplete', { missing: 'the .vsi file beside the folder of these tiles' });
}

/** The files whose content stands for the item: the VSI and all its tiles; of a DICOM slide its largest level. */
async function contentOf(path: string, found: Sniffed): Promise<readonly string[]> {
  if (found.is === 'slide' && found.what === 'Olympus') return await vsiFiles(path);
  return found.is === 'dicom' && (await isWholeSlide(path)) ? [(await wsiSeries(path)).levels[0]] : [path];
}

const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

/**
 * Reads a file into everything an archive stores of it, except vectors; for files that were let in before, or are
 * not stored.
 */
export function read(task: ReadTask): Promise<Outcome<ReadFile>> {
  return outcome(async () => {
    if (await isSlide(task.path))
      return await readSlide(task.path, judgeIdentity(await slideEvidence(task.path)));
    const file = await openFile(task.path);
    return await readOpened(file, judgeIdentity(file.evidence), task);
  });
}

/** Reads a file that is to be stored, unless the policy holds it. */
export function admit(task: ReadTask & { readonly identity: IdentityPolicy }): Promise<Outcome<ReadOutcome>> {
  return outcome(async (): Promise<ReadOutcome> => {
    if (await isSlide(task.path)) {
      const judgement = judgeIdentity(await slideEvidence(task.path));
      if (isHeld(judgement.verdict, task.identity)) return { is: 'held', judgement };
      return { is: 'read', file: await readSlide(task.path, judgement) };
    }
    const file = await openFile(task.path);
    const judgement = judgeIdentity(file.evidence);
    if (isHeld(judgement.verdict, task.identity)) return { is: 'held', judgement };
    return { is: 'read', file: await readOpened(file, judgement, task) };
  });
}

/** A frame of a DICOM file before its window, for a viewer that windows by itself. */
export function frame(task: { path: string; frame: number }): Promise<Outcome<FrameValues>> {
  return outcome(async () => await frameValues(await openDicom(task.path), task.frame));
}

async function isSlide(path: string): Promise<boolean> {
  const found = await sniff(path);
  return found.is === 'slide' || (found.is === 'dicom' && (await isWholeSlide(path)));
}

/** A table beside the pictures. @throws ArchiveError `table.unreadable`, `file.*`, as an outcome. */
export function table({ path }: { path: string }): Promise<Outcome<PackedTable>> {
  return outcome(async () => {
    const bytes = await readWhole(path, LARGEST_TABLE);
    if (!bytes) throw new ArchiveError('table.unreadable', { what: 'too large' });
    return packTable(parseTable(bytes, path));
  });
}

/** What the file holds, in numbers that another reader can be held against. */
export function inspect({ path, frame }: { path: string; frame: number }): Promise<Outcome<Inspection>> {
  return outcome(() => inspectFile(path, { frame }));
}

/**
 * One picture of a file: `full` for the viewer (WebP, at most 4,096 px), `original` at its own size (PNG), `thumb`
 * as the grid shows it (WebP), `model-view` exactly as the model is fed (PNG).
 */
export function derive({
  path,
  as,
  frame,
  window,
  preprocessing,
}: {
  path: string;
  as: 'full' | 'original' | 'thumb' | 'model-view';
  frame: number;
  window?: string;
  preprocessing: Preprocessing;
}): Promise<Outcome<DerivedPicture>> {
  return outcome(async () => {
    if (await isSlide(path)) return await deriveSlide(path, as, preprocessing);
    const file = await openFile(path);
    const picture = await file.picture(
      window === undefined ? { frame } : { frame, window: parseWindow(window) },
    );
    const preparation = preparationOf(picture, frame, file, preprocessing);
    if (as === 'original') {
      const { width: widthPx, height: heightPx } = picture;
      return { bytes: await png(picture), widthPx, heightPx, preparation };
    }
    if (as !== 'model-view') {
      const longest = Math.max(picture.width, picture.height);
      const most = as === 'full' ? FULL_PX : THUMB_PX;
      const shrink = Math.min(1, most / longest);
      const bytes =
        as === 'full' && shrink === 1 ? await webp(picture, FULL_QUALITY) : await thumbnail(picture, most);
      const widthPx = Math.max(1, Math.round(picture.width * shrink));
      const heightPx = Math.max(1, Math.round(picture.height * shrink));
      return { bytes, widthPx, heightPx, preparation };
    }
    const { sizePx } = preprocessing;
    const data = modelView(picture, preprocessing);
    const bytes = await png({ width: sizePx, height: sizePx, data, window: null, notes: [] });
    return { bytes, widthPx: sizePx, heightPx: sizePx, preparation };
  });
}

/** `lung` or `40,400` (centre, width). */
function parseWindow(text: string): string | { center: number; width: number } {
  const [center, width, ...rest] = text.split(',').map(Number);
  if (center === undefined || width === undefined || rest.length > 0) return text;
  if (!Number.isFinite(center) || !(width >= 1))
    throw new ArchiveError('request.invalid', { at: 'window', window: text });
  return { center, width };
}

/** Keeps a thread from going to sleep. */
export const nothing = (): Promise<Outcome<null>> => outcome(() => Promise.resolve(null));

const tasks = {
  admit, derive, examine, frame, inspect, openSlideFound, read, slideCut, slideDyes, slideMask, slideTiles, slideView,
  stainPicture, stressViews, table, nothing,
}; // prettier-ignore
export type DecodeTasks = typeof tasks;

/** What the pool calls. @param openSlide - the file of libopenslide that the user chose; null: none. */
export function perform(call: {
  readonly name: keyof DecodeTasks;
  readonly task: unknown;
  readonly openSlide: string | null;
}): Promise<Outcome<unknown>> {
  chooseOpenSlide(call.openSlide);
  return (tasks[call.name] as (task: unknown) => Promise<Outcome<unknown>>)(call.task);
}
