import { graphBuilder, type GraphBuilder, type RealType } from './graph-builder.ts';
import { floatDense, graphLayers, project, unitLength } from './graph-layers.ts';
import { stack } from './graph-stacks.ts';
import type { ModelPlan, TextShape } from './model-plan.ts';
import { elementType, type Graph } from './onnx-model.ts';
import type { Weights } from './weights.ts';

/**
 * `ids` int64 [n, t] and `mask` int64 [n, t] (1 = read) to `text` float32 [n, d], unit length. CLIP's tower attends
 * backwards only and is read off at the end token, before all padding: there the mask makes no difference and is
 * not looked at.
 */
export function textGraph(plan: ModelPlan, weights: Weights, real: RealType): Graph {
  const { text, dimensions } = plan;
  const builder = graphBuilder('text', real);
  const layers = graphLayers(builder, weights, text, floatDense(builder, weights));
  const { node, ints } = builder;
  const isBert = text.kind === 'bert';

  const ids = builder.input({ name: 'ids', type: 'int64', shape: ['n', 't'] });
  const mask = builder.input({ name: 'mask', type: 'int64', shape: ['n', 't'] });
  const length = node('Shape', [ids], { start: { int: 1 }, end: { int: 2 } });
  const tokenShape = node('Concat', [ints(-1), length, ints(text.width)], { axis: { int: 0 } });
  const rows = node('Reshape', [embed(builder, weights, text, ids, length), ints(-1, text.width)]);
  const use = { tower: 'text', tokenShape, pool: pooling(builder, text, ids) } as const;
  const pooled = isBert
    ? stack(
        builder,
        layers,
        text,
        { ...use, reads: 'all', mask: node('Cast', [mask], { to: { int: elementType.int32 } }) },
        'norm last',
        layers.norm(rows, 'text.embeddingNorm'),
      )
    : stack(builder, layers, text, { ...use, reads: 'before' }, 'norm first', rows);
  const inner =
    text.projectionHidden === null
      ? pooled
      : node('Gelu', [project(builder, weights, pooled, 'text.projectionHidden')]);
  const projected = project(builder, weights, inner, 'text.projection');
  builder.output(unitLength(builder, projected), { name: 'text', type: 'float32', shape: ['n', dimensions] });
  return builder.graph();
}

/** Token and position vectors, [n, t, w]. BERT adds the vector of its first segment, put into the positions here. */
function embed(
  builder: GraphBuilder,
  weights: Weights,
  text: TextShape,
  ids: string,
  length: string,
): string {
  const { node, ints, weight } = builder;
  const { vocabulary, width, contextLength } = text;
  const table = weight('text.token', [vocabulary, width], () => weights.read('text.token'));
  const positions = weight('text.position', [contextLength, width], () => {
    const rows = weights.read('text.position').slice(0, contextLength * width);
    if (!weights.has('text.type')) return rows;
    const segment = weights.read('text.type');
    return rows.map((value, index) => value + (segment[index % width] ?? 0));
  });
  return node('Add', [node('Gather', [table, ids]), node('Slice', [positions, ints(0), length, ints(0)])]);
}

/** [n, t, w] to the state of the token that stands for the text, [n, w]. */
function pooling(builder: GraphBuilder, { pooling: how }: TextShape, ids: string): (value: string) => string {
  const { node, constant } = builder;
  if (how.at === 'first') {
    const first = constant('first_token', 'int64', [], 8, () => BigInt64Array.of(0n));
    return (value) => node('Gather', [value, first], { axis: { int: 1 } });
  }
  // ArgMax takes the first of equals; the runtime has it for int32, not for int64.
  const end =
    how.at === 'end' ? constant('end_token', 'int64', [1], 8, () => BigInt64Array.of(BigInt(how.endId))) : '';
  const marked = how.at === 'end' ? node('Equal', [ids, end]) : ids;
  const narrow = node('Cast', [marked], { to: { int: elementType.int32 } });
  const place = node('ArgMax', [narrow], { axis: { int: 1 }, keepdims: { int: 1 } });
  return (value) => node('GatherND', [value, place], { batch_dims: { int: 1 } });
}
