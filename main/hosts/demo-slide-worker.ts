import { parentPort, workerData } from 'node:worker_threads';
import { seeds } from '../../models/starter/source/generate/seeds.ts';
import { generateSlide } from '../../models/starter/source/generate/slide.ts';
import { writeSlide } from '../../models/starter/source/write-slide.ts';

// Draws the slide of the demo archive. The same width gives the same bytes.

const { path, width, height, stop } = workerData as DemoSlideTask;
const slide = generateSlide(seeds.demoSlide, { width, height });
const stopped = new Int32Array(stop);

export interface DemoSlideTask {
  readonly path: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** One number: from 1 on the drawing ends without its file. */
  readonly stop: SharedArrayBuffer;
}

await writeSlide(path, {
  width,
  height,
  mpp: slide.mpp,
  band(top, rows) {
    if (Atomics.load(stopped, 0) > 0) throw new Error('stopped');
    parentPort?.postMessage((top + rows) / height);
    return slide.band(top, rows);
  },
});
