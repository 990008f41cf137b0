import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Archive } from '../../main/core/store/archive.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';
import type { SearchAnswer } from '../../preload/contract/search.ts';

/** Items of one transaction, and the pause until the next: faster than a processor encodes pictures. */
const BATCH = 32;
const PAUSE_MS = 40;

/**
 * Asks queries one after the other while batches of items are written on the same thread, as an import does.
 *
 * @param vectorOf - unit vectors for the new items.
 * @returns times of the search stage and of whole calls in ms, how many items came in a second, and how long the thread
 *   was ever busy at one go.
 */
export async function whileImporting(
  archive: Archive,
  model: ModelRow,
  vectorOf: (index: number) => Float32Array,
  ask: (query: number) => Promise<SearchAnswer>,
  queries: number,
) {
  let added = 0;
  let isDone = false;
  async function importing(): Promise<void> {
    while (!isDone) {
      archive.transaction(() => {
        for (let index = 0; index < BATCH; index += 1) addItem(archive, model, added++, vectorOf(added));
        archive.settings.bumpGeneration();
      });
      await wait(PAUSE_MS);
    }
  }
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const started = performance.now();
  const writing = importing();
  const stage: number[] = [];
  const whole: number[] = [];
  for (let query = 0; query < queries; query += 1) {
    const begun = performance.now();
    const { tookMs } = await ask(query);
    whole.push(performance.now() - begun);
    stage.push(tookMs.search);
    // A person, not a loop: the import goes on in between.
    await wait(20);
  }
  isDone = true;
  await writing;
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  return { stage, whole, addedPerSecond: added / seconds, coreBlockedMaxMs: delay.max / 1e6 };
}

function addItem(archive: Archive, model: ModelRow, number: number, vector: Float32Array): void {
  const itemId = archive.items.insert({
    ...{ kind: 'image', sizeBytes: 1, widthPx: 1, heightPx: 1, frames: 1, thumb: null, notes: [] },
    sha256: createHash('sha256').update(`importing ${number}`).digest('hex'),
    ...{ modality: 'CT', bodyPart: 'CHEST', addedAt: 'now' },
    ...{ patientKey: `n${number % 500}`, studyKey: null, seriesKey: null },
    attributes: [{ name: 'share', number: number % 100 }],
  });
  const regionId = archive.items.addRegion(itemId, {
    ...{ kind: 'whole', frame: 0, level: 0, x: 0, y: 0, w: 1, h: 1, preparation: [], windowName: null },
  });
  archive.vectors.add(model, regionId, vector);
}
