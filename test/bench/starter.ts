import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Precision } from '../../main/core/encode/bundle.ts';
import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import { preprocess } from '../../main/core/encode/preprocess.ts';
import { generateCase, type GeneratedCase } from '../../models/starter/source/generate/case.ts';
import { classes, type Label, labels } from '../../models/starter/source/generate/labels.ts';
import { seeds } from '../../models/starter/source/generate/seeds.ts';
import { kinds, subjects } from '../../models/starter/source/generate/words.ts';
import { asked } from './starter-queries.ts';

type Drawn = Pick<GeneratedCase, 'label' | 'caption'>;

const TEMPLATES = [
  (words: string) => `this is a photo of ${words}`,
  (words: string) => `${words} presented in image`,
  (words: string) => `an image showing ${words}`,
];
const BATCH = 32;
const SIZE_PX = 256;

/**
 * How well the starter bundle tells generated pictures apart that it has not seen, through the product's own
 * preprocessing and encoder. `--pictures N` (default 2000), `--precision fp32`, `--model FOLDER`.
 *
 * @returns `recall` at 1 and 10: share of distinct captions with a picture of the caption's label among the first;
 *   `precision10`: share of right pictures among the first ten; `zeroShot`: accuracy over 12 classes and over all
 *   labels, with the confusions; `asked`: precision of the first ten for queries in words that training never saw.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pictures: { type: 'string', default: '2000' },
      precision: { type: 'string', default: 'fp32' },
      model: { type: 'string', default: join(import.meta.dirname, '../../models/starter') },
    },
    strict: false,
  });
  const precision = Precision.parse(values.precision);
  const encoder = await createEncoder({ folder: String(values.model), precision, device: 'cpu' });
  try {
    const count = Number(values.pictures);
    const { drawn, vectors } = await encodeHeldOut(encoder, count);
    const captions = [...new Map(drawn.map((one) => [one.caption, one])).values()];
    const found = await firstTen(
      encoder,
      captions.map(({ caption }) => caption),
      vectors,
      count,
    );
    const right = found.map((rows, query) => rows.map((row) => drawn[row]?.label === captions[query]?.label));
    return {
      bench: 'starter',
      pictures: count,
      captions: captions.length,
      precision,
      recall: {
        1: share(right, (hits) => hits[0] === true),
        10: share(right, (hits) => hits.includes(true)),
      },
      precision10: mean(right.map(precisionOf)),
      zeroShot: {
        classes12: await zeroShotClasses(encoder, drawn, vectors),
        labels21: await zeroShotLabels(encoder, drawn, vectors),
      },
      asked: await askUnseen(encoder, drawn, vectors),
    };
  } finally {
    await encoder.close();
  }
}

async function encodeHeldOut(encoder: Encoder, count: number) {
  const { dimensions, preprocessing } = encoder.manifest;
  const perPicture = preprocessing.sizePx ** 2 * 3;
  const vectors = new Float32Array(count * dimensions);
  const drawn: Drawn[] = [];
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    const pixels = new Uint8Array(size * perPicture);
    for (let at = 0; at < size; at += 1) {
      const { rgb, label, caption } = generateCase(seeds.heldOut + first + at, { sizePx: SIZE_PX });
      drawn.push({ label, caption });
      const picture = { width: SIZE_PX, height: SIZE_PX, channels: 3, data: rgb } as const;
      pixels.set(preprocess(picture, preprocessing), at * perPicture);
    }
    vectors.set(await encoder.encodeImages(pixels, size), first * dimensions);
  }
  return { drawn, vectors };
}

/** Cosines of every text with every picture, text by text. */
async function cosines(
  encoder: Encoder,
  texts: readonly string[],
  vectors: Float32Array,
): Promise<Float32Array[]> {
  const { dimensions } = encoder.manifest;
  const encoded = await encoder.encodeTexts(texts);
  return texts.map((_text, row) => {
    const query = encoded.vectors.subarray(row * dimensions, (row + 1) * dimensions);
    return Float32Array.from({ length: vectors.length / dimensions }, (_, at) => {
      let sum = 0;
      for (let i = 0; i < dimensions; i += 1) sum += (query[i] ?? 0) * (vectors[at * dimensions + i] ?? 0);
      return sum;
    });
  });
}

