import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { WHOLE_SLIDE } from '../../dicom/sop-classes.ts';
import { openBytes, type OpenBytes } from '../../file-bytes.ts';
import type { Slide } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { tiledSlide } from '../tiled-slide.ts';
import { readWsiInstance, type WsiInstance } from './wsi-instance.ts';
import { wsiTiles, wsiWindow } from './wsi-tiles.ts';

/** The files of one slide: the levels of a series that lie in one folder. */
export interface WsiSeries {
  /** Paths of the levels, largest first; the first is the file that stands for the slide. */
  readonly levels: readonly [string, ...string[]];
}

interface Member {
  readonly path: string;
  readonly file: OpenBytes;
  readonly instance: WsiInstance;
}

/** An instance, or all instances of a concatenation in their order. */
type Level = readonly [Member, ...Member[]];

/** A folder with more files than this is not searched for other levels. */
const MOST_FILES = 5000;
const MOST_MEMBERS = 256;
/** Preamble and file meta information fit in it. */
const HEAD_BYTES = 2048;
/** The UID, and not another that begins with it. */
const isNamed = new RegExp(`${WHOLE_SLIDE.replaceAll('.', '\\.')}(?![0-9.])`);

/**
 * Opens a DICOM whole slide by any of its levels: those of the same series in the same folder become one pyramid
 * (PS3.3 C.8.12.4; a level is an instance). Label and overview pictures stay closed.
 *
 * @throws ArchiveError `file.sidecar` for a label or overview, `slide.unreadable`, `dicom.*`, `file.*`.
 */
export async function openDicomSlide(path: string): Promise<Slide> {
  const levels = await openLevels(path);
  try {
    const [[base]] = levels;
    const [lowest] = levels.at(-1) ?? levels[0];
    const window = await wsiWindow(lowest.file, lowest.instance);
    const { instance } = base;
    return tiledSlide({
      vendor: 'dicom',
      grids: levels.map((level) => wsiTiles(level, window)),
      mppX: instance.mppX,
      mppY: instance.mppY,
      objectivePower: instance.objectivePower,
      associated: [],
      attributes: instance.attributes,
      identifiers: instance.identifiers,
      notes: notesOf(levels),
      close: () => closeAll(levels.flat()),
    });
  } catch (error) {
    await closeAll(levels.flat());
    throw error;
  }
}

function notesOf(levels: readonly Level[]): string[] {
  const instances = levels.flat().length;
  const missing = levels.flatMap((level) => {
    const { total } = level[0].instance.concatenation ?? { total: 0 };
    return total > level.length
      ? [`${total - level.length} of ${total} parts of a level are missing: white`]
      : [];
  });
  return [...(instances > 1 ? [`${instances} instances of one series`] : []), ...missing];
}

/** Which files make up the slide that a file belongs to; a label or overview is alone. @throws as `openDicomSlide`. */
export async function wsiSeries(path: string): Promise<WsiSeries> {
  const own = await openMember(path);
  await own?.file.close();
  if (own && isBeside(own)) return { levels: [path] };
  const levels = await openLevels(path);
  await closeAll(levels.flat());
  const [[base], ...rest] = levels;
  return { levels: [base.path, ...rest.map(([member]) => member.path)] };
}

/** Whether the file says in its first bytes that it is one; a file without file meta information is asked in full. */
export async function isWholeSlide(path: string): Promise<boolean> {
  const file = await openBytes(path);
  try {
    const head = await file.read(0, HEAD_BYTES);
    if (head.toString('latin1', 128, 132) === 'DICM') return isNamed.test(head.toString('latin1'));
    return (await readWsiInstance(file).catch(() => null)) !== null;
  } finally {
    await file.close();
  }
}

async function openLevels(path: string): Promise<readonly [Level, ...Level[]]> {
  const own = await openMember(path);
  if (!own) throw unreadable('no whole slide microscopy image');
  const opened: Member[] = [own];
  try {
    const { flavour, seriesUid } = own.instance;
    if (isBeside(own)) throw new ArchiveError('file.sidecar', { what: `${flavour} picture of a slide` });
    for (const other of seriesUid ? await neighbours(path) : []) {
      if (opened.length >= MOST_MEMBERS) break;
      const member = await openMember(other).catch(() => null);
      if (!member) continue;
      opened.push(member);
      if (member.instance.seriesUid !== seriesUid || isBeside(member)) {
        opened.pop();
        await member.file.close();
      }
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  const sorted = opened.toSorted(
    (a, b) =>
      b.instance.width - a.instance.width ||
      rank(a) - rank(b) ||
      (a.instance.concatenation?.number ?? 0) - (b.instance.concatenation?.number ?? 0) ||
      (a.path < b.path ? -1 : 1),
  );
  const kept: [Member, ...Member[]][] = [];
  for (const member of sorted) {
    const same = kept.find(
      ([{ instance }]) =>
        instance.width === member.instance.width && instance.height === member.instance.height,
    );
    // Thumbnails and repeated instances of a size that is there already add nothing.
    if (same && isPartOf(same, member)) same.push(member);
    else if (same || !isLevelOf(kept[0]?.[0] ?? member, member)) await member.file.close();
    else kept.push([member]);
  }
  const [base, ...rest] = kept;
  return [base ?? [own], ...rest];
}

/** Another part of the same concatenation; one that is there twice is not. */
function isPartOf(level: Level, { instance: { concatenation } }: Member): boolean {
  return (
    concatenation !== null &&
    level[0].instance.concatenation?.uid === concatenation.uid &&
    level.every(({ instance }) => instance.concatenation?.number !== concatenation.number)
  );
}

/** Label and overview pictures belong to the series and are no level of it. */
const isBeside = ({ instance }: Member) => instance.flavour === 'label' || instance.flavour === 'overview';

const rank = ({ instance }: Member) => (instance.flavour === 'volume' ? 0 : 1);

/** A copy has the proportions of the whole; a picture of part of the slide has not. */
function isLevelOf(base: Member, member: Member): boolean {
  const across = base.instance.width / member.instance.width;
  const down = base.instance.height / member.instance.height;
  return Math.abs(across / down - 1) < 0.1 || Math.max(member.instance.width, member.instance.height) <= 64;
}

async function openMember(path: string): Promise<Member | null> {
  const file = await openBytes(path);
  try {
    const instance = await readWsiInstance(file);
    if (instance) return { path, file, instance };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

/** Other files of the folder that may be DICOM: those with the marker or without an extension. */
async function neighbours(path: string): Promise<string[]> {
  const folder = dirname(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.length > MOST_FILES) return [];
  const candidates = entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
  const found: string[] = [];
  for (const candidate of candidates)
    if (candidate !== path && (await isDicom(candidate))) found.push(candidate);
  return found.toSorted();
}

async function isDicom(path: string): Promise<boolean> {
  const file = await openBytes(path).catch(() => null);
  if (!file) return false;
  try {
    return (await file.read(128, 4)).toString('latin1') === 'DICM';
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

async function closeAll(members: readonly Member[]): Promise<void> {
  for (const { file } of members) await file.close();
}
