import { graphBuilder, type RealType } from './graph-builder.ts';
import { graphLayers } from './graph-layers.ts';
import { normFirstStack } from './graph-stacks.ts';
import type { ModelPlan } from './model-plan.ts';
import { elementType, type Graph } from './onnx-model.ts';
import type { Weights } from './weights.ts';

/** `pixels` float32 [n, 3, size, size], normalised, to `image` float32 [n, d], unit length. */
export function imageGraph(plan: ModelPlan, weights: Weights, real: RealType): Graph {
  const { vision, dimensions } = plan;
  const { width, patchPx, sizePx } = vision;
  const builder = graphBuilder('image', real);
  const layers = graphLayers(builder, weights, vision);
  const { node, ints, weight } = builder;

  const pixels = builder.input({ name: 'pixels', type: 'float32', shape: ['n', 3, sizePx, sizePx] });
  const cast = real === 'float16' ? node('Cast', [pixels], { to: { int: elementType.float16 } }) : pixels;
  const kernel = weight('vision.patch.weight', [width, 3, patchPx, patchPx], () =>
    weights.read('vision.patch.weight'),
  );
  const bias = vision.patchBias ? [layers.vector('vision.patch.bias')] : [];
  const strides = { kernel_shape: { ints: [patchPx, patchPx] }, strides: { ints: [patchPx, patchPx] } };
  const grid = node('Conv', [cast, kernel, ...bias], strides);
  const rows = node('Reshape', [grid, ints(0, width, -1)]);
  const patches = node('Transpose', [rows], { perm: { ints: [0, 2, 1] } });

  // The class token is the same for every picture: an empty row in front, and its vector added to its position.
  const tokens = node('Pad', [patches, ints(0, 1, 0, 0, 0, 0)]);
  const positions = (sizePx / patchPx) ** 2 + 1;
  const position = weight('vision.position', [1, positions, width], () => {
    const table = weights.read('vision.position');
    weights.read('vision.class').forEach((value, index) => (table[index] = (table[index] ?? 0) + value));
    return table;
  });
  const placed = node('Add', [tokens, position]);
  const embedded = vision.preNorm ? layers.norm(placed, 'vision.preNorm') : placed;

  const first = builder.constant('first_token', 'int64', [], 8, () => BigInt64Array.of(0n));
  const pool = (value: string) => node('Gather', [value, first], { axis: { int: 1 } });
  const pooled = normFirstStack(layers, vision, { tower: 'vision', causal: false, pool }, embedded);
  const projected = node('MatMul', [pooled, layers.matrix('vision.projection')]);
  builder.output(layers.unitLength(projected), { name: 'image', type: 'float32', shape: ['n', dimensions] });
  return builder.graph();
}
