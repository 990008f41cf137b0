import type { PanelInput } from '../../../preload/contract/panels.ts';
import type { FoundConcept } from '../../../preload/contract/vocabularies.ts';

type Labels = { name: string; synonyms: string[] }[];

/**
 * Reads labels as people type them: one per line, synonyms after `|`, or after commas on a line without `|`.
 * Empty lines and repeated wordings are left out.
 */
export function parseLabels(text: string): Labels {
  const seen = new Set<string>();
  return text.split('\n').flatMap((line) => {
    const wordings = line
      .split(line.includes('|') ? '|' : ',')
      .map((wording) => wording.trim())
      .filter((wording) => wording !== '');
    const [name, ...rest] = wordings;
    if (name === undefined || seen.has(name.toLowerCase())) return [];
    seen.add(name.toLowerCase());
    return [{ name, synonyms: [...new Set(rest)] }];
  });
}

export function labelsText(labels: Labels): string {
  return labels.map(({ name, synonyms }) => [name, ...synonyms].join(' | ')).join('\n');
}

/** A concept as it stands on a label. */
export const codeOf = ({ system, code, display }: FoundConcept): string => `${system}|${code}|${display}`;

/** Whether two panels say the same; what is left out means its default. */
export function samePanel(a: PanelInput, b: PanelInput): boolean {
  const plain = ({ mode = 'exclusive', labels, templates = ['{label}'], topTiles = 50 }: PanelInput) =>
    JSON.stringify({
      mode,
      labels: labels.map(
        ({ name, synonyms = [], negatives = [], parent = null, none = false, codes = [] }) => ({
          name,
          synonyms,
          negatives,
          parent,
          none,
          codes,
        }),
      ),
      templates,
      topTiles,
    });
  return plain(a) === plain(b);
}

/** How many prompts the words and templates make. */
export function promptCount(
  labels: Labels,
  templates: number,
): { readonly wordings: number; readonly prompts: number } {
  const wordings = labels.reduce((sum, { synonyms }) => sum + 1 + synonyms.length, 0);
  return { wordings, prompts: wordings * templates };
}

/** Usual templates by kind of picture: what captions of the literature call it. */
export const templateSets: readonly { readonly name: string; readonly templates: readonly string[] }[] = [
  { name: 'Any picture', templates: ['{label}', 'a photo of {label}', 'this is a photo of {label}'] },
  {
    name: 'Histology',
    templates: [
      '{label}',
      'a histopathology image of {label}',
      'an H&E stained section showing {label}',
      'light microscopy of {label}',
    ],
  },
  {
    name: 'Radiography',
    templates: ['{label}', 'an X-ray showing {label}', 'a radiograph with {label}', 'plain film, {label}'],
  },
  {
    name: 'CT and MRI',
    templates: [
      '{label}',
      'an axial CT slice showing {label}',
      'a radiology image showing {label}',
      'MRI, {label}',
    ],
  },
  {
    name: 'Skin, eye, endoscopy',
    templates: [
      '{label}',
      'a clinical photograph of {label}',
      'a close-up picture of {label}',
      'an endoscopic image of {label}',
    ],
  },
];

/** Offered beside those of the panel. */
export const templateChoices: readonly string[] = [
  '{label}',
  'a photo of {label}',
  'this is a photo of {label}',
  'a histopathology image of {label}',
  'a radiology image showing {label}',
  'an H&E stained section showing {label}',
];

export const firstPanel: PanelInput = {
  name: 'Kind of picture',
  labels: [
    { name: 'Histology', synonyms: ['H&E stained tissue', 'light microscopy of tissue'] },
    { name: 'CT', synonyms: ['computed tomography slice', 'axial CT image'] },
    { name: 'X-ray', synonyms: ['radiograph', 'plain film'] },
    { name: 'Fundus', synonyms: ['retinal photograph', 'fundus photograph'] },
    { name: 'Dermoscopy', synonyms: ['skin lesion', 'dermoscopic image'] },
    { name: 'Chart', synonyms: ['plot', 'diagram'] },
  ],
  templates: ['{label}', 'a photo of {label}'],
};
