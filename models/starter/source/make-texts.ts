import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Attributes } from './generate/scene.ts';
import { textsFor, textsPerPicture } from './training-texts.ts';

/** Tokens kept of a training text; the longest of ours has fewer. */
const LENGTH = 40;

/**
 * Writes what `train.py` reads beside the pictures, little-endian and row by row:
 * `ids.u16` [texts, 40] (0 after the end), `needs.u8` [texts, facts], `facts.u8` [pictures, facts] and
 * `texts-of-pictures.i32` [pictures, texts per picture]. A text is true of a picture that has all facts it needs.
 *
 * node make-texts.ts FOLDER TOKENIZER-FOLDER ATTRIBUTES.jsonl...
 */
function makeTexts(folder: string, tokenizerFolder: string, attributeFiles: readonly string[]): void {
  const pictures = attributeFiles.flatMap((file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Attributes),
  );
  const table = textsFor(pictures, 11);
  const read = (name: string) => JSON.parse(readFileSync(join(tokenizerFolder, name), 'utf8'));
  const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));

  const ids = new Uint16Array(table.texts.length * LENGTH);
  let longest = 0;
  table.texts.forEach(({ text }, row) => {
    const encoded = tokenizer.encode(text).ids.slice(0, LENGTH);
    longest = Math.max(longest, encoded.length);
    ids.set(encoded, row * LENGTH);
  });

  const names = [...new Set([...table.texts.flatMap(({ needs }) => needs)])].sort();
  const column = new Map(names.map((name, index) => [name, index]));
  const mark = (rows: readonly (readonly string[])[]): Uint8Array => {
    const marks = new Uint8Array(rows.length * names.length);
    rows.forEach((row, index) => {
      for (const name of row) {
        const at = column.get(name);
        if (at !== undefined) marks[index * names.length + at] = 1;
      }
    });
    return marks;
  };
  writeFileSync(join(folder, 'ids.u16'), ids);
  writeFileSync(join(folder, 'needs.u8'), mark(table.texts.map(({ needs }) => needs)));
  writeFileSync(
    join(folder, 'facts.u8'),
    mark(pictures.map((facts) => Object.entries(facts).map(([name, value]) => `${name}=${value}`))),
  );
  writeFileSync(join(folder, 'texts-of-pictures.i32'), Int32Array.from(table.ofPicture.flat()));
  const sizes = {
    pictures: pictures.length,
    texts: table.texts.length,
    textsPerPicture,
    length: LENGTH,
    longest,
    facts: names,
  };
  writeFileSync(join(folder, 'texts.json'), JSON.stringify(sizes));
  process.stdout.write(
    `${sizes.pictures} pictures, ${sizes.texts} texts, ${names.length} facts, longest ${longest}\n`,
  );
}

const [folder = '.', tokenizerFolder = '.', ...attributeFiles] = process.argv.slice(2);
makeTexts(folder, tokenizerFolder, attributeFiles);
