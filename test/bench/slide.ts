// Long because one run measures reading, tiling, embedding, heat and serving of the same slide, each against its own yardstick.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createEncoder } from '../../main/core/encode/encoder.ts';
import { openSlide } from '../../main/core/imaging/slide/open-slide.ts';
import { createSlideScanLink } from '../../main/core/search/slide-scan-link.ts';
import { openArchive } from '../../main/core/store/archive.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { makeSlide } from '../support/generated-slide.ts';
import { openProgram } from '../support/program.ts';
import { hasShared, shared } from '../support/shared.ts';
import { writeSparseSlide } from '../support/sparse-slide.ts';
import { randomNumbers, randomVector } from '../support/search-archive.ts';

const REGION_PX = 256;
const AT_ONCE = 8;
const RAW_SECONDS = 4;
const HUGE = { width: 100_000, height: 80_000 } as const;

/**
 * Whole slides: regions per second against Debian's libopenslide (python3-openslide) on the same file, in turns; tiles
 * per second from the file into the archive against the encoder alone; a phrase over many tiles; memory while tiling a
 * slide of 100,000 × 80,000 px.
 *
 * `--slide FILE` (default: the shared SVS, else the generated slide), `--regions N` (400), `--rounds N` (5),
 * `--tiles N` (50,000), `--dimensions N` (512), `--side N` (width of the generated slide, 12,000).
 *
 * @returns `regions.ratio` = ours / libopenslide, several at once as the product reads; `regions.oneByOne` the same,
 *   one after another; from the best rounds, which a busy machine spoils least. `embed.ratio` = end to end / encoder.
 *   `heat.firstMs` with the vectors still on disk, `heat.nextMs` after that. `memory.peakMiB` of the process that tiles.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      slide: { type: 'string' },
      regions: { type: 'string', default: '400' },
      rounds: { type: 'string', default: '5' },
      tiles: { type: 'string', default: '50000' },
      dimensions: { type: 'string', default: '512' },
      side: { type: 'string', default: '12000' },
    },
  });
  const scratch = mkdtempSync(join(tmpdir(), 'vitrine-bench-slide-'));
  try {
    const source = join(scratch, 'source');
    mkdirSync(source);
    const side = Number(values.side);
    await makeSlide(join(source, 'slide.tif'), side, Math.round(side * 0.8));
    const svs = shared('data/slides/CMU-1-Small-Region.svs');
    const slide = values.slide ?? (hasShared && existsSync(svs) ? svs : join(source, 'slide.tif'));
    return {
      regions: await regions(slide, Number(values.regions), Number(values.rounds)),
      regionsOfPyramid: await regions(
        join(source, 'slide.tif'),
        Number(values.regions),
        Number(values.rounds),
      ),
      embed: await embed(source),
      heat: await heat(scratch, Number(values.tiles), Number(values.dimensions)),
      memory: await memory(scratch),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const openslideLoop = `
import json, sys, time, openslide
slide = openslide.OpenSlide(sys.argv[1]); places = json.loads(sys.stdin.read())
at = time.perf_counter()
for x, y in places: slide.read_region((x, y), 0, (${REGION_PX}, ${REGION_PX}))
print(len(places) / (time.perf_counter() - at))
`;

async function regions(path: string, count: number, rounds: number) {
  const { width, height } = await sizeOf(path);
  const random = randomNumbers(1);
  const places = Array.from({ length: count }, () => [
    Math.floor(random() * Math.max(1, width - REGION_PX)),
    Math.floor(random() * Math.max(1, height - REGION_PX)),
  ]) as [number, number][];
  const best = { together: 0, oneByOne: 0, libopenslide: 0 };
  for (let round = 0; round < rounds; round++) {
    best.together = Math.max(best.together, await ours(path, places, AT_ONCE));
    best.oneByOne = Math.max(best.oneByOne, await ours(path, places, 1));
    const python = spawnSync('/usr/bin/python3', ['-c', openslideLoop, path], {
      input: JSON.stringify(places),
      encoding: 'utf8',
    });
    best.libopenslide = Math.max(best.libopenslide, Number(python.stdout) || 0);
  }
  const ratio = (value: number) => (best.libopenslide > 0 ? value / best.libopenslide : null);
  return {
    file: path.split('/').at(-1),
    perSecond: best.together,
    oneByOnePerSecond: best.oneByOne,
    libopenslidePerSecond: best.libopenslide || null,
    ratio: ratio(best.together),
    oneByOne: ratio(best.oneByOne),
  };
}

async function sizeOf(path: string) {
  const slide = await openSlide(path);
  await slide.close();
  return slide;
}

/** Regions per second of a slide just opened: nothing of it is in our memory yet. */
async function ours(
  path: string,
  places: readonly (readonly [number, number])[],
  atOnce: number,
): Promise<number> {
  const slide = await openSlide(path);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let index = next++; index < places.length; index = next++) {
        const [x, y] = places[index] ?? [0, 0];
        await slide.readRegion({ level: 0, x, y, w: REGION_PX, h: REGION_PX });
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await slide.close();
  return places.length / seconds;
}

