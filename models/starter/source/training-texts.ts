import { describe, shortCaption, shortQuery, type TrueText } from './generate/captions.ts';
import { createRandom } from './generate/random.ts';
import type { Attributes } from './generate/scene.ts';
import { generateCase } from './generate/case.ts';
import { type Label, labels } from './generate/labels.ts';

/** Texts per picture: sentences, captions without grammar, short queries. */
const PER_PICTURE = [
  ...Array<typeof describe>(4).fill(describe),
  ...Array<typeof describe>(3).fill(shortCaption),
  ...Array<typeof describe>(3).fill(shortQuery),
];
export const textsPerPicture = PER_PICTURE.length;

export interface TextTable {
  readonly texts: readonly TrueText[];
  /** For every picture the rows of its own texts, `textsPerPicture` each. */
  readonly ofPicture: readonly (readonly number[])[];
}

/** Texts for pictures with these attributes; equal texts are kept once. */
export function textsFor(pictures: readonly Attributes[], seed: number): TextTable {
  const random = createRandom(seed);
  const rows = new Map<string, number>();
  const texts: TrueText[] = [];
  const ofPicture = pictures.map((facts) =>
    PER_PICTURE.map((make) => {
      const made = make(random, facts['label'] as Label, facts);
      const key = JSON.stringify(made);
      const row = rows.get(key) ?? texts.length;
      if (row === texts.length) texts.push(made);
      rows.set(key, row);
      return row;
    }),
  );
  return { texts, ofPicture };
}

/** About `count` texts over all labels, to see which words there are. Draws tiny pictures for their attributes. */
export function trainingTexts(count: number): TextTable {
  const cases = Math.min(2000, Math.ceil(count / textsPerPicture));
  const pictures = Array.from(
    { length: cases },
    (_, i) => generateCase(i, { sizePx: 8, label: labels[i % labels.length] as Label }).attributes,
  );
  return textsFor(
    Array.from({ length: Math.ceil(count / textsPerPicture) }, (_, i) => pictures[i % cases] as Attributes),
    7,
  );
}
