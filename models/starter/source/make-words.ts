import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainingTexts } from './training-texts.ts';

/** As many as the tokenizer was cut for; see `make-tokenizer.ts`. */
const TEXTS = 200_000;

/**
 * Writes the words of the training texts into a bundle, one a line, and names the file in its manifest: the program
 * then says which words of a query the model never met.
 *
 * node make-words.ts BUNDLE-FOLDER
 */
function makeWords(bundle: string): void {
  const words = trainingTexts(TEXTS).texts.flatMap(
    ({ text }) => text.toLowerCase().match(/\p{L}[\p{L}\p{N}]+/gu) ?? [],
  );
  const distinct = [...new Set(words)].sort();
  const content = Buffer.from(`${distinct.join('\n')}\n`);
  writeFileSync(join(bundle, 'words.txt'), content);
  const path = join(bundle, 'bundle.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.learnedWords = {
    file: 'words.txt',
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.length,
  };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${distinct.length} words\n`);
}

makeWords(process.argv[2] ?? '.');
