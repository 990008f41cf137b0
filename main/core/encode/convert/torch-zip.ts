import yauzl from 'yauzl';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { ByteSource } from './byte-source.ts';
import { readPickle } from './pickle.ts';
import { itemBytes, type Storage } from './tensor.ts';
import { MAX_PICKLE_BYTES, parseStorageId, torchGlobals } from './torch-pickle.ts';

interface ZipEntry {
  /** First byte of the entry's data in the file. */
  readonly start: number;
  readonly sizeBytes: number;
}

/**
 * Reads the pickle of a torch checkpoint (torch ≥ 1.6): a zip whose entries are stored as they are, `NAME/data.pkl`
 * and one `NAME/data/KEY` for each storage. Only the pickle is read here; tensors keep their place in the file.
 *
 * @returns the unpickled value, in which tensors are `PickledTensor`.
 * @throws ArchiveError `checkpoint.refused`, `checkpoint.broken`
 */
export async function readTorchZip(path: string, source: ByteSource): Promise<unknown> {
  const file = source.name;
  const entries = await listEntries(path, source);
  const pickleName = [...entries.keys()].find((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (pickleName === undefined || !pickle) throw broken(file, 'the zip has no data.pkl');
  if (pickle.sizeBytes > MAX_PICKLE_BYTES) throw broken(file, 'data.pkl is too large');
  const folder = pickleName.slice(0, -'data.pkl'.length);

  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder && byteOrder.sizeBytes < 16) {
    const order = new TextDecoder().decode(source.read(byteOrder.start, byteOrder.sizeBytes));
    if (order.trim() !== 'little') throw broken(file, 'not little-endian');
  }

  const storages = new Map<string, Storage>();
  function persistent(id: unknown): Storage {
    const { type, key, length } = parseStorageId(id, file);
    const known = storages.get(key);
    if (known) return known;
    const entry = entries.get(`${folder}data/${key}`);
    if (!entry || entry.sizeBytes < length * itemBytes[type])
      throw broken(file, 'a storage is missing or short');
    const storage: Storage = { source, type, length, start: entry.start };
    storages.set(key, storage);
    return storage;
  }
  const bytes = source.read(pickle.start, pickle.sizeBytes);
  return readPickle(bytes, 0, { file, globals: torchGlobals(file), persistent }).value;
}

async function listEntries(path: string, source: ByteSource): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  try {
    const zip = await yauzl.openPromise(path, { autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        if (entry.compressionMethod !== 0) throw broken(source.name, 'the zip is compressed');
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        if (fileDataStart + entry.uncompressedSize > source.sizeBytes)
          throw broken(source.name, 'ends early');
        entries.set(entry.fileName, { start: fileDataStart, sizeBytes: entry.uncompressedSize });
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    throw broken(source.name, 'not a complete zip', cause);
  }
  return entries;
}

const broken = (file: string, reason: string, cause?: unknown) =>
  new ArchiveError('checkpoint.broken', { file, reason }, { cause });
