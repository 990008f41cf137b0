import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Session } from './session.ts';

/**
 * Makes a picture that is not in the archive a part of queries: read like a file of an import, encoded, its vector
 * and thumbnail kept, its bytes dropped.
 *
 * @param bytes - of a file of any kind that is imported.
 * @throws ArchiveError as reading the file does; `model.*` where the model cannot run.
 */
export async function holdImage(session: Session, bytes: Uint8Array, name: string, signal: AbortSignal) {
  const { pool, media, heldImages } = session;
  const { encoder, row } = await session.activeModel();
  const { preprocessing } = encoder.manifest;
  // Decoders read files; this one is gone before its answer is given.
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-'));
  try {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes, { mode: 0o600 });
    const read = await pool.read({ path, preprocessing }, signal);
    const middle = read.regions[read.regions.length >> 1];
    if (!middle) throw new ArchiveError('file.no-picture');
    // The encoder's thread takes what it is given away.
    const pixels = middle.pixels.slice();
    const vector = await encoder.encodeImages(middle.pixels, 1, signal);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const thumb = await media.write('thumb', read.thumb, 'webp');
    const kept = read.judgement.verdict === 'clear' ? thumb : null;
    heldImages.put({ sha256, name, modelIdentity: row.identity, vector, pixels, thumb: kept });
    const { width: widthPx, height: heightPx, notes } = read;
    return { imageId: sha256, name, widthPx, heightPx, thumb, notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