async function embed(source: string) {
  const program = openProgram();
  try {
    await program.core.openOrCreate(program.archive);
    // From the first tile in the archive to the last: finding tissue and loading the model come before.
    const first = { at: 0, done: 0 };
    const last = { at: 0, done: 0 };
    program.core.on((_, payload) => {
      const job = payload as Job;
      const done = job.kind === 'slide-embed' ? (job.stages.at(-1)?.done ?? 0) : 0;
      if (done === 0 || done === last.done) return;
      Object.assign(last, { at: performance.now(), done });
      if (first.at === 0) Object.assign(first, last);
    });
    await program.call('import.start', { folders: [source] });
    await program.idle();
    const { items } = await program.call('items.list', { where: ['kind=slide'] });
    const tiles = last.done;
    const seconds = (last.at - first.at) / 1000 / (1 - first.done / tiles);
    const raw = await encoderAlone();
    return {
      slides: items.length,
      tiles,
      perSecond: tiles / seconds,
      encoderPerSecond: raw,
      ratio: tiles / seconds / raw,
    };
  } finally {
    await program.close();
  }
}

async function encoderAlone(): Promise<number> {
  const encoder = await createEncoder({
    folder: join(import.meta.dirname, '../../models/starter'),
    runtimes: join(tmpdir(), 'none'),
    device: 'cpu',
  });
  try {
    const { batchSize } = await encoder.prepareImages();
    const size = Math.max(16, batchSize);
    const pixels = new Uint8Array(encoder.manifest.preprocessing.sizePx ** 2 * 3 * size).fill(180);
    const started = performance.now();
    let count = 0;
    // Two in flight, as the job has it.
    const loop = async () => {
      while (performance.now() - started < RAW_SECONDS * 1000) {
        // Moved to the worker, so each call gets its own.
        await encoder.encodeImages(pixels.slice(), size);
        count += size;
      }
    };
    await Promise.all([loop(), loop()]);
    return count / ((performance.now() - started) / 1000);
  } finally {
    await encoder.close();
  }
}

async function heat(scratch: string, count: number, dimensions: number) {
  const archive = openArchive(join(scratch, 'Heat.vitrine'), { create: true, now: new Date().toISOString() });
  const random = randomNumbers(2);
  const model = archive.vectors.ensureModel(
    { bundleId: 'bench', identity: 'bench', dimensions, preprocessing: '1' },
    'now',
  );
  const columns = Math.ceil(Math.sqrt(count));
  const itemId = archive.transaction(() => {
    const id = archive.items.insert({
      kind: 'slide', sha256: 'a'.repeat(64), sizeBytes: 1, widthPx: columns * 448, heightPx: columns * 448, frames: 1, modality: null,
      bodyPart: null, patientKey: null, studyKey: null, seriesKey: null, thumb: null, notes: [], attributes: [], addedAt: 'now',
    }); // prettier-ignore
    archive.slides.save(id, {
      vendor: 'bench',
      mppX: 0.25,
      mppY: 0.25,
      mppFrom: 'file',
      objectivePower: null,
      levels: [],
    });
    archive.slides.openGrid({
      itemId: id,
      modelId: model.id,
      mpp: 0.5,
      tilePx: 224,
      budget: '{"is":"all"}',
      tissueTiles: count,
      tiles: count,
      at: 'now',
    });
    for (let index = 0; index < count; index++) {
      const place = { x: (index % columns) * 448, y: Math.floor(index / columns) * 448, w: 448, h: 448 };
      const region = archive.items.addRegion(id, {
        kind: 'tile',
        frame: 0,
        level: 0,
        ...place,
        preparation: [],
        windowName: null,
      });
      archive.slides.addTile(region, 0.5, 100);
      archive.vectors.add(model, region, randomVector(random, dimensions), id);
    }
    return id;
  });
  const link = createSlideScanLink(archive.databasePath);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  let firstCpuMs = 0;
  for (let round = 0; round < 6; round++) {
    const query = randomVector(random, dimensions);
    const started = performance.now();
    const rows = await link.heat(model, itemId, query);
    if (rows?.scores.length !== count) throw new Error('tiles are missing');
    times.push(performance.now() - started);
    // What the thread itself took: on a busy machine the clock tells of the neighbours.
    if (round === 0) firstCpuMs = (process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1000;
  }
  await link.close();
  archive.close();
  return { tiles: count, dimensions, firstMs: times[0], firstCpuMs, nextMs: Math.min(...times.slice(1)) };
}

async function memory(scratch: string) {
  const path = join(scratch, 'huge.tif');
  await writeSparseSlide(path, HUGE.width, HUGE.height);
  const child = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'slide-memory.ts'), path, String(HUGE.width), String(HUGE.height)],
    { encoding: 'utf8' },
  );
  if (child.status !== 0) throw new Error(child.stderr);
  return { ...HUGE, ...(JSON.parse(child.stdout) as object) };
}
