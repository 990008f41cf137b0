import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import yauzl from 'yauzl';

/** A file of a package: its path inside, and its bytes. `open` is valid until the next entry is asked for. */
export interface PackageEntry {
  readonly name: string;
  readonly open: () => Promise<Readable>;
}

/**
 * The files of a folder, a zip (.zip, .nupkg) or a compressed tar (.tgz, .tar.gz).
 *
 * @throws Error when it cannot be read or is none of these.
 */
export async function* packageEntries(path: string): AsyncGenerator<PackageEntry> {
  if ((await stat(path)).isDirectory()) yield* folderEntries(path);
  else if (/\.(zip|nupkg)$/i.test(path)) yield* zipEntries(path);
  else if (/\.(tgz|tar\.gz)$/i.test(path)) yield* tarEntries(path);
  else throw new Error('not a folder, .nupkg, .zip or .tgz');
}

async function* folderEntries(folder: string): AsyncGenerator<PackageEntry> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    yield { name: file, open: () => Promise.resolve(createReadStream(file)) };
  }
}

async function* zipEntries(path: string): AsyncGenerator<PackageEntry> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      yield { name: entry.fileName, open: () => zip.openReadStreamPromise(entry) };
    }
  } finally {
    zip.close();
  }
}

const BLOCK = 512;
const REGULAR = ['0', '\0'];

/** @see POSIX.1-2017, pax: ustar interchange format. Names longer than its 256 characters do not occur here. */
async function* tarEntries(path: string): AsyncGenerator<PackageEntry> {
  const chunks = createReadStream(path).pipe(createGunzip()) as AsyncIterable<Buffer>;
  const reader = byteReader(chunks[Symbol.asyncIterator]());
  for (;;) {
    const header = await reader.exactly(BLOCK);
    if (header === undefined || header[0] === 0) return;
    const field = (from: number, to: number) =>
      header.subarray(from, to).toString('latin1').replace(/\0.*$/s, '');
    const name = [field(345, 500), field(0, 100)].filter(Boolean).join('/');
    const size = Number.parseInt(field(124, 136).trim(), 8);
    if (!(size >= 0)) throw new Error('not a tar file');
    const content = reader.next(size);
    if (REGULAR.includes(String.fromCharCode(header[156] ?? 0))) {
      yield { name, open: () => Promise.resolve(Readable.from(content)) };
    }
    await drain(content);
    await reader.exactly((BLOCK - (size % BLOCK)) % BLOCK);
  }
}

async function drain(content: AsyncGenerator<Buffer>): Promise<void> {
  while (!(await content.next()).done);
}

function byteReader(chunks: AsyncIterator<Buffer>) {
  let rest = Buffer.alloc(0);

  /** The next `size` bytes in pieces. */
  async function* next(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (rest.length === 0) {
        const chunk = await chunks.next();
        if (chunk.done) throw new Error('the archive ends early');
        rest = Buffer.from(chunk.value);
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The next `size` bytes at once; undefined at the end. */
  async function exactly(size: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of next(size)) pieces.push(piece);
    } catch (thrown) {
      if (pieces.length === 0 && size === BLOCK) return undefined;
      throw thrown;
    }
    return Buffer.concat(pieces);
  }

  return { next, exactly };
}
