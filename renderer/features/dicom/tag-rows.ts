import type { ItemDetail } from '../../../preload/contract/items.ts';

export interface TagRow {
  /** Where it came from and its name: one of its kind. */
  readonly key: string;
  /** `(gggg,eeee)`; empty for what is computed or came with a table. */
  readonly tag: string;
  readonly title: string;
  readonly value: string;
  /** What happened to it on the way in. */
  readonly kept: 'As it is' | 'Coarser' | 'Keyed hash' | 'From a table';
}

type Known = readonly [tag: string, title: string, kept?: TagRow['kept']];

const known: Readonly<Record<string, Known>> = {
  modality: ['(0008,0060)', 'Modality'],
  bodyPart: ['(0018,0015)', 'Body part examined'],
  laterality: ['(0020,0060)', 'Laterality'],
  view: ['(0018,5101)', 'View position'],
  manufacturer: ['(0008,0070)', 'Manufacturer'],
  manufacturerModel: ['(0008,1090)', 'Manufacturer’s model'],
  kVp: ['(0018,0060)', 'KVP'],
  sliceThickness: ['(0018,0050)', 'Slice thickness'],
  pixelSpacingX: ['(0028,0030)', 'Pixel spacing, across'],
  pixelSpacingY: ['(0028,0030)', 'Pixel spacing, down'],
  sex: ['(0010,0040)', 'Patient’s sex'],
  ageBand: ['(0010,1010)', 'Patient’s age', 'Coarser'],
  studyYear: ['(0008,0020)', 'Study year', 'Coarser'],
  seriesNumber: ['(0020,0011)', 'Series number'],
  instanceNumber: ['(0020,0013)', 'Instance number'],
  photometric: ['(0028,0004)', 'Photometric interpretation'],
  transferSyntax: ['(0002,0010)', 'Transfer syntax'],
  bitsStored: ['(0028,0101)', 'Bits stored'],
  instanceKey: ['(0008,0018)', 'SOP instance', 'Keyed hash'],
};
const order = Object.keys(known);

/** What the archive keeps of a file's header, in the order of the table above; the identifiers last. */
export function tagRows({ attributes, patient, study, series }: ItemDetail): TagRow[] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const kept = attributes
    .toSorted((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name))
    .map(({ name, value, unit, origin }): TagRow => {
      const shown = unit && !value.includes(unit) ? `${value} ${unit}` : value;
      const key = `${origin}/${name}`;
      if (origin !== 'header') return { key, tag: '', title: name, value: shown, kept: 'From a table' };
      const [tag, title, how = 'As it is'] = known[name] ?? ['', name];
      return { key, tag, title, value: shown, kept: how };
    });
  const keyed = [
    ['(0010,0020)', 'Patient', patient],
    ['(0020,000D)', 'Study', study],
    ['(0020,000E)', 'Series', series],
  ] as const;
  return [
    ...kept,
    ...keyed.flatMap(([tag, title, value]): TagRow[] =>
      value === null ? [] : [{ key: title, tag, title, value, kept: 'Keyed hash' }],
    ),
  ];
}
