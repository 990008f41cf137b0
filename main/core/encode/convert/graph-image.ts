import { graphBuilder, type RealType } from './graph-builder.ts';
import { floatDense, graphLayers, project, unitLength } from './graph-layers.ts';
import { stack } from './graph-stacks.ts';
import type { ModelPlan } from './model-plan.ts';
import { elementType, type Graph } from './onnx-model.ts';
import type { Weights } from './weights.ts';

/**
 * `pixels` float32 [n, 3, size, size], normalised, to `image` float32 [n, d], unit length.
 *
 * @param real - what the graph computes in.
 * @param denseOf - how its linear layers are computed.
 */
export function imageGraph(plan: ModelPlan, weights: Weights, real: RealType, denseOf = floatDense): Graph {
  const { vision, dimensions } = plan;
  const { width, patchPx, sizePx } = vision;
  const builder = graphBuilder('image', real);
  const layers = graphLayers(builder, weights, vision, denseOf(builder, weights));
  const { node, ints, weight } = builder;
  const across = sizePx / patchPx;
  const count = across * across + 1;

  const pixels = builder.input({ name: 'pixels', type: 'float32', shape: ['n', 3, sizePx, sizePx] });
  const cast = real === 'float16' ? node('Cast', [pixels], { to: { int: elementType.float16 } }) : pixels;
  const kernel = weight('vision.patch.weight', [width, 3, patchPx, patchPx], () =>
    weights.read('vision.patch.weight'),
  );
  const bias = vision.patchBias ? [layers.vector('vision.patch.bias')] : [];
  const steps = { ints: [patchPx, patchPx] };
  const grid = node('Conv', [cast, kernel, ...bias], { kernel_shape: steps, strides: steps });
  const patches = node('Transpose', [node('Reshape', [grid, ints(0, width, -1)])], {
    perm: { ints: [0, 2, 1] },
  });

  // The class token is the same for every picture: an empty row in front, and its vector added to its position.
  const tokens = node('Pad', [patches, ints(0, 1, 0, 0, 0, 0)]);
  const position = weight('vision.position', [1, count, width], () => {
    const table = weights.read('vision.position');
    weights.read('vision.class').forEach((value, index) => (table[index] = (table[index] ?? 0) + value));
    return table;
  });
  const rows = node('Reshape', [node('Add', [tokens, position]), ints(-1, width)]);
  const embedded = vision.preNorm ? layers.norm(rows, 'vision.preNorm') : rows;

  const first = builder.constant('first_token', 'int64', [], 8, () => BigInt64Array.of(0n));
  const pool = (value: string) => node('Gather', [value, first], { axis: { int: 1 } });
  const use = { tower: 'vision', reads: 'all', tokenShape: ints(-1, count, width), pool } as const;
  const pooled = stack(builder, layers, vision, use, 'norm first', embedded);
  const projected = project(builder, weights, pooled, 'vision.projection');
  builder.output(unitLength(builder, projected), {
    name: 'image',
    type: 'float32',
    shape: ['n', dimensions],
  });
  return builder.graph();
}
