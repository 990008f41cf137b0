import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { openSlide } from '../../main/core/imaging/slide/open-slide.ts';
import { createSlideScanLink } from '../../main/core/search/slides/slide-scan-link.ts';
import { openArchive } from '../../main/core/store/archive.ts';
import { randomNumbers, randomVector } from '../support/search-archive.ts';

const REGION_PX = 256;
const AT_ONCE = 8;

const openslideLoop = `
import json, sys, time, openslide
slide = openslide.OpenSlide(sys.argv[1]); places = json.loads(sys.stdin.read())
at = time.perf_counter()
for x, y in places: slide.read_region((x, y), 0, (${REGION_PX}, ${REGION_PX}))
print(len(places) / (time.perf_counter() - at))
`;

/** Regions per second, ours and libopenslide's, the best of several rounds in turns. */
export async function regions(path: string, count: number, rounds: number) {
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

/** A phrase over many tiles: from the disk the first time, from memory after that. */
export async function heat(scratch: string, count: number, dimensions: number) {
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
