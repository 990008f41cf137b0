import type { DicomFrame } from '../../../preload/contract/dicom.ts';
import type { DecodePool } from '../ingest/decode-pool.ts';
import type { MediaFolder } from '../media/media.ts';
import type { Archive } from '../store/archive.ts';
import { originalOf } from './item-picture.ts';

export interface FrameParts {
  readonly archive: Archive;
  readonly pool: DecodePool;
  readonly media: MediaFolder;
}

/** Most bytes of frames that lie on the disk at a time: some thousand slices of a CT. */
const MOST_BYTES = 1024 ** 3;

interface Kept {
  readonly answer: DicomFrame;
  readonly bytes: number;
}

/**
 * Values of DICOM frames as files for the viewer. They are large and quickly made again, so what an earlier run left is
 * dropped at the first call, and the oldest go when there are too many.
 */
export function dicomFrames(parts: FrameParts) {
  const kept = new Map<string, Kept>();
  let total = 0;
  let cleared: Promise<void> | undefined;

  async function make(itemId: number, frame: number, signal: AbortSignal): Promise<DicomFrame> {
    const path = await originalOf(parts, itemId);
    const { bytes, ...facts } = await parts.pool.frame({ path, frame }, signal);
    const name = await parts.media.write('frame', bytes, 'bin');
    const answer = { ...facts, path: name } as DicomFrame;
    kept.set(`${itemId}:${frame}`, { answer, bytes: bytes.length });
    total += bytes.length;
    for (const [key, { answer: old, bytes: size }] of kept) {
      if (total <= MOST_BYTES || key === `${itemId}:${frame}`) break;
      kept.delete(key);
      total -= size;
      await parts.media.remove(old.path);
    }
    return answer;
  }

  return {
    /** @throws ArchiveError `item.unknown`, `file.missing`, `file.changed`, and what its reading throws. */
    async get(itemId: number, frame: number, signal: AbortSignal): Promise<DicomFrame> {
      await (cleared ??= parts.media.clear('frame'));
      const known = kept.get(`${itemId}:${frame}`);
      if (known && (await parts.media.find(known.answer.path))) return known.answer;
      return await make(itemId, frame, signal);
    },
  };
}
