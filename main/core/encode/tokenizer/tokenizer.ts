import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { BundleManifest } from '../bundle.ts';
import { bytePairTokenizer } from './byte-pairs.ts';
import { cleanText } from './clean-text.ts';
import { wordPieceTokenizer } from './wordpiece.ts';

/** What the kinds of tokenizer have in common: a text's words, each as its token ids, and what stands around them. */
export interface Pieces {
  readonly before: readonly number[];
  readonly after: readonly number[];
  words(text: string): Iterable<readonly number[]>;
}

export interface Encoded {
  /** Token ids with the special ones around them, as long as the text needs, at most the context length. */
  readonly ids: Int32Array;
  /** 1 where the model reads the token. A literal '[PAD]' in the text is 0, as in the reference. */
  readonly mask: Uint8Array;
  /** The text that was tokenized, after cleaning. */
  readonly cleaned: string;
  /** Words at the end of the text that did not fit, wholly or in part; 0 when everything was read. */
  readonly truncatedWords: number;
  /** Tokens that the whole text has, special ones included; above the context length when it was cut. */
  readonly tokens: number;
}

export interface Tokenizer {
  encode(text: string): Encoded;
}

/**
 * Reads the tokenizer of a bundle.
 *
 * @throws ArchiveError `tokenizer.invalid` when its files are missing or of another kind than the manifest says.
 */
export async function loadTokenizer(folder: string, manifest: BundleManifest): Promise<Tokenizer> {
  try {
    return tokenizerOf(await readPieces(folder, manifest), manifest.tokenizer);
  } catch (thrown) {
    throw new ArchiveError('tokenizer.invalid', { model: manifest.id }, { cause: thrown });
  }
}

async function readPieces(folder: string, { tokenizer }: BundleManifest): Promise<Pieces> {
  const read = async (name: string): Promise<string> => {
    const found = tokenizer.files.find(({ file }) => file === name || file.endsWith(`-${name}`));
    if (!found) throw new Error(`no ${name} among the tokenizer's files`);
    return await readFile(join(folder, found.file), 'utf8');
  };
  if (tokenizer.kind === 'bert-wordpiece')
    return wordPieceTokenizer(JSON.parse(await read('tokenizer.json')));
  return bytePairTokenizer(JSON.parse(await read('vocab.json')), await read('merges.txt'));
}

/** Puts cleaning before a tokenizer, and cutting to the context length behind it. */
export function tokenizerOf(pieces: Pieces, rule: BundleManifest['tokenizer']): Tokenizer {
  const { before, after } = pieces;
  const room = rule.contextLength - before.length - after.length;
  // CLIP pads with its end token, which is read; its padding is never made here.
  const masked = rule.kind === 'bert-wordpiece' ? rule.padId : -1;

  function encode(text: string): Encoded {
    const cleaned = cleanText(text, rule.clean);
    const kept: number[] = [];
    let tokens = before.length + after.length;
    let truncatedWords = 0;
    for (const word of pieces.words(cleaned)) {
      tokens += word.length;
      if (kept.length + word.length > room || truncatedWords > 0) truncatedWords += 1;
      for (const id of word.slice(0, room - kept.length)) kept.push(id);
    }
    const ids = Int32Array.of(...before, ...kept, ...after);
    return {
      ids,
      mask: Uint8Array.from(ids, (id) => (id === masked ? 0 : 1)),
      cleaned,
      truncatedWords,
      tokens,
    };
  }

  return { encode };
}
