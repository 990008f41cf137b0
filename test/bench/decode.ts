import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { convertCheckpoint } from '../../main/core/encode/convert/convert.ts';
import { createEncoder } from '../../main/core/encode/encoder.ts';
import { openDicom } from '../../main/core/imaging/dicom/open-dicom.ts';
import { createDecodePool } from '../../main/core/ingest/decode-pool.ts';
import { runImport } from '../../main/core/ingest/import-job.ts';
import { createJobs } from '../../main/core/ingest/job-control.ts';
import { mediaFolder } from '../../main/core/media/media.ts';
import { openArchive } from '../../main/core/store/archive.ts';
import { buildDicom, textElement } from '../support/dicom-builder.ts';
import { fullSize, writeRandomCheckpoint } from '../support/random-checkpoint.ts';
import { hasShared, shared } from '../support/shared.ts';

const starter = join(import.meta.dirname, '../../models/starter');
const SIDE = 512;
const LEAST_BATCH = 16;

/**
 * Megapixels a second by transfer syntax, one thread, header and decoding, of one CT slice in each; and an import of
 * CT slices (512 × 512, 16 bits): which share of its time nothing is in the encoder's hands.
 *
 * `--rounds N` (default 15) per syntax, `--slices N` (default 1000), `--full` (a random model of BiomedCLIP's full size
 * instead of the starter, whose encoder is too quick to be waited for).
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '15' },
      slices: { type: 'string', default: '1000' },
      full: { type: 'boolean', default: false },
    },
  });
  const scratch = mkdtempSync(join(tmpdir(), 'vitrine-bench-decode-'));
  try {
    return {
      megapixelsPerSecond: await bySyntax(scratch, Number(values.rounds)),
      import: await importSlices(scratch, Number(values.slices), values.full),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function bySyntax(scratch: string, rounds: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const path of syntaxFiles(scratch)) {
    const times: number[] = [];
    let pixels = 0;
    let name = '';
    for (let round = -2; round < rounds; round += 1) {
      const before = performance.now();
      const file = await openDicom(path);
      await file.stored(0);
      if (round >= 0) times.push(performance.now() - before);
      pixels = file.image.rows * file.image.columns;
      name = file.header.syntax.name;
    }
    figures[name] = pixels / 1000 / (times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN);
  }
  return figures;
}

/** One slice in every syntax; without the shared data, what can be written here. */
function syntaxFiles(scratch: string): string[] {
  if (hasShared) {
    const folder = shared('data', 'dicom', 'ct-transfer-syntaxes');
    return readdirSync(folder).map((name) => join(folder, name));
  }
  return (['explicit', 'implicit', 'big-endian', 'deflated'] as const).map((encoding) => {
    const path = join(scratch, `${encoding}.dcm`);
    writeFileSync(path, slice(0, encoding));
    return path;
  });
}

function slice(number: number, encoding: 'explicit' | 'implicit' | 'big-endian' | 'deflated' = 'explicit') {
  const pixels = new Uint16Array(SIDE * SIDE);
  for (let at = 0; at < pixels.length; at++) pixels[at] = 1000 + ((at * 31 + number * 7919) % 97) * 5;
  return buildDicom({
    columns: SIDE,
    rows: SIDE,
    bitsStored: 12,
    pixels,
    encoding,
    modality: 'CT',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: `2.25.77.${number}`,
    patientId: 'BENCH-1',
    elements: [
      textElement(0x00180015, 'CS', 'CHEST'),
      textElement(0x00200013, 'IS', String(number)),
      textElement(0x00281052, 'DS', '-1024'),
      textElement(0x00281053, 'DS', '1'),
    ],
  });
}

async function importSlices(scratch: string, count: number, full: boolean): Promise<Record<string, unknown>> {
  const folder = join(scratch, 'slices');
  mkdirSync(folder);
  for (let number = 0; number < count; number++)
    writeFileSync(join(folder, `${String(number).padStart(5, '0')}.dcm`), slice(number));

  const encoder = await createEncoder({ folder: full ? await fullModel(scratch) : starter });
  const plan = await encoder.prepareImages();
  const archive = openArchive(join(scratch, 'a.vitrine'), { create: true, now: new Date().toISOString() });
  const pool = createDecodePool();
  const busy = meter();
  try {
    const { dimensions, preprocessing } = encoder.manifest;
    const named = {
      bundleId: 'bench',
      identity: encoder.identity,
      dimensions,
      preprocessing: preprocessing.version,
    };
    const model = {
      row: archive.vectors.ensureModel(named, new Date().toISOString()),
      preprocessing,
      batchSize: Math.max(LEAST_BATCH, plan.batchSize),
      encodeImages: (pixels: Uint8Array, n: number, signal?: AbortSignal) =>
        busy.during(() => encoder.encodeImages(pixels, n, signal)),
    };
    const parts = { archive, pool, media: mediaFolder(join(archive.folder, 'media')), model };
    const jobs = createJobs(archive, () => undefined, console.error);
    const begun = performance.now();
    const id = jobs.start('import', 'bench', {}, async (control) => {
      await runImport(parts, [folder], control);
    });
    const { counts } = await jobs.finished(id);
    const seconds = (performance.now() - begun) / 1000;
    if (counts?.added !== count) throw new Error(`${counts?.added ?? 0} of ${count} slices were added`);
    return {
      slices: count,
      model: full ? 'full size' : 'starter',
      perSecond: count / seconds,
      encoderSeconds: busy.seconds(),
      outsideEncoder: 1 - busy.seconds() / seconds,
    };
  } finally {
    archive.close();
    await Promise.all([pool.close(), encoder.close()]);
  }
}

async function fullModel(scratch: string): Promise<string> {
  const folder = join(scratch, 'checkpoint');
  writeRandomCheckpoint(folder, fullSize, join(starter, 'tokenizer.json'));
  const { id } = await convertCheckpoint({ folder, into: join(scratch, 'models'), id: 'full' });
  return join(scratch, 'models', id);
}

/** How long at least one of several overlapping calls was under way. */
function meter() {
  let open = 0;
  let since = 0;
  let total = 0;
  return {
    async during<T>(work: () => Promise<T>): Promise<T> {
      if (open++ === 0) since = performance.now();
      try {
        return await work();
      } finally {
        if (--open === 0) total += performance.now() - since;
      }
    },
    seconds: () => total / 1000,
  };
}
