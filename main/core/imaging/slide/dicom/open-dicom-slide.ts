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

/** A folder with more files than this is not searched for other levels. */
const MOST_FILES = 5000;
const MOST_MEMBERS = 64;
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
  const members = await openMembers(path);
  try {
    const [base] = members;
    const lowest = members.at(-1) ?? base;
    const window = await wsiWindow(lowest.file, lowest.instance);
    const { instance } = base;
    return tiledSlide({
      vendor: 'dicom',
      grids: members.map((member) => wsiTiles(member.file, member.instance, window)),
      mppX: instance.mppX,
      mppY: instance.mppY,
      objectivePower: instance.objectivePower,
      associated: [],
      attributes: instance.attributes,
      identifiers: instance.identifiers,
      notes: members.length > 1 ? [`${members.length} instances of one series`] : [],
      close: () => closeAll(members),
    });
  } catch (error) {
    await closeAll(members);
    throw error;
  }
}

/** Which files make up the slide that a file belongs to; a label or overview is alone. @throws as `openDicomSlide`. */
export async function wsiSeries(path: string): Promise<WsiSeries> {
  const own = await openMember(path);
  await own?.file.close();
  if (own && isBeside(own)) return { levels: [path] };
  const members = await openMembers(path);
  await closeAll(members);
  const [base, ...rest] = members;
  return { levels: [base.path, ...rest.map((member) => member.path)] };
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

async function openMembers(path: string): Promise<readonly [Member, ...Member[]]> {
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
    (a, b) => b.instance.width - a.instance.width || rank(a) - rank(b) || (a.path < b.path ? -1 : 1),
  );
  // Thumbnails and repeated instances of a size that is there already add nothing.
  const kept: Member[] = [];
  for (const member of sorted) {
    const known = kept.some(
      ({ instance }) =>
        instance.width === member.instance.width && instance.height === member.instance.height,
    );
    if (known || !isLevelOf(kept[0] ?? member, member)) await member.file.close();
    else kept.push(member);
  }
  const [base, ...rest] = kept;
  return [base ?? own, ...rest];
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
