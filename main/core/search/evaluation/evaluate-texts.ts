import type { QueryModel } from '../chips.ts';

const TEXTS_AT_ONCE = 256;

/** Vectors of any number of texts, row after row. */
export async function encodeAll(
  { row: { dimensions }, encodeTexts }: QueryModel,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const vectors = new Float32Array(texts.length * dimensions);
  for (let from = 0; from < texts.length; from += TEXTS_AT_ONCE) {
    const part = await encodeTexts(texts.slice(from, from + TEXTS_AT_ONCE), signal);
    vectors.set(part.vectors, from * dimensions);
  }
  return vectors;
}
