import type { ModelPlan, StackShape } from './model-plan.ts';
import { add, attend, gelu, layerNorm, linear, matrixOf, quickGelu, type Matrix } from './plain-maths.ts';
import type { Weights } from './weights.ts';

/**
 * The model computed a second time, step by step as its papers write it and in double precision, sharing nothing
 * with the graph: what the graph must agree with before a bundle is released.
 */
export function plainForward(plan: ModelPlan, weights: Weights) {
  const { vision, text } = plan;
  const { read } = weights;

  const dense = (value: Matrix, name: string) => linear(value, read(`${name}.weight`), read(`${name}.bias`));
  const norm = (value: Matrix, name: string, { epsilon }: StackShape) =>
    layerNorm(value, read(`${name}.weight`), read(`${name}.bias`), epsilon);

  function mlp(value: Matrix, block: string, { activation }: StackShape): Matrix {
    const inner = dense(value, `${block}.fc1`);
    return dense(
      { ...inner, data: inner.data.map(activation === 'gelu' ? gelu : quickGelu) },
      `${block}.fc2`,
    );
  }

  function stack(
    embedded: Matrix,
    tower: 'vision' | 'text',
    shape: StackShape,
    normFirst: boolean,
    reads: (from: number, to: number) => boolean,
  ): Matrix {
    let state = embedded;
    for (let layer = 0; layer < shape.layers; layer += 1) {
      const block = `${tower}.block.${layer}`;
      const attention = (value: Matrix) =>
        dense(attend(dense(value, `${block}.qkv`), shape.heads, reads), `${block}.out`);
      if (normFirst) {
        state = add(state, attention(norm(state, `${block}.norm1`, shape)));
        state = add(state, mlp(norm(state, `${block}.norm2`, shape), block, shape));
      } else {
        state = norm(add(state, attention(state)), `${block}.norm1`, shape);
        state = norm(add(state, mlp(state, block, shape)), `${block}.norm2`, shape);
      }
    }
    return normFirst ? norm(state, `${tower}.norm`, shape) : state;
  }

  /** @param pixels - [3, size, size], normalised. @returns unit length */
  function image(pixels: Float32Array): Float64Array {
    const { width, patchPx, sizePx } = vision;
    const across = sizePx / patchPx;
    const patches = matrixOf(across * across, 3 * patchPx * patchPx);
    patches.data.forEach((_, index) => {
      const [patch, inside] = [Math.floor(index / patches.columns), index % patches.columns];
      const [channel, place] = [Math.floor(inside / patchPx ** 2), inside % patchPx ** 2];
      const row = Math.floor(patch / across) * patchPx + Math.floor(place / patchPx);
      const column = (patch % across) * patchPx + (place % patchPx);
      patches.data[index] = pixels[(channel * sizePx + row) * sizePx + column] ?? 0;
    });
    const seen = linear(
      patches,
      read('vision.patch.weight'),
      vision.patchBias ? read('vision.patch.bias') : null,
    );
    const tokens = matrixOf(seen.rows + 1, width);
    tokens.data.set(read('vision.class'));
    tokens.data.set(seen.data, width);
    const position = read('vision.position');
    tokens.data.forEach((value, index) => (tokens.data[index] = value + (position[index] ?? 0)));
    const embedded = vision.preNorm ? norm(tokens, 'vision.preNorm', vision) : tokens;
    const state = stack(embedded, 'vision', vision, true, () => true);
    return unit(linear(rowOf(state, 0), read('vision.projection'), null).data);
  }

  /** @param ids - one text without padding. @returns unit length */
  function textOf(ids: readonly number[]): Float64Array {
    const { width, kind, pooling } = text;
    const tokens = matrixOf(ids.length, width);
    const [table, position] = [read('text.token'), read('text.position')];
    const segment = kind === 'bert' ? read('text.type') : new Float32Array(width);
    tokens.data.forEach((_, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      const token = table[(ids[row] ?? 0) * width + column] ?? 0;
      tokens.data[index] = token + (position[index] ?? 0) + (segment[column] ?? 0);
    });
    if (kind === 'bert') {
      const embedded = norm(tokens, 'text.embeddingNorm', text);
      const state = stack(embedded, 'text', text, false, () => true);
      const inner = linear(rowOf(state, 0), read('text.projectionHidden'), null);
      return unit(linear({ ...inner, data: inner.data.map(gelu) }, read('text.projection'), null).data);
    }
    const state = stack(tokens, 'text', text, true, (from, to) => to <= from);
    const end = ids.indexOf(pooling.at === 'end' ? pooling.endId : Math.max(...ids));
    return unit(linear(rowOf(state, Math.max(end, 0)), read('text.projection'), null).data);
  }

  return { image, text: textOf };
}

const rowOf = ({ data, columns }: Matrix, row: number): Matrix => ({
  rows: 1,
  columns,
  data: data.slice(row * columns, (row + 1) * columns),
});

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / Math.max(length, 1e-12));
}
