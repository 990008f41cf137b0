import type { DicomFrame } from '../../../preload/contract/dicom.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Client } from '../../client/client.ts';
import type { GreyValues } from './grey-window.ts';

export interface Place {
  readonly itemId: ItemId;
  readonly frame: number;
}

/** A frame in memory, ready to be windowed. */
export interface LoadedFrame {
  readonly frame: DicomFrame;
  readonly values: GreyValues;
}

const MOST_BYTES = 256 * 1024 * 1024;

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float32: Float32Array,
  rgb8: Uint8Array,
} as const;

/**
 * Frames by place, asked for once, the least recently shown dropped when memory is full. The values come as files by
 * content hash, so the browser's own cache has them a second time.
 */
export function frameCache(client: Client, mediaBase: string) {
  const kept = new Map<string, Promise<LoadedFrame>>();
  const sizes = new Map<string, number>();
  const keyOf = ({ itemId, frame }: Place) => `${itemId}:${frame}`;

  async function load(place: Place): Promise<LoadedFrame> {
    const frame = await client('dicom.frame', place);
    const response = await fetch(mediaBase + frame.path);
    if (!response.ok) throw new Error('the values of a frame are not there');
    const values = new arrays[frame.format](await response.arrayBuffer());
    sizes.set(keyOf(place), values.byteLength);
    shrink();
    return { frame, values };
  }

  function shrink(): void {
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [key, size] of sizes) {
      if (total <= MOST_BYTES || sizes.size === 1) return;
      sizes.delete(key);
      kept.delete(key);
      total -= size;
    }
  }

  return {
    /** The same place is asked for once; one that failed is asked again. @throws ArchiveError of the core. */
    get(place: Place): Promise<LoadedFrame> {
      const key = keyOf(place);
      const size = sizes.get(key);
      if (size !== undefined) {
        // Last in the order of insertion is last to go.
        sizes.delete(key);
        sizes.set(key, size);
      }
      const known = kept.get(key);
      if (known) return known;
      const loading = load(place);
      kept.set(key, loading);
      loading.catch(() => kept.delete(key));
      return loading;
    },
    has: (place: Place): boolean => sizes.has(keyOf(place)),
  };
}
export type FrameCache = ReturnType<typeof frameCache>;
