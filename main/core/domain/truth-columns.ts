const names = {
  query: ['query'],
  relevance: ['relevance', 'grade'],
  label: ['label', 'labels', 'truth', 'class'],
  item: ['itemid', 'item', 'item_id', 'id'],
  sha256: ['sha256', 'hash'],
  path: ['path', 'file', 'filename', 'file_name', 'image'],
  patient: ['patient', 'patientid', 'patient_id'],
} as const;

export type TruthColumns = Readonly<Record<keyof typeof names, string | undefined>>;

/** Which columns of a table say what is right about which item. @param row - one of its rows, by lower-case names. */
export function truthColumns(row: Readonly<Record<string, string>> | undefined): TruthColumns {
  const find = (of: keyof typeof names) => names[of].find((name) => row !== undefined && name in row);
  return Object.fromEntries(
    (Object.keys(names) as (keyof typeof names)[]).map((of) => [of, find(of)]),
  ) as TruthColumns;
}
