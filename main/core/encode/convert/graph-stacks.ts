import type { GraphLayers } from './graph-layers.ts';
import type { StackShape } from './model-plan.ts';

/** How a tower reads its tokens, and which of them it is read off at the end. */
export interface StackUse {
  readonly tower: 'vision' | 'text';
  readonly causal: boolean;
  /** int32 [n, t], 1 where a token is read; absent where all are. */
  readonly mask?: string;
  /** Takes the pooled token: [n, t, w] to [n, w]. */
  readonly pool: (value: string) => string;
}

/**
 * Blocks that normalise before each sublayer, and the final norm (ViT, CLIP's text tower).
 * Only the pooled token is read in the end, so what follows the last attention is done for that token alone.
 *
 * @param embedded - [n, t, w]
 * @returns the normalised state of the pooled token, [n, w]
 */
export function normFirstStack(
  layers: GraphLayers,
  shape: StackShape,
  use: StackUse,
  embedded: string,
): string {
  const { tower, pool } = use;
  const normAfter = (layer: number) =>
    layer + 1 < shape.layers ? `${tower}.block.${layer + 1}.norm1` : `${tower}.norm`;
  let state = embedded;
  let normed = layers.norm(embedded, `${tower}.block.0.norm1`);
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const block = `${tower}.block.${layer}`;
    let attended = layers.attention(normed, `${block}.qkv`, use);
    if (layer === shape.layers - 1) [attended, state] = [pool(attended), pool(state)];
    const mixed = layers.product(attended, `${block}.out.weight`);
    [normed, state] = layers.addAndNorm(mixed, state, `${block}.out.bias`, `${block}.norm2`);
    const inner = layers.mlp(normed, block);
    [normed, state] = layers.addAndNorm(inner, state, `${block}.fc2.bias`, normAfter(layer));
  }
  return normed;
}

/**
 * Blocks that normalise each sum (BERT).
 *
 * @param embedded - [n, t, w], already normalised
 * @returns the state of the pooled token, [n, w]
 */
export function normLastStack(
  layers: GraphLayers,
  shape: StackShape,
  use: StackUse,
  embedded: string,
): string {
  const { tower, pool } = use;
  let state = embedded;
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const block = `${tower}.block.${layer}`;
    let attended = layers.attention(state, `${block}.qkv`, use);
    if (layer === shape.layers - 1) [attended, state] = [pool(attended), pool(state)];
    const mixed = layers.product(attended, `${block}.out.weight`);
    [state] = layers.addAndNorm(mixed, state, `${block}.out.bias`, `${block}.norm1`);
    [state] = layers.addAndNorm(layers.mlp(state, block), state, `${block}.fc2.bias`, `${block}.norm2`);
  }
  return state;
}
