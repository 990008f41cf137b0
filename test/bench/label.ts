import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { methods, type Input } from '../../preload/contract/methods.ts';
import { createLabelling } from '../../main/core/label/labelling.ts';
import { seededRandom } from '../../main/core/domain/statistics/random.ts';
import type { Archive } from '../../main/core/store/archive.ts';
import { axisModel } from '../support/axis-model.ts';
import { fillWithPictures, twelveClasses } from '../support/starter-archive.ts';
import { temporaryArchive } from '../support/vector-archive.ts';

const DIMENSIONS = 512;
const RUNS = 3;

/**
 * A panel over many items, and what it is worth on pictures that the starter bundle has not seen. `--items N` (default
 * 100000), `--labels N` (20), `--pictures N` (0: leave that part out).
 *
 * @returns `runMs` of each of three runs, and the processor time of one, which other work on the machine does not stretch; `longestBlockMs`: how long the thread that answers calls was ever busy at one
 *   go, other work on the machine included, and `longestTurnCpuMs` without it; with pictures `accuracy` of the words, of a probe from 10 examples per class on the others, and at 90 % coverage.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '100000' },
      labels: { type: 'string', default: '20' },
      pictures: { type: 'string', default: '0' },
    },
    strict: false,
  });
  const scale = await benchScale(Number(values.items), Number(values.labels));
  const pictures = Number(values.pictures);
  return { ...scale, ...(pictures > 0 && { starter: await benchStarter(pictures) }) };
}

async function benchScale(items: number, labels: number) {
  const place = temporaryArchive();
  try {
    const model = axisModel(place.archive, DIMENSIONS);
    fillWithRandom(place.archive, model.row.id, items);
    const labelling = createLabelling({ archive: place.archive, model: () => model });
    const panel = {
      name: 'Bench',
      labels: Array.from({ length: labels }, (_, n) => ({ name: `label ${n}` })),
    };
    const request = methods['label.run'].input.parse({ panel });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const runMs: number[] = [];
    const cpu = process.cpuUsage();
    for (let index = 0; index < RUNS; index += 1) {
      const started = performance.now();
      const done = await labelling.run(request);
      runMs.push(performance.now() - started);
      if (done.items !== items) throw new Error(`${done.items} of ${items} items were labelled`);
    }
    const { user, system } = process.cpuUsage(cpu);
    const longestTurnCpuMs = await longestTurn(() => labelling.run(request));
    const started = performance.now();
    const page = methods['label.predictions'].input.parse({ runId: RUNS, order: 'uncertainty' });
    await labelling.predictions(page);
    const firstPageMs = performance.now() - started;
    const again = performance.now();
    await labelling.predictions({ ...page, offset: 50_000 });
    const pageMs = performance.now() - again;
    delay.disable();
    return {
      items,
      labels,
      runMs,
      cpuMsPerRun: (user + system) / 1000 / RUNS,
      longestTurnCpuMs,
      longestBlockMs: delay.max / 1e6,
      firstPageMs,
      pageMs,
    };
  } finally {
    place.remove();
  }
}

/** Processor time of the longest turn of this thread while something runs: what others wait for on a quiet machine. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let last = process.threadCpuUsage();
  const turn = () => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  return longest;
}

/** Straight into the tables: what a scan reads, without the copies that a search needs. */
function fillWithRandom(archive: Archive, modelId: number, items: number): void {
  const random = seededRandom(1);
  const insertItem = archive.db.prepare(`
    insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
    values (?, 'image', ?, 1, 1, 1, 1, 'now')`);
  const insertRegion = archive.db.prepare(
    "insert into region (id, item_id, kind, x, y, w, h) values (?, ?, 'whole', 0, 0, 1, 1)",
  );
  const insertVector = archive.db.prepare(
    'insert into embedding (model_id, region_id, vector) values (?, ?, ?)',
  );
  archive.transaction(() => {
    for (let id = 1; id <= items; id += 1) {
      const vector = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
      const length = Math.hypot(...vector);
      insertItem.run(id, id.toString(16).padStart(64, '0'));
      insertRegion.run(id, id);
      insertVector.run(
        modelId,
        id,
        vector.map((value) => value / length),
      );
    }
  });
}

async function benchStarter(pictures: number) {
  const place = temporaryArchive();
  const { encoder, row, truth } = await fillWithPictures(place.archive, pictures);
  try {
    const labelling = createLabelling({ archive: place.archive, model: () => ({ row, encoder }) });
    const panel = twelveClasses;
    const run = (more: object = {}) => labelling.run(methods['label.run'].input.parse({ panel, ...more }));
    const evaluate = async (runId: number, of: readonly object[] = truth) =>
      await labelling.evaluations.evaluate(methods['label.evaluate'].input.parse({ runId, truth: of }));
    const words = await run();
    const wordsAll = await evaluate(words.runId);

    const taught = tenOfEach();
    const others = truth.filter((one) => !taught.includes(one));
    const probe = await labelling.probes.fit(methods['probe.fit'].input.parse({ panel, truth: taught }));
    const probed = await run({ probeId: probe.probeId });
    const calibration = await labelling.calibrations.fit(
      methods['calibration.fit'].input.parse({ panel, truth } as Input<'calibration.fit'>),
    );
    const at = (coverage: number) =>
      calibration.coverage.find((point) => point.coverage === coverage)?.accuracy;
    return {
      pictures,
      accuracy: wordsAll.accuracy,
      macroF1: wordsAll.macroF1,
      probe: {
        perClass: 10,
        crossValidated: probe.probe,
        words: probe.words,
        difference: probe.difference,
        verdict: probe.verdict,
        tookMs: probe.tookMs,
        onOthers: (await evaluate(probed.runId, others)).accuracy?.value,
        wordsOnOthers: (await evaluate(words.runId, others)).accuracy?.value,
      },
      calibration: {
        temperature: calibration.fitted.is === 'temperature' && calibration.fitted.temperature,
        ece: calibration.after.ece,
        eceBefore: calibration.before.ece,
        perfect: calibration.perfect,
        accuracyAt: { 1: at(1), 0.9: at(0.9) },
      },
    };
  } finally {
    await encoder.close();
    place.remove();
  }

  function tenOfEach() {
    const counts = new Map<string, number>();
    return truth.filter(({ labels: [label = ''] }) => {
      const count = counts.get(label) ?? 0;
      counts.set(label, count + 1);
      return count < 10;
    });
  }
}