async function firstTen(encoder: Encoder, texts: readonly string[], vectors: Float32Array, count: number) {
  const all: number[][] = [];
  for (const scores of await cosines(encoder, texts, vectors)) {
    const rows = Array.from({ length: count }, (_, row) => row);
    all.push(rows.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, 10));
  }
  return all;
}

/** The best of several choices for every picture; a choice scores the mean over the templates. */
async function bestChoice(
  encoder: Encoder,
  prompts: readonly string[],
  vectors: Float32Array,
): Promise<number[]> {
  const count = vectors.length / encoder.manifest.dimensions;
  const sums = prompts.map(() => new Float32Array(count));
  for (const template of TEMPLATES) {
    const scores = await cosines(encoder, prompts.map(template), vectors);
    sums.forEach((sum, choice) => {
      sum.forEach((before, at) => (sum[at] = before + (scores[choice]?.[at] ?? 0)));
    });
  }
  return Array.from({ length: count }, (_, at) => {
    let best = 0;
    sums.forEach((row, choice) => {
      if ((row[at] ?? 0) > (sums[best]?.[at] ?? 0)) best = choice;
    });
    return best;
  });
}

async function zeroShotClasses(encoder: Encoder, drawn: readonly Drawn[], vectors: Float32Array) {
  const names = Object.keys(classes) as (keyof typeof classes)[];
  const of = (label: Label) =>
    names.find((name) => (classes[name].labels as readonly Label[]).includes(label));
  const best = await bestChoice(
    encoder,
    names.map((name) => classes[name].prompt),
    vectors,
  );
  const judged = drawn.map(({ label }, at): [string | undefined, string] => [
    of(label),
    names[best[at] ?? 0] ?? '',
  ]);
  return accuracy(judged.filter((one): one is [string, string] => one[0] !== undefined));
}

async function zeroShotLabels(encoder: Encoder, drawn: readonly Drawn[], vectors: Float32Array) {
  const prompts = labels.map((label) => {
    const { kind, shows } = subjects[label];
    return `${kinds[kind][0] ?? ''} with ${shows[0]?.[0] ?? ''}`;
  });
  const best = await bestChoice(encoder, prompts, vectors);
  return accuracy(drawn.map(({ label }, at) => [label, labels[best[at] ?? 0] ?? '']));
}

async function askUnseen(encoder: Encoder, drawn: readonly Drawn[], vectors: Float32Array) {
  const found = await firstTen(
    encoder,
    asked.map(([query]) => query),
    vectors,
    drawn.length,
  );
  const each = asked.map(([query, fitting], at): [string, number] => [
    query,
    precisionOf((found[at] ?? []).map((row) => fitting.some((label) => label === drawn[row]?.label))),
  ]);
  return { precision10: mean(each.map(([, value]) => value)), weak: each.filter(([, value]) => value < 0.8) };
}

/** Accuracy and the mistakes made at least twice, most frequent first. */
function accuracy(judged: readonly (readonly [truth: string, said: string])[]) {
  const mistakes = new Map<string, number>();
  for (const [truth, said] of judged) {
    if (truth !== said) mistakes.set(`${truth} → ${said}`, (mistakes.get(`${truth} → ${said}`) ?? 0) + 1);
  }
  const confused = [...mistakes].filter(([, times]) => times > 1).sort(([, a], [, b]) => b - a);
  return {
    n: judged.length,
    accuracy: share(judged, ([truth, said]) => truth === said),
    confused: Object.fromEntries(confused.slice(0, 12)),
  };
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const share = <T>(all: readonly T[], holds: (one: T) => boolean): number =>
  all.filter(holds).length / all.length;
const precisionOf = (hits: readonly boolean[]): number => share(hits, (hit) => hit);
