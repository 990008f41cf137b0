import type { Label } from './labels.ts';
import type { Random } from './random.ts';
import type { Attributes } from './scene.ts';
import { queries } from './queries.ts';
import { kinds, type Said, subjects } from './words.ts';

const SENTENCES: readonly ((kind: string, shows: string) => string)[] = [
  (kind, shows) => `${kind} showing ${shows}`,
  (kind, shows) => `${kind} with ${shows}`,
  (kind, shows) => `${shows} on ${kind}`,
  (kind, shows) => `${shows}, ${kind}`,
  (kind, shows) => `${kind}: ${shows}`,
  (kind, shows) => `this is a photo of ${shows}, ${kind}`,
  (kind, shows) => `an image of ${kind} that shows ${shows}`,
  (kind, shows) => `${shows} presented in image, ${kind}`,
  (kind, shows) => `${kind} demonstrates ${shows}`,
  (kind, shows) => `${shows} seen in ${kind}`,
  (kind, shows) => `${kind}. Finding: ${shows}.`,
  (kind, shows) => `${kind}, ${shows}`,
];

const PHRASES: readonly ((words: string) => string)[] = [
  (words) => words,
  (words) => words,
  (words) => words,
  (words) => `a photo of ${words}`,
  (words) => `this is a photo of ${words}`,
  (words) => `an image showing ${words}`,
  (words) => `an image of ${words}`,
  (words) => `${words} presented in image`,
  (words) => `picture of ${words}`,
  (words) => `find ${words}`,
];

/** A text and what must hold of a picture for the text to be true of it, as `name=value`. */
export interface TrueText {
  readonly text: string;
  readonly needs: readonly string[];
}

const holds = (facts: Attributes, needs: readonly string[]): boolean =>
  needs.every((need) => {
    const at = need.indexOf('=');
    return facts[need.slice(0, at)] === need.slice(at + 1);
  });

const fitting = (from: readonly Said[], facts: Attributes): readonly Said[] =>
  from.filter(([, ...needs]) => holds(facts, needs));

/**
 * A sentence with modality and finding that is true of pictures of one label only.
 *
 * @param facts - the picture's attributes, its label among them.
 */
export function describe(random: Random, label: Label, facts: Attributes): TrueText {
  const { kind, shows } = subjects[label];
  const [words, ...needs] = random.pick(fitting(shows, facts));
  const stain = facts['stain'];
  const said: string = random.pick(kinds[kind]);
  if ((stain === 'pale' || stain === 'strong') && random.chance(0.25)) {
    const how =
      stain === 'pale'
        ? random.pick(['pale', 'weakly stained'])
        : random.pick(['strongly stained', 'darkly stained']);
    return {
      text: random.pick(SENTENCES)(`${how} ${said}`, words),
      needs: [`label=${label}`, ...needs, `stain=${stain}`],
    };
  }
  return { text: random.pick(SENTENCES)(said, words), needs: [`label=${label}`, ...needs] };
}

export const captionOf = (random: Random, label: Label, facts: Attributes): string =>
  describe(random, label, facts).text;

/** What labels of one kind have in common. A kind that is not here has one label only. */
const KIND_NEEDS: Readonly<Partial<Record<keyof typeof kinds, string>>> = {
  histology: 'modality=histology',
  lungCt: 'window=lung',
  headCt: 'site=head',
  frontal: 'view=frontal',
  bone: 'site=bone',
};

/** A short query, as users type them, that is true of the picture but perhaps of many others too. */
export function shortQuery(random: Random, label: Label, facts: Attributes): TrueText {
  const { kind } = subjects[label];
  if (random.chance(0.25)) {
    return {
      text: random.pick(PHRASES)(random.pick(kinds[kind])),
      needs: [KIND_NEEDS[kind] ?? `label=${label}`],
    };
  }
  const [words, ...needs] = random.pick(fitting(queries, facts));
  return { text: random.pick(PHRASES)(words), needs };
}

/** Labels whose phrases ("normal findings") mean nothing without the kind beside them. */
const NEED_THEIR_KIND = /-normal$|-frontal$|-lateral$|-mediastinum$/;

/** A caption without grammar: "PA chest x-ray no device", or the finding alone where that says enough. */
export function shortCaption(random: Random, label: Label, facts: Attributes): TrueText {
  const { kind, shows } = subjects[label];
  const [words, ...needs] = random.pick(fitting(shows, facts));
  const said: string = random.pick(kinds[kind]);
  const alone = !NEED_THEIR_KIND.test(label) && words !== 'no contrast agent' && random.chance(0.5);
  const text = alone ? words : random.chance(0.5) ? `${said} ${words}` : `${words} ${said}`;
  return { text: random.pick(PHRASES)(text), needs: [`label=${label}`, ...needs] };
}
