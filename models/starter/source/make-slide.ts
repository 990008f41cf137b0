import { writeFileSync } from 'node:fs';
import { seeds } from './generate/seeds.ts';
import { generateSlide } from './generate/slide.ts';
import { writeSlide } from './write-slide.ts';

/**
 * Draws the slide of the demo archive: node make-slide.ts FILE.tif [WIDTH HEIGHT] writes it, and beside it FILE.json with
 * the regions that were drawn, in pixels of level 0.
 */
const [path = 'slide.tif', width = '20000', height = '16000'] = process.argv.slice(2);
const slide = generateSlide(seeds.demoSlide, { width: Number(width), height: Number(height) });
await writeSlide(path, slide);
writeFileSync(
  `${path.replace(/\.[^.]*$/, '')}.json`,
  JSON.stringify({ mpp: slide.mpp, regions: slide.regions }, null, 1),
);
