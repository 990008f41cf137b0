import type { GraphBuilder } from './graph-builder.ts';
import { denseWeights, type Dense } from './graph-layers.ts';
import type { Weights } from './weights.ts';

/**
 * Largest stored weight. With weights above 64 sums overflow on processors without VNNI, unless a session is opened as
 * `exactInt8` says.
 */
const MAX_WEIGHT = 127;

/** One matrix in 8 bits: [in, out], with a scale for each output. */
export interface Quantized {
  readonly values: Int8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
}

/** @param weight - [out, in] */
export function quantize(weight: Float32Array, out: number, into: number): Quantized {
  const values = new Int8Array(out * into);
  const scales = new Float32Array(out);
  for (let row = 0; row < out; row += 1) {
    let largest = 0;
    for (let column = 0; column < into; column += 1) {
      largest = Math.max(largest, Math.abs(weight[row * into + column] as number));
    }
    const scale = largest > 0 ? largest / MAX_WEIGHT : 1;
    scales[row] = scale;
    for (let column = 0; column < into; column += 1) {
      values[column * out + row] = Math.round((weight[row * into + column] as number) / scale);
    }
  }
  return { values, scales };
}

/**
 * Linear layers in 8 bits: the input is quantised anew in each run, over all its rows at once. So pictures that run
 * together change each other's vectors a little, and int8 graphs are to be run picture by picture.
 */
export function int8Dense({ node, constant }: GraphBuilder, weights: Weights): Dense {
  return (value, layer, part = 'whole') => {
    const { name, out, into, matrix, bias } = denseWeights(weights, layer, part);
    const make = () => quantize(matrix(), out, into);
    const values = constant(`${name}.int8`, 'int8', [into, out], out * into, () => make().values);
    const scales = constant(`${name}.scale`, 'float32', [out], 4 * out, () => make().scales);
    const added = constant(`${name}.bias`, 'float32', [out], 4 * out, bias);
    return node('DynamicQuantizeMatMul', [value, values, scales, '', added]);
  };
}
