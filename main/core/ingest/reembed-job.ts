import { join } from 'node:path';
import { faultOf } from '../../../preload/contract/faults.ts';
import { batched, mapBounded } from './flow.ts';
import type { ImportParts } from './import-job.ts';
import { encodePictures } from './import-model.ts';
import type { JobControl } from './job-control.ts';

interface Missing {
  readonly id: number;
  readonly itemId: number;
  readonly frame: number;
  readonly windowName: string | null;
}

const STAGE = 'Read with the model';
const PAGE = 256;

/**
 * Gives every stored region a vector of the model that has none yet, from the originals. Search goes on with the
 * old model meanwhile; vectors of two models live in tables of their own.
 *
 * Items whose file is not there, or can no longer be read, are counted and left: they stay findable by words of
 * the old model only.
 */
export async function reembed(
  parts: ImportParts,
  control: JobControl,
): Promise<{ embedded: number; left: number }> {
  const { archive, model } = parts;
  const missing = archive.vectors.countWithout(model.row.id);
  if (missing <= 0) return { embedded: 0, left: 0 };
  let embedded = 0;
  let left = 0;
  control.stage(STAGE, { done: 0, total: missing });
  const read = mapBounded(control.through(missingRegions(parts)), parts.pool.threads * 2 + 2, (region) =>
    readRegion(parts, region, control.signal),
  );
  for await (const batch of batched(read, model.batchSize)) {
    if (control.signal.aborted || !archive.db.open) break;
    const ready = batch.filter((one) => one.pixels !== null);
    left += batch.length - ready.length;
    const vectors = await encodePictures(
      model,
      ready.map(({ pixels }) => pixels as Uint8Array),
      control.signal,
    );
    archive.transaction(() => {
      ready.forEach(({ region }, index) => {
        // The region may have been replaced by a newer reading of its file while it was on its way.
        if (archive.items.region(region.id))
          archive.vectors.add(model.row, region.id, vectors[index] as Float32Array);
      });
      archive.settings.bumpGeneration();
    });
    embedded += ready.length;
    control.stage(STAGE, { done: embedded + left });
    control.progress(embedded + left, missing);
  }
  if (left > 0) control.notice(`${left} regions were left without a vector: their files cannot be read now.`);
  return { embedded, left };
}

async function* missingRegions({ archive, model }: ImportParts): AsyncGenerator<Missing> {
  let after = 0;
  for (;;) {
    const page = archive.vectors.without(model.row.id, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
  }
}

async function readRegion({ archive, pool, model }: ImportParts, region: Missing, signal: AbortSignal) {
  const file = archive.sources.filesOf(region.itemId).find(({ state }) => state === 'ok');
  if (!file) return { region, pixels: null };
  try {
    const { preprocessing } = model;
    const path = join(file.source, file.path);
    const { frame, windowName } = region;
    const task = { path, preprocessing, frames: [frame], ...(windowName ? { window: windowName } : {}) };
    const read = await pool.read(task, signal);
    return { region, pixels: read.regions[0]?.pixels ?? null };
  } catch (thrown) {
    if (signal.aborted || faultOf(thrown).code === 'internal') throw thrown;
    return { region, pixels: null };
  }
}
