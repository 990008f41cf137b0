import type { GraphBuilder } from './graph-builder.ts';
import type { GraphLayers } from './graph-layers.ts';
import type { StackShape } from './model-plan.ts';

/** How a tower reads its tokens, and which of them it is read off at the end. */
export interface StackUse {
  readonly tower: 'vision' | 'text';
  /** Whether the pooled token is the first, and looks at all others; else each looks only at those before it. */
  readonly reads: 'all' | 'before';
  /** int32 [n, t], 1 where a token is read; absent where all are. */
  readonly mask?: string;
  /** The shape [n, t, w] as a value of the graph, to which rows are put together again. */
  readonly tokenShape: string;
  /** Takes the pooled token: [n, t, w] to [n, w]. */
  readonly pool: (value: string) => string;
}

/**
 * The blocks of a tower. ViT and CLIP's text tower normalise before each sublayer and once more at the end, BERT
 * normalises each sum. Only the pooled token is read in the end, so what follows the last attention is done for
 * that token alone.
 *
 * @param embedded - [n·t, w]
 * @returns the state of the pooled token, [n, w]
 */
export function stack(
  builder: GraphBuilder,
  layers: GraphLayers,
  shape: StackShape,
  use: StackUse,
  order: 'norm first' | 'norm last',
  embedded: string,
): string {
  const { node, ints } = builder;
  const { norm, dense, mlp, add } = layers;
  const tokens = (rows: string) => node('Reshape', [rows, use.tokenShape]);
  const rowsOf = (value: string) => node('Reshape', [value, ints(-1, shape.width)]);

  /** Self-attention before its output matrix, over [n·t, w]; of the last block only the pooled rows, [n, w]. */
  function attention(rows: string, name: string, isLast: boolean): string {
    const asksOnce = isLast && use.reads === 'all';
    const asking = dense(asksOnce ? use.pool(tokens(rows)) : rows, name, 'q');
    const q = asksOnce ? node('Reshape', [asking, ints(-1, 1, shape.width)]) : tokens(asking);
    const [k, v] = [tokens(dense(rows, name, 'k')), tokens(dense(rows, name, 'v'))];
    const mask = use.mask === undefined ? [] : ['', use.mask];
    const causal = use.reads === 'before' ? { unidirectional: { int: 1 } } : {};
    const attended = node('MultiHeadAttention', [q, k, v, ...mask], {
      num_heads: { int: shape.heads },
      ...causal,
    });
    return isLast && !asksOnce ? use.pool(attended) : rowsOf(attended);
  }

  let state = embedded;
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const block = `${use.tower}.block.${layer}`;
    const isLast = layer === shape.layers - 1;
    const rows = order === 'norm first' ? norm(state, `${block}.norm1`) : state;
    const mixed = dense(attention(rows, `${block}.qkv`, isLast), `${block}.out`);
    if (isLast) state = use.pool(tokens(state));
    if (order === 'norm first') {
      state = add(state, mixed);
      state = add(state, mlp(norm(state, `${block}.norm2`), block));
    } else {
      state = norm(add(state, mixed), `${block}.norm1`);
      state = norm(add(state, mlp(state, block)), `${block}.norm2`);
    }
  }
  return order === 'norm first' ? norm(state, `${use.tower}.norm`) : state;
}
