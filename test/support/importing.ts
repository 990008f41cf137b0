import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import { createDecodePool, type DecodePool } from '../../main/core/ingest/decode-pool.ts';
import { runImport, type ImportOptions, type ImportParts } from '../../main/core/ingest/import-job.ts';
import { createJobs } from '../../main/core/ingest/job-control.ts';
import { mediaFolder } from '../../main/core/media/media.ts';
import { openArchive, type Archive } from '../../main/core/store/archive.ts';
import type { ImportCounts, Job } from '../../preload/contract/jobs.ts';

const tiny = join(import.meta.dirname, '../fixtures/models/tiny');

export interface Imported {
  readonly job: Job;
  readonly counts: ImportCounts;
}

export interface Importing {
  /** An archive in a folder of its own, closed and removed with the test file. */
  archive(): Archive;
  /** Imports and waits for the end. @throws Error where the job did not end well. */
  run(archive: Archive, folders: readonly string[], options?: ImportOptions): Promise<Imported>;
  parts(archive: Archive): ImportParts;
}

/** The real thing for tests: decode threads, the tiny model of the fixtures, a database on disk. */
export function importing(): Importing {
  const root = mkdtempSync(join(tmpdir(), 'vitrine-import-'));
  const archives: Archive[] = [];
  let pool: DecodePool;
  let encoder: Encoder;

  beforeAll(async () => {
    pool = createDecodePool(1);
    encoder = await createEncoder({ folder: tiny, threads: 1 });
  });
  afterAll(async () => {
    for (const archive of archives) if (archive.db.open) archive.close();
    await Promise.all([pool.close(), encoder.close()]);
    rmSync(root, { recursive: true, force: true });
  });

  function parts(archive: Archive): ImportParts {
    const { dimensions, preprocessing } = encoder.manifest;
    const named = {
      bundleId: 'tiny',
      identity: encoder.identity,
      dimensions,
      preprocessing: preprocessing.version,
    };
    const row = archive.vectors.ensureModel(named, new Date().toISOString());
    const model = { row, preprocessing, batchSize: 16, encodeImages: encoder.encodeImages };
    return { archive, pool, media: mediaFolder(join(archive.folder, 'media')), model };
  }

  return {
    parts,
    archive() {
      const folder = join(root, `${archives.length}.vitrine`);
      const archive = openArchive(folder, { create: true, now: new Date().toISOString() });
      archives.push(archive);
      return archive;
    },
    async run(archive, folders, options) {
      const defects: unknown[] = [];
      const jobs = createJobs(
        archive,
        () => undefined,
        (thrown) => defects.push(thrown),
      );
      const id = jobs.start('import', 'test', {}, async (control) => {
        await runImport(parts(archive), folders, control, options);
      });
      const job = await jobs.finished(id);
      if (job.state !== 'done' || !job.counts)
        throw new Error(`the import ended ${job.state}: ${job.fault?.message ?? ''}`, { cause: defects[0] });
      return { job, counts: job.counts };
    },
  };
}
