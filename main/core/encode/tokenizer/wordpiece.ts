import { z } from 'zod';

import type { Pieces } from './tokenizer.ts';

function isVocabulary(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((id) => Number.isInteger(id) && id >= 0)
  );
}

/** The parts of `tokenizer.json` that a BERT tokenizer has; anything else is refused rather than ignored. */
const WordPieceFile = z.object({
  added_tokens: z.array(z.object({ id: z.int(), content: z.string(), normalized: z.boolean() })),
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullable(),
    lowercase: z.boolean(),
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  post_processor: z.object({
    type: z.literal('TemplateProcessing'),
    single: z.array(
      z.union([
        z.object({ SpecialToken: z.object({ id: z.string() }) }),
        z.object({ Sequence: z.unknown() }),
      ]),
    ),
  }),
  model: z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
    max_input_chars_per_word: z.int().positive(),
    // Checked by hand: a schema over tens of thousands of entries takes longer than the first query.
    vocab: z.custom<Readonly<Record<string, number>>>(isVocabulary, 'token to id'),
  }),
});
type WordPieceFile = z.infer<typeof WordPieceFile>;

// Cc, Cf, Co, but not the three controls that are white space. Unassigned characters stay.
const control = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\0\ufffd]/gu;
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const whiteSpace = /\p{White_Space}+/u;
// ASCII symbols such as $ and + count as punctuation too.
const punctuation = /([!-/:-@[-`{-~]|\p{P})/u;

/**
 * BERT's tokenizer: text to normalised words, punctuation on its own, words to the longest pieces in the
 * vocabulary.
 *
 * @param file - the parsed `tokenizer.json`.
 * @throws ZodError when the file describes another kind of tokenizer.
 * @see Hugging Face tokenizers 0.23: normalizers/bert.rs, pre_tokenizers/bert.rs, models/wordpiece.
 */
export function wordPieceTokenizer(file: unknown): Pieces {
  const { added_tokens, normalizer, post_processor, model } = WordPieceFile.parse(file);
  const vocabulary = new Map(Object.entries(model.vocab));
  const added = new Map(added_tokens.map(({ content, id }) => [content, id]));
  const idOf = (token: string) => added.get(token) ?? vocabulary.get(token) ?? 0;
  const { before, after } = around(post_processor.single, idOf);
  const unknown = idOf(model.unk_token);
  const split = splitter([...added.keys()]);

  function* words(text: string): Generator<readonly number[]> {
    for (const part of split(text)) {
      const special = added.get(part);
      if (special !== undefined) yield [special];
      else yield* normalise(part, normalizer).split(whiteSpace).filter(Boolean).map(wordIds);
    }
  }

  function wordIds(word: string): number[] {
    return word.split(punctuation).filter(Boolean).flatMap(pieceIds);
  }

  function pieceIds(word: string): number[] {
    const characters = [...word];
    if (characters.length > model.max_input_chars_per_word) return [unknown];
    const ids: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start; end -= 1) {
        const piece = characters.slice(start, end).join('');
        id = vocabulary.get(start > 0 ? model.continuing_subword_prefix + piece : piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknown];
      ids.push(id);
      start = end;
    }
    return ids;
  }

  return { before, after, words };
}

function around(template: WordPieceFile['post_processor']['single'], idOf: (token: string) => number) {
  const text = template.findIndex((part) => 'Sequence' in part);
  const ids = (parts: typeof template) =>
    parts.flatMap((part) => ('SpecialToken' in part ? [idOf(part.SpecialToken.id)] : []));
  return { before: ids(template.slice(0, text)), after: ids(template.slice(text + 1)) };
}

/** Cuts special tokens out of a text before anything else happens to it, as a literal '[PAD]' shows. */
export function splitter(tokens: readonly string[]): (text: string) => string[] {
  if (tokens.length === 0) return (text) => [text];
  const longestFirst = tokens
    .toSorted((a, b) => b.length - a.length)
    .map((token) => token.replace(/[^\w]/g, '\\$&'));
  const pattern = new RegExp(`(${longestFirst.join('|')})`);
  return (text) => text.split(pattern).filter(Boolean);
}

function normalise(text: string, rule: WordPieceFile['normalizer']): string {
  let result = text;
  if (rule.clean_text) result = result.replace(control, '').replace(/\p{White_Space}/gu, ' ');
  if (rule.handle_chinese_chars) result = result.replace(ideograph, ' $& ');
  if (rule.strip_accents ?? rule.lowercase) result = result.normalize('NFD').replace(/\p{Mn}/gu, '');
  return rule.lowercase ? lowerCase(result) : result;
}

/** Letter by letter: JavaScript would make a sigma at the end of a word another letter. */
export function lowerCase(text: string): string {
  return text.includes('Σ') ? [...text].map((letter) => letter.toLowerCase()).join('') : text.toLowerCase();
}
