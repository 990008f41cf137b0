import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNatively } from '../imaging/slide/open-slide.ts';
import type { Slide } from '../imaging/slide/slide.ts';
import { jpegOf } from '../imaging/thumbnail.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import type { DecodePool } from '../ingest/decode-pool.ts';
import type { MediaFolder } from '../media/media.ts';
import type { Archive } from '../store/archive.ts';
import type { StoredLevel } from '../store/slides.ts';
import { viewLevels, type ViewLevel } from './view-levels.ts';

const pattern = /^tile\/([0-9a-f]{64})\/(\d{1,2})\/(\d{1,6})_(\d{1,6})\.jpg$/;

/** Viewer tiles that an archive keeps on disk; they are made again. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** How many tiles are written between two looks at how much there is. */
const WRITES_BETWEEN_LOOKS = 500;
/** What a full cache is brought down to. */
const KEPT_SHARE = 0.7;
const MOST_OPEN = 4;

interface TileAddress {
  readonly column: number;
  readonly row: number;
}

/** The tiles of the open archive's slides as files: made when asked for first, kept in a bounded folder. */
export function slideTileFiles(session: {
  readonly folder: string;
  readonly archive: Archive;
  readonly pool: DecodePool;
  readonly media: MediaFolder;
}) {
  const folder = join(session.folder, 'media', 'tile');
  const underWay = new Map<string, Promise<string | null>>();
  const open = new Map<string, Promise<Slide | null>>();
  let writes = 0;

  /** Absolute path of a tile's file; null for a name that is none, a slide that is not there, a place outside it. */
  function find(name: string): Promise<string | null> {
    const known = underWay.get(name);
    if (known) return known;
    const making = make(name).finally(() => underWay.delete(name));
    underWay.set(name, making);
    return making;
  }

  async function make(name: string): Promise<string | null> {
    const [, sha256, level, column, row] = pattern.exec(name) ?? [];
    if (sha256 === undefined) return null;
    const file = join(session.folder, 'media', name);
    if (await stat(file).catch(() => null)) {
      // Least recently used goes first; who cannot touch it loses it a little earlier.
      void utimes(file, new Date(), new Date()).catch(() => undefined);
      return file;
    }
    const itemId = session.archive.items.idOf(sha256);
    const facts = itemId === null ? undefined : session.archive.slides.get(itemId);
    const shown = facts && viewLevels(facts.levels)[Number(level)];
    if (itemId === null || !shown) return null;
    const place = { column: Number(column), row: Number(row) };
    const bytes =
      shown.from === 'thumbnail' ? await thumbnailTile(itemId, place) : await levelTile(itemId, shown, place);
    if (!bytes) return null;
    await mkdir(join(folder, sha256, String(Number(level))), { recursive: true });
    const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
    await writeFile(temporary, bytes);
    await rename(temporary, file);
    if (++writes % WRITES_BETWEEN_LOOKS === 0) void trim().catch(() => undefined);
    return file;
  }

  async function thumbnailTile(itemId: number, { column, row }: TileAddress): Promise<Uint8Array | null> {
    const thumb = session.archive.items.get(itemId)?.thumb;
    const file = thumb && column === 0 && row === 0 ? await session.media.find(thumb) : null;
    return file ? await jpegOf(await readFile(file)) : null;
  }

  async function levelTile(itemId: number, shown: ViewLevel, at: TileAddress): Promise<Uint8Array | null> {
    const { tilePx, from, shrink } = shown;
    const path = await unchangedFile(session.archive, itemId).catch(() => null);
    if (path === null || from === 'thumbnail') return null;
    const stored = shown.asStored ? await storedTile(path, from, at).catch(() => null) : null;
    if (stored) return stored;
    const made = await session.pool.slideView({ path, level: from, ...at, tilePx, shrink }).catch(() => null);
    return made?.bytes ?? null;
  }

  /**
   * A JPEG that the file holds is only read and joined with its tables: no pixel is touched, so no thread is needed. At
   * the edges it reaches beyond the slide, and the viewer clips it.
   */
  async function storedTile(
    path: string,
    level: number,
    { column, row }: TileAddress,
  ): Promise<Uint8Array | null> {
    const slide = await (open.get(path) ?? opened(path));
    const tile = slide ? await slide.rawTile(level, column, row) : null;
    return tile && tile.bytes;
  }

  function opened(path: string): Promise<Slide | null> {
    const opening = openNatively(path).catch(() => null);
    open.set(path, opening);
    for (const [oldest, slide] of open) {
      if (open.size <= MOST_OPEN) break;
      open.delete(oldest);
      void slide.then((one) => one?.close()).catch(() => undefined);
    }
    return opening;
  }

  async function trim(): Promise<void> {
    const names = await readdir(folder, { recursive: true });
    const files: { path: string; size: number; at: number }[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const status = await stat(path).catch(() => null);
      if (status?.isFile()) files.push({ path, size: status.size, at: status.mtimeMs });
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= MOST_BYTES) return;
    for (const { path, size } of files.sort((a, b) => a.at - b.at)) {
      if (total <= MOST_BYTES * KEPT_SHARE) break;
      await rm(path, { force: true });
      total -= size;
    }
  }

  /** Makes the first tiles ahead: the file is open, and a thread is up where its tiles take one. */
  function makeReady(sha256: string, levels: readonly StoredLevel[]): void {
    const last = viewLevels(levels).length - 1;
    for (const level of [last, last - 1]) void find(`tile/${sha256}/${level}/0_0.jpg`).catch(() => undefined);
  }

  return {
    find,
    makeReady,
    async close(): Promise<void> {
      for (const slide of open.values()) await (await slide)?.close();
      open.clear();
    },
  };
}
export type SlideTileFiles = ReturnType<typeof slideTileFiles>;
