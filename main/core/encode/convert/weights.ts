import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ModelPlan, Tensors, WeightSource } from './model-plan.ts';
import { elementCount, readTensor } from './tensor.ts';

/** Reads a weight by its name in the plan: row-major, joined and turned as `WeightSource` says. */
export interface Weights {
  read(name: string): Float32Array<ArrayBuffer>;
  shape(name: string): readonly number[];
  has(name: string): boolean;
}

/** As many names as fit a message; the rest as a count. */
const MAX_NAMED = 12;

/**
 * Compares the checkpoint with the plan.
 *
 * @throws ArchiveError `checkpoint.tensors` naming what is missing, unexpected or of another shape.
 */
export function checkTensors(tensors: Tensors, plan: ModelPlan): void {
  const expected = new Map<string, number[][]>([[plan.logitScale, [[], [1]]]]);
  for (const source of plan.weights.values()) {
    for (const name of source.from) expected.set(name, [storedShape(source)]);
  }
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name) && !plan.ignored.test(name));
  const misshapen: string[] = [];
  for (const [name, shapes] of expected) {
    const shape = tensors.get(name)?.shape;
    if (!shape || shapes.some((wanted) => wanted.join() === shape.join())) continue;
    misshapen.push(`${name} [${shape.join(', ')}] instead of [${(shapes[0] ?? []).join(', ')}]`);
  }
  if (missing.length + unexpected.length + misshapen.length === 0) return;
  const lists = Object.entries({ missing, unexpected, misshapen }).filter(([, names]) => names.length > 0);
  const details = Object.fromEntries(lists.map(([kind, names]) => [kind, listed(names)]));
  throw new ArchiveError('checkpoint.tensors', details);
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The shape that each source of a weight has in the file. */
function storedShape({ from, shape, turned }: WeightSource): number[] {
  const [out = 0, ...rest] = shape;
  const part = [out / from.length, ...rest];
  return turned ? part.reverse() : part;
}

export function weightReader(tensors: Tensors, plan: ModelPlan): Weights {
  function sourceOf(name: string): WeightSource {
    const source = plan.weights.get(name);
    if (!source) throw new Error(`the plan has no weight ${name}`);
    return source;
  }
  function readStored(name: string): Float32Array<ArrayBuffer> {
    const tensor = tensors.get(name);
    if (!tensor) throw new ArchiveError('checkpoint.tensors', { missing: name });
    return readTensor(tensor);
  }
  function read(name: string): Float32Array<ArrayBuffer> {
    const { from, shape, turned } = sourceOf(name);
    const [only, ...others] = from.map(readStored);
    if (only && others.length === 0) return turned ? transpose(only, shape[1] ?? 0, shape[0] ?? 0) : only;
    const whole = new Float32Array(elementCount(shape));
    let at = 0;
    for (const part of [only, ...others]) {
      if (!part) continue;
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
  return { read, shape: (name) => sourceOf(name).shape, has: (name) => plan.weights.has(name) };
}

/** [rows, columns] to [columns, rows], in square tiles that stay in the cache. */
export function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const TILE = 32;
  const turned = new Float32Array(matrix.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          turned[column * rows + row] = matrix[row * columns + column] as number;
        }
      }
    }
  }
  return turned;
}
