import { type ScanKernel, scanKernel, type SharedMemory } from './kernel/scan-kernel.ts';
import { type ResidentMatrix, residentMatrix } from './resident-matrix.ts';
import { placesOf, planeBytes, SEGMENT_ROWS } from './vector-memory.ts';

interface Copies {
  /** 0 where a place is empty. */
  readonly regionIds: Int32Array;
  readonly rows: Int8Array;
}

/**
 * A matrix of int8 copies whose scales and sums are lost: a vector has unit length, so that its scale follows from the
 * length of its copy; of its sum nothing is known.
 *
 * @param itemOf - item by region id, 0 where a region is gone: its copy is left out.
 */
export function matrixOfCopies(
  dimensions: number,
  blocks: Iterable<Copies>,
  itemOf: Int32Array,
): ResidentMatrix {
  const matrix = residentMatrix(dimensions);
  const regions: number[] = [];
  const items: number[] = [];
  const kernels = new WeakMap<SharedMemory, ScanKernel>();
  const width = 2 * planeBytes(dimensions);
  for (const { regionIds, rows } of blocks) {
    for (let at = 0; at < regionIds.length;) {
      // As many as are staged in one go and lie in one segment.
      const first = regions.length;
      const segment = matrix.segment(Math.floor(first / SEGMENT_ROWS));
      const kernel = kernels.get(segment.memory) ?? scanKernel(segment.memory, 0);
      kernels.set(segment.memory, kernel);
      const inside = first % SEGMENT_ROWS;
      const most = Math.min(Math.floor(kernel.staged.length / width), SEGMENT_ROWS - inside);
      let count = 0;
      for (; at < regionIds.length && count < most; at += 1) {
        const regionId = regionIds[at] as number;
        const itemId = itemOf[regionId] ?? 0;
        if (regionId === 0 || itemId === 0) continue;
        kernel.staged.set(rows.subarray(at * dimensions, (at + 1) * dimensions), count * width);
        kernel.staged.fill(0, count * width + dimensions, (count + 1) * width);
        count += 1;
        regions.push(regionId);
        items.push(itemId);
      }
      if (count > 0) kernel.split(count, placesOf(segment, dimensions, inside), dimensions);
    }
  }
  matrix.adopt(Int32Array.from(regions), Int32Array.from(items), new Uint32Array(regions.length));
  return matrix;
}
