import type { LabelModel } from '../../main/core/label/scorer.ts';
import { seededRandom } from '../../main/core/domain/statistics/random.ts';
import type { Archive } from '../../main/core/store/archive.ts';
import { addItems, addModel } from './vector-archive.ts';

const SCALE = 100;

/**
 * A model whose texts are axes, so that a simulation can say which logits an item shall have: no trained model can be
 * asked for that. The n-th different text is the n-th axis.
 */
export function axisModel(archive: Archive, dimensions: number): LabelModel {
  const row = addModel(archive, 'axes', `axes-${dimensions}`, dimensions);
  const known = new Map<string, number>();
  return {
    row,
    encoder: {
      manifest: { logitScale: SCALE, tokenizer: { contextLength: 77 } } as never,
      encodeTexts: (texts) => {
        const vectors = new Float32Array(texts.length * dimensions);
        texts.forEach((text, index) => {
          if (!known.has(text)) known.set(text, known.size);
          vectors[index * dimensions + (known.get(text) as number)] = 1;
        });
        return Promise.resolve({ vectors, truncatedWords: texts.map(() => 0), tokens: texts.map(() => 1) });
      },
    },
  };
}

/** A vector of unit length whose first components give these logits. */
export function vectorFor(logits: readonly number[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  logits.forEach((logit, index) => (vector[index] = logit / SCALE));
  const square = vector.reduce((sum, value) => sum + value * value, 0);
  vector[dimensions - 1] = Math.sqrt(1 - square);
  return vector;
}

export interface Simulated {
  readonly itemId: number;
  readonly label: string;
}

/** Items whose right label is drawn from a softmax, and whose logits are `over` times what that softmax had. */
export function simulateItems(
  archive: Archive,
  model: LabelModel,
  labels: readonly string[],
  {
    count,
    over,
    perPatient = 1,
    seed = 1,
  }: { count: number; over: number; perPatient?: number; seed?: number },
): Simulated[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drawn = Array.from({ length: count }, () => {
    const logits = labels.map(() => 1.5 * normal());
    const weights = logits.map(Math.exp);
    let rest = random() * weights.reduce((a, b) => a + b, 0);
    const label = weights.findIndex((weight) => (rest -= weight) < 0);
    return { logits, label: labels[label === -1 ? labels.length - 1 : label] as string };
  });
  const itemIds = addItems(
    archive,
    model.row,
    drawn.map(({ logits }, index) => ({
      patient: `p${Math.floor(index / perPatient)}`,
      vectors: [
        vectorFor(
          logits.map((logit) => logit * over),
          model.row.dimensions,
        ),
      ],
    })),
    seed,
  );
  return itemIds.map((itemId, index) => ({ itemId, label: (drawn[index] as { label: string }).label }));
}
