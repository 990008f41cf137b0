import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { sniff } from '../sniff.ts';
import { openDicomSlide } from './dicom/open-dicom-slide.ts';
import { requireMiraxFolder } from './mirax-folder.ts';
import { openVsiSlide } from './olympus/open-vsi-slide.ts';
import { findOpenSlide } from './openslide/library.ts';
import { openWithOpenSlide } from './openslide/open-with-openslide.ts';
import type { Slide } from './slide.ts';
import { openTiffSlide } from './tiff/open-tiff-slide.ts';

export interface OpenSlideOptions {
  /** Where libopenslide is; left out: found by its name. */
  readonly library?: string;
  /** Without turning upright what a generic TIFF's orientation says: as other readers have it. */
  readonly asStored?: boolean;
}

/** Makers whose TIFF needs more than the pages: overlaps, several scanned areas, focal planes, tables of their own. */
const foreign = new Set(['Leica', 'Ventana', 'Philips', 'Trestle', 'Hamamatsu', 'MIRAX', 'Zeiss']);

/**
 * Opens a slide by region: with our own readers what they read, with an installed libopenslide what it reads.
 *
 * @throws ArchiveError `slide.needs-openslide` where the format needs it and it is not installed, `slide.unreadable`,
 *   `slide.incomplete`, `file.unsupported` for what is no slide, `file.*`, `dicom.*`.
 */
export async function openSlide(path: string, options: OpenSlideOptions = {}): Promise<Slide> {
  const found = await sniff(path);
  switch (found.is) {
    case 'empty':
      throw new ArchiveError('file.empty');
    case 'dicom':
      return await openDicomSlide(path);
    case 'other':
      throw new ArchiveError('file.unsupported', { what: found.what });
    case 'image':
      if (found.format !== 'tiff') throw new ArchiveError('file.unsupported', { what: found.format });
      return await openTiffSlide(path, options);
    case 'slide':
      if (found.what === 'Olympus') return await openVsiSlide(path);
      await refuseUnread(found.what, options);
      if (foreign.has(found.what)) return await openForeign(path, found.what, options);
      return await openTiffSlide(path, options).catch(async (error: unknown) => {
        // What our reader does not know (a photometric interpretation, say) the library may.
        const other = await withLibrary(path, options).catch(() => null);
        if (other) return other;
        throw error;
      });
  }
}

/** Opens a slide that our own TIFF reader reads; null for any other. @throws ArchiveError as `openSlide`. */
export async function openNatively(path: string): Promise<Slide | null> {
  const found = await sniff(path);
  const isOurs = found.is === 'slide' && !foreign.has(found.what) && found.what !== 'Olympus';
  return isOurs ? await openTiffSlide(path) : null;
}

/**
 * Refuses slides of a maker whose files nothing here reads, without opening one.
 *
 * @param maker - as `sniff` names it.
 * @throws ArchiveError `slide.needs-openslide`.
 */
export async function refuseUnread(maker: string, { library }: OpenSlideOptions = {}): Promise<void> {
  if (foreign.has(maker) && !(await findOpenSlide(library)))
    throw new ArchiveError('slide.needs-openslide', { maker, install: installation() });
}

async function openForeign(path: string, maker: string, options: OpenSlideOptions): Promise<Slide> {
  if (maker === 'MIRAX') await requireMiraxFolder(path);
  const slide = await withLibrary(path, options);
  if (slide) return slide;
  throw new ArchiveError('slide.unreadable', { what: `libopenslide does not read this ${maker} file` });
}

async function withLibrary(path: string, { library }: OpenSlideOptions): Promise<Slide | null> {
  const found = await findOpenSlide(library);
  return found ? await openWithOpenSlide(path, found) : null;
}

/** How libopenslide comes to this system. */
export function installation(): string {
  switch (process.platform) {
    case 'darwin':
      return 'brew install openslide';
    case 'win32':
      return 'Put libopenslide-1.dll of openslide.org beside the program or name it with: vitrine openslide PATH';
    default:
      return 'sudo apt install libopenslide0';
  }
}
