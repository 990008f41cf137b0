import type { Attribute, ElementType, Graph, GraphNode, Initializer, ValueInfo } from './onnx-model.ts';
import { encodeHalf } from './half.ts';
import { elementCount } from './tensor.ts';

/** Operators of ONNX Runtime's own set; all others are ONNX's. */
const runtimeOperators: ReadonlySet<string> = new Set([
  'DynamicQuantizeMatMul',
  'MultiHeadAttention',
  'QuickGelu',
]);

/** In what the graph computes. Inputs and outputs are float32 either way. */
export type RealType = 'float32' | 'float16';

/** Collects nodes and constants of one graph; values are named by number, so no name is given twice. */
export function graphBuilder(name: string, real: RealType) {
  const nodes: GraphNode[] = [];
  const initializers = new Map<string, Initializer>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];

  function add(initializer: Initializer): string {
    initializers.set(initializer.name, initializer);
    return initializer.name;
  }

  /** Adds a node with `count` outputs and returns their names. */
  function nodeOf(
    operator: string,
    from: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    count: number,
  ): string[] {
    const made = Array.from({ length: count }, (_, index) => `v${nodes.length}_${index}`);
    const domain = runtimeOperators.has(operator) ? 'com.microsoft' : '';
    nodes.push({ operator, domain, inputs: from, outputs: made, attributes });
    return made;
  }

  return {
    real,
    input(info: ValueInfo): string {
      inputs.push(info);
      return info.name;
    },
    /** Gives a value its public name. */
    output(value: string, info: ValueInfo): void {
      nodes.push({ operator: 'Identity', domain: '', inputs: [value], outputs: [info.name], attributes: {} });
      outputs.push(info);
    },
    /** A weight in the graph's own type; made when written. */
    weight(weightName: string, shape: readonly number[], make: () => Float32Array): string {
      const sizeBytes = elementCount(shape) * (real === 'float16' ? 2 : 4);
      const bytes = () => bytesOf(real === 'float16' ? encodeHalf(make()) : make());
      return add({ name: weightName, type: real, shape, sizeBytes, bytes });
    },
    /** A constant of any type. */
    constant(
      constantName: string,
      type: ElementType,
      shape: readonly number[],
      sizeBytes: number,
      make: () => ArrayBufferView,
    ): string {
      return add({ name: constantName, type, shape, sizeBytes, bytes: () => bytesOf(make()) });
    },
    /** int64 numbers, as shapes and axes are given. */
    ints(...values: readonly number[]): string {
      const make = () => bytesOf(BigInt64Array.from(values, BigInt));
      const sizeBytes = 8 * values.length;
      return add({
        name: `int_${values.join('_')}`,
        type: 'int64',
        shape: [values.length],
        sizeBytes,
        bytes: make,
      });
    },
    /** A node with one output. */
    node(
      operator: string,
      from: readonly string[],
      attributes: Readonly<Record<string, Attribute>> = {},
    ): string {
      const [made = ''] = nodeOf(operator, from, attributes, 1);
      return made;
    },
    nodeOf,
    graph: (): Graph => ({ name, nodes, initializers: [...initializers.values()], inputs, outputs }),
  };
}

export type GraphBuilder = ReturnType<typeof graphBuilder>;

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
