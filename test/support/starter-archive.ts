import { join } from 'node:path';
import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import { preprocess } from '../../main/core/encode/preprocess.ts';
import type { Panel } from '../../preload/contract/panels.ts';
import { Panel as PanelShape } from '../../preload/contract/panels.ts';
import { generateCase } from '../../models/starter/source/generate/case.ts';
import { classes, type Label } from '../../models/starter/source/generate/labels.ts';
import { seeds } from '../../models/starter/source/generate/seeds.ts';
import type { Archive } from '../../main/core/store/archive.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';
import { addItems, addModel } from './vector-archive.ts';

const names = Object.keys(classes) as (keyof typeof classes)[];
const BATCH = 32;
const SIZE_PX = 256;

/** The twelve classes of the starter bundle's own check, in the words of a user. */
export const twelveClasses: Panel = PanelShape.parse({
  name: 'Twelve classes',
  labels: names.map((name) => ({ name: classes[name].prompt })),
  templates: ['this is a photo of {label}', '{label} presented in image', 'an image showing {label}'],
});

export interface StarterArchive {
  readonly encoder: Encoder;
  readonly row: ModelRow;
  readonly truth: readonly { itemId: number; labels: string[]; patient: null }[];
}

/**
 * Pictures that the starter bundle was not trained on, drawn, prepared and encoded as an import would, into an archive.
 *
 * @param count - pictures; those of no class of the panel are passed over.
 */
export async function fillWithPictures(archive: Archive, count: number): Promise<StarterArchive> {
  const encoder = await createEncoder({
    folder: join(import.meta.dirname, '../../models/starter'),
    device: 'cpu',
  });
  const { dimensions, preprocessing } = encoder.manifest;
  const row = addModel(archive, 'starter', encoder.identity, dimensions);
  const truth: { itemId: number; labels: string[]; patient: null }[] = [];
  for (let seed: number = seeds.heldOut; truth.length < count;) {
    const pictures: { label: string; pixels: Uint8Array }[] = [];
    for (; pictures.length < Math.min(BATCH, count - truth.length); seed += 1) {
      const { rgb, label } = generateCase(seed, { sizePx: SIZE_PX });
      const name = names.find((one) => (classes[one].labels as readonly Label[]).includes(label));
      if (!name) continue;
      const picture = { width: SIZE_PX, height: SIZE_PX, channels: 3, data: rgb } as const;
      pictures.push({ label: classes[name].prompt, pixels: preprocess(picture, preprocessing) });
    }
    const size = preprocessing.sizePx ** 2 * 3;
    const pixels = new Uint8Array(pictures.length * size);
    pictures.forEach((one, index) => pixels.set(one.pixels, index * size));
    const vectors = await encoder.encodeImages(pixels, pictures.length);
    const items = pictures.map((_, index) => ({
      vectors: [vectors.slice(index * dimensions, (index + 1) * dimensions)],
    }));
    addItems(archive, row, items, truth.length + 1).forEach((itemId, index) =>
      truth.push({ itemId, labels: [(pictures[index] as { label: string }).label], patient: null }),
    );
  }
  return { encoder, row, truth };
}
