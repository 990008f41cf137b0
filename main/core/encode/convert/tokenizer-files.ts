import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { BundleManifest } from '../bundle.ts';
import { readJson } from './json-file.ts';
import type { Configuration, ModelPlan } from './model-plan.ts';

export interface TakenTokenizer {
  /** All of the manifest's entry but the files' checksums. */
  readonly entry: Omit<BundleManifest['tokenizer'], 'files'>;
  readonly files: readonly string[];
}

const Vocabulary = z.record(z.string(), z.int().nonnegative());
const WordPiece = z.object({ model: z.object({ type: z.literal('WordPiece'), vocab: Vocabulary }) });
/** A merge is 'a b', or in newer files ['a', 'b']. */
const Merge = z.union([z.string(), z.tuple([z.string(), z.string()]).transform((pair) => pair.join(' '))]);
const BytePairs = z.object({
  model: z.object({ type: z.literal('BPE'), vocab: Vocabulary, merges: z.array(Merge) }),
});

const END = '<|endoftext|>';

/**
 * Copies the tokenizer into the bundle: `tokenizer.json` for WordPiece; `vocab.json` and `merges.txt` for byte pairs,
 * taken out of `tokenizer.json` where they do not stand beside it.
 *
 * @throws ArchiveError `tokenizer.invalid` when files are missing or name ids that the model has no row for.
 */
export function takeTokenizer(
  from: string,
  into: string,
  plan: ModelPlan,
  config: Configuration,
): TakenTokenizer {
  const { contextLength } = plan.text;
  if (plan.text.kind === 'bert') {
    const file = 'tokenizer.json';
    const parsed = readJson(from, file, WordPiece, 'tokenizer.invalid');
    if (!parsed) throw new ArchiveError('tokenizer.invalid', { missing: file });
    checkIds(file, parsed.model.vocab, plan);
    const padId = parsed.model.vocab['[PAD]'];
    if (padId === undefined) throw new ArchiveError('tokenizer.invalid', { file, reason: 'no [PAD]' });
    copy(file, from, into);
    return {
      entry: { kind: 'bert-wordpiece', clean: config.clean, contextLength, padId, endId: null },
      files: [file],
    };
  }
  const vocabulary = takeBytePairs(from, into);
  checkIds('vocab.json', vocabulary, plan);
  const endId = vocabulary[END];
  if (endId === undefined)
    throw new ArchiveError('tokenizer.invalid', { file: 'vocab.json', reason: `no ${END}` });
  const { pooling } = plan.text;
  if (pooling.at === 'end' && pooling.endId !== endId) {
    const reason = `the model reads texts off at ${pooling.endId}, the tokenizer ends them with ${endId}`;
    throw new ArchiveError('tokenizer.invalid', { reason });
  }
  return {
    entry: { kind: 'clip-bpe', clean: config.clean, contextLength, padId: endId, endId },
    files: ['vocab.json', 'merges.txt'],
  };
}

function takeBytePairs(from: string, into: string): Record<string, number> {
  const vocabulary = readJson(from, 'vocab.json', Vocabulary, 'tokenizer.invalid');
  if (vocabulary) {
    copy('vocab.json', from, into);
    copy('merges.txt', from, into);
    return vocabulary;
  }
  const whole = readJson(from, 'tokenizer.json', BytePairs, 'tokenizer.invalid');
  if (!whole) throw new ArchiveError('tokenizer.invalid', { missing: 'vocab.json' });
  const { vocab, merges } = whole.model;
  writeFileSync(join(into, 'vocab.json'), JSON.stringify(vocab), { flush: true });
  writeFileSync(join(into, 'merges.txt'), `#version: 0.2\n${merges.join('\n')}\n`, { flush: true });
  return vocab;
}

/** By content, not by `copyFile`: a copy of a read-only file could not be removed everywhere. */
function copy(file: string, from: string, into: string): void {
  try {
    writeFileSync(join(into, file), readFileSync(join(from, file)), { flush: true });
  } catch (cause) {
    throw new ArchiveError('tokenizer.invalid', { missing: file }, { cause });
  }
}

/** Fewer ids than rows is usual (BiomedCLIP has 28,895 of 30,522); an id without a row would be read from beyond. */
function checkIds(file: string, vocabulary: Readonly<Record<string, number>>, plan: ModelPlan): void {
  const highest = Object.values(vocabulary).reduce((most, id) => Math.max(most, id), 0);
  if (highest < plan.text.vocabulary) return;
  const reason = `id ${highest}, but the model has ${plan.text.vocabulary} rows`;
  throw new ArchiveError('tokenizer.invalid', { file, reason });
}
