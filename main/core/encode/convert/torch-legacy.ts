import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ByteSource } from './byte-source.ts';
import { readPickle, type PickleOptions } from './pickle.ts';
import { itemBytes, type Storage } from './tensor.ts';
import { MAX_PICKLE_BYTES, parseStorageId, torchGlobals } from './torch-pickle.ts';

/** torch.serialization.MAGIC_NUMBER, the first pickle of the file. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * Reads a torch checkpoint of the format before 1.6: five pickles (magic number, protocol, byte order, the object,
 * the keys of its storages), then for each key a count (int64) and the numbers.
 *
 * @returns the unpickled value, in which tensors are `PickledTensor`.
 * @throws ArchiveError `checkpoint.refused`, `checkpoint.broken`
 * @see torch/serialization.py, `_legacy_save`
 */
export function readTorchLegacy(source: ByteSource): unknown {
  const file = source.name;
  const broken = (reason: string) => new ArchiveError('checkpoint.broken', { file, reason });
  const bytes = source.read(0, Math.min(source.sizeBytes, MAX_PICKLE_BYTES));
  const unplaced = new Map<string, Storage>();

  function persistent(id: unknown): Storage {
    const { type, key, length } = parseStorageId(id, file);
    const storage = unplaced.get(key) ?? { source, type, length, start: 0 };
    unplaced.set(key, storage);
    return storage;
  }
  const options: PickleOptions = { file, globals: torchGlobals(file), persistent };

  let at = 0;
  function next(): unknown {
    const { value, end } = readPickle(bytes, at, options);
    at = end;
    return value;
  }
  if (next() !== MAGIC) throw broken('not a checkpoint');
  if (next() !== PROTOCOL) throw broken('unknown protocol');
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) throw broken('not little-endian');
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw broken('no list of storages');

  for (const key of keys as unknown[]) {
    const storage = typeof key === 'string' ? unplaced.get(key) : undefined;
    if (typeof key !== 'string' || !storage) throw broken('a storage that no tensor names');
    const count = Number(new DataView(source.read(at, 8).buffer).getBigInt64(0, true));
    if (count < storage.length) throw broken('a storage is short');
    storage.start = at + 8;
    at += 8 + count * itemBytes[storage.type];
    if (at > source.sizeBytes) throw broken('ends early');
    unplaced.delete(key);
  }
  if (unplaced.size > 0) throw broken('a storage is missing');
  return value;
}
