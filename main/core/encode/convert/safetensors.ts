import { z } from 'zod';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ByteSource } from './byte-source.ts';
import {
  checkView,
  elementCount,
  itemBytes,
  rowMajorStrides,
  type StorageType,
  type StoredTensor,
} from './tensor.ts';

const types: Readonly<Record<string, StorageType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

/** The format's own limit for its header. */
const MAX_HEADER_BYTES = 100_000_000;

const Header = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/**
 * Reads the header of a safetensors file: its length (uint64), JSON, then the numbers.
 *
 * @throws ArchiveError `checkpoint.broken` when the header contradicts the file; `checkpoint.refused` on a type of
 *   number that no supported model uses.
 * @see https://github.com/huggingface/safetensors, "Format"
 */
export function readSafetensors(source: ByteSource): Map<string, StoredTensor> {
  const file = source.name;
  const broken = (reason: string, cause?: unknown) =>
    new ArchiveError('checkpoint.broken', { file, reason }, { cause });
  const headerBytes = Number(new DataView(source.read(0, 8).buffer).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) throw broken('header is too large');

  let header: z.infer<typeof Header>;
  try {
    const json = JSON.parse(new TextDecoder().decode(source.read(8, headerBytes))) as Record<string, unknown>;
    delete json['__metadata__'];
    header = Header.parse(json);
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    throw broken('header is not understood', cause);
  }

  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const type = types[dtype];
    if (!type) throw new ArchiveError('checkpoint.refused', { file, what: `numbers of type ${dtype}` });
    const [begin, end] = data_offsets;
    const start = 8 + headerBytes + begin;
    const length = elementCount(shape);
    if (end - begin !== length * itemBytes[type]) throw broken(`size of ${name} does not fit its shape`);
    if (8 + headerBytes + end > source.sizeBytes) throw broken('ends early');
    const tensor = {
      storage: { source, type, length, start },
      shape,
      strides: rowMajorStrides(shape),
      offset: 0,
    };
    checkView(tensor);
    tensors.set(name, tensor);
  }
  return tensors;
}
