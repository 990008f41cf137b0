import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { demoDicom } from './demo-dicom.ts';
import { type GeneratedCase, generateCase } from './generate/case.ts';
import type { Label } from './generate/labels.ts';
import { seeds } from './generate/seeds.ts';

type Ending = 'jpg' | 'png' | 'tif' | 'webp' | 'dcm';

/** The files of the demo archive: label, ending, side in pixels, and what sets a file apart. */
const FILES: readonly (readonly [
  label: Label,
  ending: Ending,
  sizePx: number,
  special?: 'inverted' | 'frames',
])[] = [
  ['histology-glands', 'jpg', 384],
  ['histology-glands', 'webp', 384],
  ['histology-stroma', 'jpg', 384],
  ['histology-stroma', 'jpg', 320],
  ['histology-lymphocytes', 'jpg', 320],
  ['histology-lymphocytes', 'webp', 384],
  ['histology-necrosis', 'jpg', 384],
  ['histology-necrosis', 'jpg', 320],
  ['histology-tumour', 'tif', 256],
  ['histology-tumour', 'jpg', 384],
  ['histology-tumour', 'jpg', 320],
  ['ct-chest-normal', 'dcm', 256],
  ['ct-chest-nodule', 'dcm', 256],
  ['ct-chest-nodule', 'dcm', 256],
  ['ct-chest-effusion', 'dcm', 256],
  ['ct-mediastinum', 'dcm', 160, 'frames'],
  ['ct-abdomen', 'dcm', 256],
  ['ct-abdomen', 'png', 256],
  ['ct-head-normal', 'dcm', 256],
  ['ct-head-haemorrhage', 'dcm', 256],
  ['ct-head-haemorrhage', 'jpg', 256],
  ['xray-chest-frontal', 'dcm', 256, 'inverted'],
  ['xray-chest-frontal', 'jpg', 384],
  ['xray-chest-lateral', 'jpg', 384],
  ['xray-chest-pacemaker', 'jpg', 384],
  ['xray-chest-pacemaker', 'webp', 384],
  ['xray-bone-normal', 'jpg', 320],
  ['xray-bone-fracture', 'dcm', 256],
  ['xray-bone-fracture', 'jpg', 320],
  ['fundus', 'jpg', 384],
  ['fundus', 'webp', 384],
  ['dermoscopy', 'jpg', 384],
  ['dermoscopy', 'jpg', 320],
  ['chart', 'png', 320],
  ['chart', 'png', 256],
  ['blank', 'png', 128],
];

const GREY = new Set(['ct', 'radiograph']);

async function encode(
  { rgb, sizePx, attributes }: GeneratedCase,
  ending: Exclude<Ending, 'dcm'>,
): Promise<Buffer> {
  const picture = sharp(rgb, { raw: { width: sizePx, height: sizePx, channels: 3 } });
  const toned = GREY.has(attributes['modality'] ?? '') ? picture.toColourspace('b-w') : picture;
  if (ending === 'jpg') return toned.jpeg({ quality: 84 }).toBuffer();
  if (ending === 'webp') return toned.webp({ quality: 84 }).toBuffer();
  if (ending === 'tif') return toned.tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer();
  return toned.png({ compressionLevel: 9 }).toBuffer();
}

const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** node make-demo.ts FOLDER writes the demo archive's pictures and `captions.csv` (file, caption, label). */
async function makeDemo(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const numbers = new Map<Label, number>();
  const lines = ['file,caption,label'];
  let patient = 0;
  for (const [index, [label, ending, sizePx, special]] of FILES.entries()) {
    const number = (numbers.get(label) ?? 0) + 1;
    numbers.set(label, number);
    const name = `${label}-${String(number).padStart(2, '0')}.${ending}`;
    const draw = (frame: number): GeneratedCase =>
      generateCase(seeds.demo + index + 1000 * frame, { sizePx, label });
    const first = draw(0);
    if (ending === 'dcm') {
      patient += 1;
      const cases = [first, ...(special === 'frames' ? [draw(1), draw(2)] : [])] as const;
      writeFileSync(join(folder, name), demoDicom(cases, { patient, inverted: special === 'inverted' }));
    } else {
      writeFileSync(join(folder, name), await encode(first, ending));
    }
    lines.push([name, quoted(first.caption), label].join(','));
  }
  writeFileSync(join(folder, 'captions.csv'), `${lines.join('\n')}\n`);
}

await makeDemo(process.argv[2] ?? '.');
