import type { TowerAnswer } from './encoder-messages.ts';

export interface TextVectors {
  /** Unit rows, one per text. */
  readonly vectors: Float32Array;
  /** Words at the end of each text that did not fit the model's context. */
  readonly truncatedWords: readonly number[];
  /** Tokens of each whole text, special ones included. */
  readonly tokens: readonly number[];
}

interface Kept {
  readonly vector: Float32Array;
  readonly truncatedWords: number;
  readonly tokens: number;
}

const MOST_TEXTS = 512;

/** The vectors of the texts asked for last: a query is asked again at every new page and every changed filter. */
export function createTextCache() {
  const kept = new Map<string, Kept>();

  /** Answers from what is kept, and asks `encode` once for the rest. */
  async function through(
    texts: readonly string[],
    dimensions: number,
    encode: (missing: readonly string[]) => Promise<TowerAnswer>,
  ): Promise<TextVectors> {
    const rows = new Map(texts.map((text) => [text, take(text)]));
    const missing = [...rows].filter(([, row]) => row === undefined).map(([text]) => text);
    if (missing.length > 0) {
      const answer = await encode(missing);
      missing.forEach((text, index) => {
        const row = {
          vector: answer.vectors.slice(index * dimensions, (index + 1) * dimensions),
          truncatedWords: answer.truncatedWords[index] ?? 0,
          tokens: answer.tokens[index] ?? 0,
        };
        rows.set(text, row);
        keep(text, row);
      });
    }
    const found = texts.map((text) => rows.get(text) as Kept);
    const vectors = new Float32Array(texts.length * dimensions);
    found.forEach(({ vector }, index) => vectors.set(vector, index * dimensions));
    return {
      vectors,
      truncatedWords: found.map(({ truncatedWords }) => truncatedWords),
      tokens: found.map(({ tokens }) => tokens),
    };
  }

  /** The Map's order is that of use: what is asked for moves to the end. */
  function take(text: string): Kept | undefined {
    const row = kept.get(text);
    if (row) keep(text, row);
    return row;
  }

  function keep(text: string, row: Kept): void {
    kept.delete(text);
    kept.set(text, row);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_TEXTS) break;
      kept.delete(oldest);
    }
  }

  return { through };
}
