import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { preprocess } from '../../../main/core/encode/preprocess.ts';
import { generateCase } from './generate/case.ts';
import { createRandom } from './generate/random.ts';
import { preprocessing } from './preprocessing.ts';

/**
 * Generates pictures and prepares them as the product does, for training.
 *
 * node make-pictures.ts FOLDER FIRST COUNT writes FOLDER/pictures-FIRST.u8 (uint8 [count, side, side, 3]) and
 * FOLDER/attributes-FIRST.jsonl (one object a line). Pictures are drawn at several sizes, since users' files are.
 */
function makePictures(folder: string, first: number, count: number): void {
  const pictures = openSync(join(folder, `pictures-${first}.u8`), 'w');
  const attributes = openSync(join(folder, `attributes-${first}.jsonl`), 'w');
  for (let seed = first; seed < first + count; seed += 1) {
    const sizePx = createRandom(seed ^ 0x5eed).pick([160, 192, 224, 256]);
    const made = generateCase(seed, { sizePx });
    writeSync(
      pictures,
      preprocess({ width: sizePx, height: sizePx, channels: 3, data: made.rgb }, preprocessing),
    );
    writeSync(attributes, `${JSON.stringify(made.attributes)}\n`);
  }
  closeSync(pictures);
  closeSync(attributes);
}

const [folder = '.', first = '0', count = '1000'] = process.argv.slice(2);
makePictures(folder, Number(first), Number(count));
