// Long because one run measures reading, tiling, embedding, heat and serving of the same slide, each against its own yardstick.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { makeSlide } from '../support/generated-slide.ts';
import { hasShared, shared } from '../support/shared.ts';
import { hasChromium } from '../support/chromium.ts';
import { embed } from './slide-embed.ts';
import { heat, regions } from './slide-measure.ts';
import { firstViews } from './slide-view.ts';
import { writeSparseSlide } from '../support/sparse-slide.ts';

const starter = join(import.meta.dirname, '../../models/starter');
const renderer = join(import.meta.dirname, '../../dist/renderer/index.html');
const HUGE = { width: 100_000, height: 80_000 } as const;

/**
 * Whole slides: regions per second against Debian's libopenslide (python3-openslide) on the same file, in turns; tiles
 * per second from the file into the archive against the encoder alone; a phrase over many tiles; memory while tiling a
 * slide of 100,000 × 80,000 px.
 *
 * `--slide FILE` (default: the shared SVS, else the generated slide), `--regions N` (400), `--rounds N` (5),
 * `--tiles N` (50,000), `--dimensions N` (512), `--side N` (width of the generated slide, 20,000: 4,000 tiles of the
 * starter, 1,000 of a full-size model), `--model FOLDER` (the bundle that reads the tiles, the starter by default).
 *
 * @returns `regions.ratio` = ours / libopenslide, several at once as the product reads; `regions.oneByOne` the same,
 *   one after another; from the best rounds, which a busy machine spoils least. `embed.ratio` = end to end / encoder; see
 *   `embed` for what is compared.
 *   `heat.firstMs` with the vectors still on disk, `heat.nextMs` after that. `memory.peakMiB` of the process that tiles.
 *   `view[].firstMs` from the double click to the slide's first pixels in Chromium, `view[].wholeMs` to its last tile.
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
      side: { type: 'string', default: '20000' },
      model: { type: 'string', default: starter },
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
      embed: await embed(scratch, source, join(source, 'slide.tif'), resolve(values.model)),
      heat: await heat(scratch, Number(values.tiles), Number(values.dimensions)),
      memory: await memory(scratch),
      // The window as it was built last; without one, or without a browser, there is nothing to look at.
      view: hasChromium && existsSync(renderer) ? await firstViews(scratch, viewed(slide)) : null,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** JPEG tiles, which are passed on, and JPEG 2000 tiles, which are decoded. */
function viewed(slide: string): string[] {
  const jp2k = shared('data/slides/tcga-cr-7395-01a-01-ts1.svs');
  return hasShared && existsSync(jp2k) ? [slide, jp2k] : [slide];
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
