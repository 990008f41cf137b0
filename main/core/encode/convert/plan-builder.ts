import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { HEAD_WIDTH, type StackShape, type Tensors, type WeightSource } from './model-plan.ts';

/** Collects where the weights lie, tower by tower. */
export function weightCollector() {
  const weights = new Map<string, WeightSource>();

  function add(
    name: string,
    from: string | readonly string[],
    shape: readonly number[],
    turned = false,
  ): void {
    weights.set(name, { from: typeof from === 'string' ? [from] : from, shape, turned });
  }
  /** A layer norm: weight and bias of `width` each. */
  function addNorm(name: string, from: string, width: number): void {
    add(`${name}.weight`, `${from}.weight`, [width]);
    add(`${name}.bias`, `${from}.bias`, [width]);
  }
  /** A linear layer with bias; several sources share the input and are put side by side. */
  function addLinear(name: string, from: string | readonly string[], out: number, into: number): void {
    const parts = typeof from === 'string' ? [from] : from;
    // torch's own attention says `in_proj_weight`, every other layer `proj.weight`.
    const ending = (part: string, what: string) => (part.endsWith('_') ? part + what : `${part}.${what}`);
    const weights = parts.map((part) => ending(part, 'weight'));
    const biases = parts.map((part) => ending(part, 'bias'));
    add(`${name}.weight`, weights, [out, into]);
    add(`${name}.bias`, biases, [out]);
  }
  return { weights, add, addNorm, addLinear };
}

export type WeightCollector = ReturnType<typeof weightCollector>;

/** Names of one block's parts within its prefix; `qkv` is one joined matrix or three. */
export interface BlockNames {
  readonly norm1: string;
  readonly qkv: string | readonly [string, string, string];
  readonly out: string;
  readonly norm2: string;
  readonly fc1: string;
  readonly fc2: string;
}

export function addBlocks(
  collector: WeightCollector,
  tower: 'vision' | 'text',
  { width, hidden, layers }: StackShape,
  prefix: (layer: number) => string,
  names: BlockNames,
): void {
  for (let layer = 0; layer < layers; layer += 1) {
    const to = `${tower}.block.${layer}`;
    const from = prefix(layer);
    const qkv = typeof names.qkv === 'string' ? [names.qkv] : names.qkv;
    collector.addNorm(`${to}.norm1`, from + names.norm1, width);
    collector.addLinear(
      `${to}.qkv`,
      qkv.map((part) => from + part),
      3 * width,
      width,
    );
    collector.addLinear(`${to}.out`, from + names.out, width, width);
    collector.addNorm(`${to}.norm2`, from + names.norm2, width);
    collector.addLinear(`${to}.fc1`, from + names.fc1, hidden, width);
    collector.addLinear(`${to}.fc2`, from + names.fc2, width, hidden);
  }
}

/**
 * The shape of a tensor from which a size is read.
 *
 * @throws ArchiveError `checkpoint.tensors` when it is missing or has another number of dimensions.
 */
export function shapeOf(tensors: Tensors, name: string, rank: number): number[] {
  const tensor = tensors.get(name);
  if (!tensor) throw new ArchiveError('checkpoint.tensors', { missing: name });
  if (tensor.shape.length !== rank || tensor.shape.some((size) => size < 1)) {
    const misshapen = `${name} [${tensor.shape.join(', ')}] instead of ${rank} dimensions`;
    throw new ArchiveError('checkpoint.tensors', { misshapen });
  }
  return [...tensor.shape];
}

/** How many blocks there are: one more than the highest number behind the prefix. */
export function countLayers(tensors: Tensors, prefix: string): number {
  let count = 0;
  for (const name of tensors.keys()) {
    if (!name.startsWith(prefix)) continue;
    const layer = Number.parseInt(name.slice(prefix.length), 10);
    if (layer >= count && layer < 1000) count = layer + 1;
  }
  if (count === 0) throw new ArchiveError('checkpoint.tensors', { missing: `${prefix}0.*` });
  return count;
}

/** @throws ArchiveError `checkpoint.config` when the width is no multiple of the heads. */
export function headCount(configured: number | null, width: number): number {
  const heads = configured ?? width / HEAD_WIDTH;
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
    throw new ArchiveError('checkpoint.config', {
      reason: `${heads} heads do not divide a width of ${width}`,
    });
  }
  return heads;
}

/**
 * The picture's side from the position table, which has one row for the class token and one for each patch.
 *
 * @throws ArchiveError `checkpoint.config` when it does not fit the configured size.
 */
export function checkGrid(rows: number, patchPx: number, sizePx: number): void {
  if ((sizePx / patchPx) ** 2 + 1 !== rows) {
    const reason = `${rows} positions do not fit ${sizePx} px in patches of ${patchPx} px`;
    throw new ArchiveError('checkpoint.config', { reason });
  }
}
