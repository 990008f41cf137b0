import type { GraphBuilder } from './graph-builder.ts';
import type { StackShape } from './model-plan.ts';
import { elementType } from './onnx-model.ts';
import { transpose, type Weights } from './weights.ts';

/** How a matrix product with one of the model's weights is computed; int8 graphs give another. */
export type Multiply = (value: string, weight: string) => string;

/** Layers of one tower, written with ONNX Runtime's fused operators. `name` is a weight's name in the plan. */
export function graphLayers(builder: GraphBuilder, weights: Weights, shape: StackShape, multiply?: Multiply) {
  const { node, nodeOf, weight } = builder;
  const epsilon = { epsilon: { float: shape.epsilon } };

  /** A vector as it is stored. */
  const vector = (name: string) => weight(name, weights.shape(name), () => weights.read(name));

  /** A matrix [out, in] as [in, out], which MatMul wants on its right. */
  function matrix(name: string): string {
    const [out = 0, into = 0] = weights.shape(name);
    return weight(name, [into, out], () => transpose(weights.read(name), out, into));
  }

  const product: Multiply = multiply ?? ((value, name) => node('MatMul', [value, matrix(name)]));

  function norm(value: string, name: string): string {
    return node('LayerNormalization', [value, vector(`${name}.weight`), vector(`${name}.bias`)], epsilon);
  }

  /** sum = value + residual + bias; returns the norm of the sum, and the sum. */
  function addAndNorm(
    value: string,
    residual: string,
    bias: string,
    name: string,
  ): [normed: string, sum: string] {
    const inputs = [value, residual, vector(`${name}.weight`), vector(`${name}.bias`), vector(bias)];
    const [normed = '', , , sum = ''] = nodeOf('SkipLayerNormalization', inputs, epsilon, 4);
    return [normed, sum];
  }

  /** Self-attention [n, t, w] before its output matrix. `mask` is int32 [n, t], 1 where a token is read. */
  function attention(value: string, name: string, how: { causal: boolean; mask?: string }): string {
    const inputs = [value, matrix(`${name}.weight`), vector(`${name}.bias`), ...(how.mask ? [how.mask] : [])];
    const unidirectional = how.causal ? { unidirectional: { int: 1 } } : {};
    return node('Attention', inputs, { num_heads: { int: shape.heads }, ...unidirectional });
  }

  /** fc2(activation(fc1(value))) without the last bias, which `addAndNorm` adds. */
  function mlp(value: string, block: string): string {
    const inner = product(value, `${block}.fc1.weight`);
    const bias = vector(`${block}.fc1.bias`);
    const active =
      shape.activation === 'gelu'
        ? node('BiasGelu', [inner, bias])
        : node('QuickGelu', [node('Add', [inner, bias])], { alpha: { float: 1.702 } });
    return product(active, `${block}.fc2.weight`);
  }

  /** [n, w] to unit length [n, d] in float32, as torch's `normalize`: a length below 1e-12 is not divided by. */
  function unitLength(value: string): string {
    const wide =
      builder.real === 'float16' ? node('Cast', [value], { to: { int: elementType.float32 } }) : value;
    const length = node('ReduceL2', [wide, builder.ints(-1)], { keepdims: { int: 1 } });
    const least = builder.constant('least_length', 'float32', [1], 4, () => Float32Array.of(1e-12));
    return node('Div', [wide, node('Max', [length, least])]);
  }

  return { vector, matrix, product, norm, addAndNorm, attention, mlp, unitLength };
}

export type GraphLayers = ReturnType<typeof graphLayers>;
