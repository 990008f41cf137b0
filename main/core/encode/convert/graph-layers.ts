import type { GraphBuilder } from './graph-builder.ts';
import type { StackShape } from './model-plan.ts';
import { elementType } from './onnx-model.ts';
import { transpose, type Weights } from './weights.ts';

/** A linear layer's rows, or those of them that make the queries, keys or values of a joined one. */
export type Part = 'whole' | 'q' | 'k' | 'v';

/** value · weightᵀ + bias over [rows, in]; `name` is a layer's in the plan, with `.weight` and perhaps `.bias`. */
export type Dense = (value: string, name: string, part?: Part) => string;

/** One linear layer as the graph keeps it. */
export interface DenseWeights {
  /** Name of the constant to be made of it. */
  readonly name: string;
  readonly out: number;
  readonly into: number;
  /** [out, in], as torch keeps it. */
  readonly matrix: () => Float32Array<ArrayBuffer>;
  readonly bias: () => Float32Array<ArrayBuffer>;
}

export function denseWeights(weights: Weights, name: string, part: Part): DenseWeights {
  const [rows = 0, into = 0] = weights.shape(`${name}.weight`);
  const out = part === 'whole' ? rows : rows / 3;
  const first = part === 'k' ? out : part === 'v' ? 2 * out : 0;
  return {
    name: part === 'whole' ? name : `${name}.${part}`,
    out,
    into,
    matrix: () => weights.read(`${name}.weight`).slice(first * into, (first + out) * into),
    bias: () => weights.read(`${name}.bias`).slice(first, first + out),
  };
}

/** Linear layers in the graph's own floating point. */
export function floatDense({ node, weight }: GraphBuilder, weights: Weights): Dense {
  return (value, layer, part = 'whole') => {
    const { name, out, into, matrix, bias } = denseWeights(weights, layer, part);
    const right = weight(`${name}.weight`, [into, out], () => transpose(matrix(), out, into));
    return node('Gemm', [value, right, weight(`${name}.bias`, [out], bias)]);
  };
}

/** A matrix without bias, [out, in] in the plan and [in, out] in the graph. */
export function project(
  { node, weight }: GraphBuilder,
  weights: Weights,
  value: string,
  name: string,
): string {
  const [out = 0, into = 0] = weights.shape(name);
  const right = weight(name, [into, out], () => transpose(weights.read(name), out, into));
  return node('MatMul', [value, right]);
}

/** Layers of one tower over tokens as rows, [n·t, w]: so the runtime adds a bias within the product. */
export function graphLayers(builder: GraphBuilder, weights: Weights, shape: StackShape, dense: Dense) {
  const { node, weight } = builder;
  const vector = (name: string) => weight(name, weights.shape(name), () => weights.read(name));

  function norm(value: string, name: string): string {
    const epsilon = { epsilon: { float: shape.epsilon } };
    return node('LayerNormalization', [value, vector(`${name}.weight`), vector(`${name}.bias`)], epsilon);
  }

  function mlp(value: string, block: string): string {
    const inner = dense(value, `${block}.fc1`);
    const active =
      shape.activation === 'gelu'
        ? node('Gelu', [inner])
        : node('QuickGelu', [inner], { alpha: { float: 1.702 } });
    return dense(active, `${block}.fc2`);
  }

  return { vector, norm, dense, mlp, add: (left: string, right: string) => node('Add', [left, right]) };
}

export type GraphLayers = ReturnType<typeof graphLayers>;

/** [n, d] to unit length in float32, as torch's `normalize`: a length below 1e-12 is not divided by. */
export function unitLength(builder: GraphBuilder, value: string): string {
  const { node, ints, constant } = builder;
  const wide =
    builder.real === 'float16' ? node('Cast', [value], { to: { int: elementType.float32 } }) : value;
  const length = node('ReduceL2', [wide, ints(-1)], { keepdims: { int: 1 } });
  const least = constant('least_length', 'float32', [1], 4, () => Float32Array.of(1e-12));
  return node('Div', [wide, node('Max', [length, least])]);
}
