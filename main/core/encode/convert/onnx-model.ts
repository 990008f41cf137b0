import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Types of number that our graphs use, with their code in `TensorProto.DataType`. */
export const elementType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof elementType;

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export interface GraphNode {
  readonly operator: string;
  readonly domain: '' | 'com.microsoft';
  /** Empty for an optional input or output that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant of the graph, made when it is written, so that only one at a time is in memory. */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
  /** Little-endian, row-major. */
  readonly bytes: () => Uint8Array;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** A name stands for a size that may change from run to run. */
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** Where an initializer's bytes lie when they are not in the model file. */
export interface DataPlace {
  readonly file: string;
  readonly offset: number;
}

/** onnx.proto: version 9 of the format goes with operator set 20. */
const IR_VERSION = 9;
const OPERATOR_SETS = { '': 20, 'com.microsoft': 1 } as const;
const EXTERNAL = 1;

/**
 * One ONNX model as protobuf bytes.
 *
 * @param placeOf - where an initializer lies in a data file; null keeps it in the model.
 * @see onnx/onnx.proto for the field numbers
 */
export function encodeModel(
  graph: Graph,
  producer: string,
  placeOf: (name: string) => DataPlace | null,
): Uint8Array {
  const model = new BinaryWriter();
  int(model, 1, IR_VERSION);
  text(model, 2, producer);
  message(model, 7, (writer) => writeGraph(writer, graph, placeOf));
  for (const [domain, version] of Object.entries(OPERATOR_SETS)) {
    message(model, 8, (writer) => {
      text(writer, 1, domain);
      int(writer, 2, version);
    });
  }
  return model.finish();
}

function writeGraph(writer: BinaryWriter, graph: Graph, placeOf: (name: string) => DataPlace | null): void {
  for (const node of graph.nodes) message(writer, 1, (inner) => writeNode(inner, node));
  text(writer, 2, graph.name);
  for (const initializer of graph.initializers) {
    message(writer, 5, (inner) => writeTensor(inner, initializer, placeOf(initializer.name)));
  }
  for (const input of graph.inputs) message(writer, 11, (inner) => writeValue(inner, input));
  for (const output of graph.outputs) message(writer, 12, (inner) => writeValue(inner, output));
}

function writeNode(writer: BinaryWriter, node: GraphNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.outputs[0] ?? '');
  text(writer, 4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  text(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  if ('float' in attribute) {
    writer.tag(2, WireType.Bit32).float(attribute.float);
    int(writer, 20, 1);
  } else if ('int' in attribute) {
    int(writer, 3, attribute.int);
    int(writer, 20, 2);
  } else if ('text' in attribute) {
    text(writer, 4, attribute.text);
    int(writer, 20, 3);
  } else {
    for (const value of attribute.ints) int(writer, 8, value);
    int(writer, 20, 7);
  }
}

function writeTensor(writer: BinaryWriter, initializer: Initializer, place: DataPlace | null): void {
  for (const size of initializer.shape) int(writer, 1, size);
  int(writer, 2, elementType[initializer.type]);
  text(writer, 8, initializer.name);
  if (!place) {
    writer.tag(9, WireType.LengthDelimited).bytes(initializer.bytes());
    return;
  }
  const entries = {
    location: place.file,
    offset: String(place.offset),
    length: String(initializer.sizeBytes),
  };
  for (const [key, value] of Object.entries(entries)) {
    message(writer, 13, (inner) => {
      text(inner, 1, key);
      text(inner, 2, value);
    });
  }
  int(writer, 14, EXTERNAL);
}

function writeValue(writer: BinaryWriter, value: ValueInfo): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      int(tensor, 1, elementType[value.type]);
      message(tensor, 2, (shape) => {
        for (const size of value.shape) {
          message(shape, 1, (dimension) => {
            if (typeof size === 'number') int(dimension, 1, size);
            else text(dimension, 2, size);
          });
        }
      });
    }),
  );
}

const int = (writer: BinaryWriter, field: number, value: number) =>
  writer.tag(field, WireType.Varint).int64(value);
const text = (writer: BinaryWriter, field: number, value: string) =>
  writer.tag(field, WireType.LengthDelimited).string(value);

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
