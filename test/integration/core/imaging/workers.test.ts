import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

import { inspectFile, type DicomInspection } from '../../../../main/core/imaging/inspect.ts';
import { buildDicom } from '../../../support/dicom-builder.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
const inspect = new URL('../../../../main/core/imaging/inspect.ts', import.meta.url).href;

/** Inspects the files one after the other in a worker thread, and gives the hashes of their stored values. */
function inThread(paths: readonly string[]): Promise<string[]> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(${JSON.stringify(inspect)}).then(async ({ inspectFile }) => {
      const hashes = [];
      for (const path of workerData) hashes.push((await inspectFile(path)).pixels.sha256);
      parentPort.postMessage(hashes);
    });`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, workerData: paths });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

test('several threads read at once and agree', async () => {
  const values = Array.from({ length: 4096 }, (_, index) => index);
  const built = file('built.dcm', buildDicom({ columns: 64, rows: 64, pixels: values }));
  const compressed = hasShared
    ? ['dicom/modalities/CT2_JLSL', 'dicom/pydicom/MR_small_jp2klossless.dcm', 'dicom/chest-ct/CT_JPEG70.dcm']
    : [];
  const paths = [built, ...compressed.map((name) => shared('data', name))];
  const expected = [];
  for (const path of paths) expected.push(((await inspectFile(path)) as DicomInspection).pixels.sha256);
  const threads = await Promise.all([paths, paths.toReversed(), paths].map(inThread));
  expect(threads).toEqual([expected, expected.toReversed(), expected]);
});
