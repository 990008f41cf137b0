import { planTiles } from '../../main/core/domain/tiling.ts';
import { prepareTiles } from '../../main/core/ingest/prepare-tiles.ts';
import { maskOf } from '../../main/core/ingest/slide-tasks.ts';

/**
 * Child of the slide bench: lays the grid of a slide and prepares tiles of it, as a decoder thread does; prints seconds
 * and the highest resident memory of the process.
 */
const [path = '', width = '0', height = '0', count = '2000'] = process.argv.slice(2);
const preprocessing = {
  version: 'bench',
  sizePx: 224,
  resize: 'shortest',
  interpolation: 'bicubic',
  cropRounding: 'open_clip',
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as unknown as Parameters<typeof prepareTiles>[2];
const started = performance.now();
const mask = await maskOf(path);
const wish = {
  widthPx: Number(width),
  heightPx: Number(height),
  mppX: 0.25,
  mppY: 0.25,
  tilePx: 224,
  mpp: 0.5,
};
const tiles = planTiles(wish, mask);
const planMs = performance.now() - started;
const step = Math.max(1, Math.floor(tiles.length / Number(count)));
const some = tiles.filter((_, index) => index % step === 0);
for (let at = 0; at < some.length; at += 16) await prepareTiles(path, some.slice(at, at + 16), preprocessing);
const seconds = (performance.now() - started - planMs) / 1000;
console.log(
  JSON.stringify({
    tiles: tiles.length,
    prepared: some.length,
    planMs,
    perSecond: some.length / seconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
process.exit();
