import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const demo = join(import.meta.dirname, '../../main/core/ingest/demo');

/**
 * A folder of `count` JPEG pictures, each with content of its own: the demo's at the size asked for, and after each
 * picture's end a number, which changes the file's hash and not its pixels.
 *
 * @param sizePx - of the longer side.
 */
export async function makePictures(folder: string, count: number, sizePx: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(demo).filter((name) => name.endsWith('.jpg'));
  const bases = await Promise.all(
    names.map((name) =>
      sharp(join(demo, name)).resize(sizePx, sizePx, { fit: 'inside' }).jpeg({ quality: 90 }).toBuffer(),
    ),
  );
  for (let at = 0; at < count; at += 1) {
    const base = bases[at % bases.length];
    if (!base) throw new Error('the demo has no JPEG pictures');
    const path = join(folder, `picture-${String(at).padStart(6, '0')}.jpg`);
    writeFileSync(path, base);
    appendFileSync(path, `copy ${at}`);
  }
  return folder;
}
