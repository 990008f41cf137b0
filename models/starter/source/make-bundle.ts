import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCheckpoint } from '../../../main/core/encode/convert/convert.ts';

const about = {
  title: 'Starter',
  licence: 'Apache-2.0',
  origin:
    'Trained from nothing on generated pictures by models/starter/source; no checkpoint of others is in it',
  notice: 'Starter model, trained on generated pictures: for trying the program, not for research',
};

/** node make-bundle.ts CHECKPOINT-FOLDER BUNDLE-FOLDER converts as a user would, then lays the bundle beside its sources. */
async function makeBundle(folder: string, bundle: string): Promise<void> {
  const into = mkdtempSync(join(tmpdir(), 'starter-'));
  try {
    const { precisions, parity } = await convertCheckpoint({
      folder,
      into,
      id: 'starter',
      precisions: ['fp32', 'int8'],
      about,
    });
    for (const file of readdirSync(join(into, 'starter')))
      copyFileSync(join(into, 'starter', file), join(bundle, file));
    process.stdout.write(`${precisions.join(', ')}\n${JSON.stringify(parity, null, 1)}\n`);
  } finally {
    rmSync(into, { recursive: true });
  }
}

const [folder = '.', bundle = '.'] = process.argv.slice(2);
await makeBundle(folder, bundle);
