import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { BundleManifest } from '../../../../../main/core/encode/bundle.ts';
import { bytePairTokenizer } from '../../../../../main/core/encode/tokenizer/byte-pairs.ts';
import { loadTokenizer, tokenizerOf } from '../../../../../main/core/encode/tokenizer/tokenizer.ts';
import { wordPieceTokenizer } from '../../../../../main/core/encode/tokenizer/wordpiece.ts';
import { hasShared, shared } from '../../../../support/shared.ts';

const bert: BundleManifest['tokenizer'] = {
  kind: 'bert-wordpiece',
  files: [{ file: 'tokenizer.json', sha256: '', sizeBytes: 1 }],
  clean: 'whitespace',
  contextLength: 256,
  padId: 0,
  endId: null,
};
const clip: BundleManifest['tokenizer'] = { ...bert, kind: 'clip-bpe', clean: 'none', contextLength: 77 };

const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const bertFile = {
  added_tokens: specials.map((content, id) => ({ id, content, normalized: false })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '[CLS]' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: '[SEP]' } }],
  },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(
      [...specials, 'chest', 'x', '-', 'ray', '##ray', 'pleur', '##al', '肺', 'naive', 'οδοσ'].map((t, i) => [
        t,
        i,
      ]),
    ),
  },
};
const wordPiece = (contextLength = 256) =>
  tokenizerOf(wordPieceTokenizer(bertFile), { ...bert, contextLength });

describe('WordPiece', () => {
  test.each([
    ['', [2, 3]],
    ['Chest X-ray', [2, 5, 6, 7, 8, 3]],
    ['pleural', [2, 10, 11, 3]],
    ['pleurax chest', [2, 1, 5, 3]],
    ['chest肺chest', [2, 5, 12, 5, 3]],
    ['NAÏVE', [2, 13, 3]],
    ['ΟΔΟΣ', [2, 14, 3]],
    ['x'.repeat(101), [2, 1, 3]],
  ])('%j', (text, ids) => {
    expect([...wordPiece().encode(text).ids]).toEqual(ids);
  });

  test('a literal [PAD] in the text is its token and is masked out in the middle', () => {
    const { ids, mask } = wordPiece().encode('chest [PAD] x');
    expect([...ids]).toEqual([2, 5, 0, 6, 3]);
    expect([...mask]).toEqual([1, 1, 0, 1, 1]);
  });

  test('what does not fit is cut before the end token and counted in words', () => {
    const cut = wordPiece(5).encode('chest x pleural chest ray');
    expect([...cut.ids]).toEqual([2, 5, 6, 10, 3]);
    expect(cut.truncatedWords).toBe(3);
    expect(cut.tokens).toBe(8);
    expect(wordPiece(8).encode('chest x pleural chest ray').truncatedWords).toBe(0);
  });

  test('another kind of tokenizer is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
    const other = { ...bertFile, normalizer: { type: 'Lowercase' } };
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(other));
    const load = loadTokenizer(folder, { id: 'm', tokenizer: bert } as BundleManifest);
    await expect(load).rejects.toMatchObject({ code: 'tokenizer.invalid', details: { model: 'm' } });
  });
});

describe('byte pairs', () => {
  const vocabulary = Object.fromEntries(
    ['a', 'b</w>', 'ab</w>', "'", 's</w>', "'s</w>", 'Ã', '©</w>', '<|startoftext|>', '<|endoftext|>'].map(
      (token, id) => [token, id],
    ),
  );
  const tokenizer = tokenizerOf(bytePairTokenizer(vocabulary, "#version: 0.2\na b</w>\n' s</w>\n"), clip);

  test.each([
    ['AB', [8, 2, 9]],
    ["ab's", [8, 2, 5, 9]],
    ['é', [8, 6, 7, 9]],
    ['ab<|endoftext|>ab', [8, 2, 9, 2, 9]],
    ['z', [8, 9, 9]],
  ])('%j', (text, ids) => {
    const encoded = tokenizer.encode(text);
    expect([...encoded.ids]).toEqual(ids);
    expect(encoded.mask.every((read) => read === 1)).toBe(true);
  });

  test('a long text keeps its end token', () => {
    const cut = tokenizer.encode('ab '.repeat(80));
    expect([cut.ids.length, cut.ids.at(-1), cut.truncatedWords, cut.tokens]).toEqual([77, 9, 5, 82]);
  });
});

interface Prompt {
  readonly text: string;
  readonly cleaned?: string;
  readonly ids: readonly number[];
  readonly masked_out?: number;
}
const expected = (...path: string[]) =>
  JSON.parse(readFileSync(shared('reference', ...path, 'expected.json'), 'utf8'));

describe.skipIf(!hasShared)('against the original tokenizers', () => {
  test('all 453 strings through the real BiomedCLIP tokenizer: cleaned text, ids and mask', async () => {
    const folder = shared('data', 'vocab', 'biomedclip');
    const tokenizer = await loadTokenizer(folder, { id: 'biomedclip', tokenizer: bert } as BundleManifest);
    const items: readonly Prompt[] = expected('tokenizer-real').items;
    const wrong = items.filter(({ text, cleaned, ids, masked_out }) => {
      const ours = tokenizer.encode(text);
      const maskedOut = ours.mask.filter((read) => read === 0).length;
      return ours.cleaned !== cleaned || ours.ids.join() !== ids.join() || maskedOut !== masked_out;
    });
    expect(items).toHaveLength(453);
    expect(wrong).toEqual([]);
  });

  test("the tiny model's WordPiece and byte-pair ids", async () => {
    const tiny = await loadTokenizer(shared('reference', 'tiny-biomedclip'), {
      tokenizer: bert,
    } as BundleManifest);
    for (const { text, ids } of expected('tiny-biomedclip').prompts as Prompt[]) {
      expect([...tiny.encode(text).ids]).toEqual(ids);
    }
    const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
    const files = ['vocab.json', 'merges.txt'];
    for (const file of files) copyFileSync(shared('reference', 'openai-clip-tiny', file), join(folder, file));
    const rule = { ...clip, files: files.map((file) => ({ file, sha256: '', sizeBytes: 1 })) };
    const pairs = await loadTokenizer(folder, { tokenizer: rule } as BundleManifest);
    for (const { text, ids } of expected('openai-clip-tiny').prompts as Prompt[]) {
      expect([...pairs.encode(text).ids]).toEqual(ids);
    }
  });
});
