import type { ReadDb } from './database.ts';
import { FILE_NAME } from './migrations/0018-file-names.ts';

/** Columns of a table that may name an item; see `truthColumns`. */
export interface NamingColumns {
  readonly sha256: string | undefined;
  readonly item: string | undefined;
  readonly path: string | undefined;
}

/** Finds items by what a table of a person's calls them. */
export function itemLookup(db: ReadDb) {
  const bySha = db.prepare<[string], number>('select id from item where sha256 = ?').pluck();
  const byId = db.prepare<[number], number>('select id from item where id = ?').pluck();
  // Source by source, so that each is one step in the index of paths; a root may be written with backslashes.
  const byPath = db
    .prepare<[{ path: string }], number>(
      `select distinct j.item_id from source s
       cross join file f on f.source_id = s.id and (f.path = @path or f.path =
         iif(substr(@path, 1, length(s.root) + 1) = replace(s.root, '\\', '/') || '/', substr(@path, length(s.root) + 2), null))
       join item_file j on j.file_id = f.id limit 2`,
    )
    .pluck();
  const byName = db
    .prepare<[string, string], number>(
      `select distinct j.item_id from file f join item_file j on j.file_id = f.id
       where ${FILE_NAME} = ? collate nocase and f.path like ? escape '\\' limit 2`,
    )
    .pluck();
  const patients = db
    .prepare<[string], [number, string]>(
      `select i.id, i.patient_key from json_each(?) wanted cross join item i on i.id = wanted.value
       where i.patient_key is not null`,
    )
    .raw();
  const only = (found: number[]): number | null => (found.length === 1 ? (found[0] as number) : null);

  const lookup = {
    bySha: (sha256: string): number | null => bySha.get(sha256.toLowerCase()) ?? null,
    byId: (id: number): number | null => byId.get(id) ?? null,
    /** Patients of these items, by item; without those that have none. */
    patientsOf: (itemIds: readonly number[]): Map<number, string> =>
      new Map(patients.all(JSON.stringify(itemIds))),
    /** Relative to its source, or whole; else the end of a path, if it is that of one item only. */
    byPath(path: string): number | null {
      const plain = path.replaceAll('\\', '/').replace(/^\.\//, '');
      const exact = byPath.all({ path: plain });
      if (exact.length > 0) return only(exact);
      const name = plain.slice(plain.lastIndexOf('/') + 1);
      return only(byName.all(name, `%/${plain.replace(/[\\%_]/g, '\\$&')}`));
    },
  };

  return {
    ...lookup,
    /** What a row names by its content hash, else by its number, else by its path; empty cells name nothing. */
    byRow(row: Readonly<Record<string, string>>, columns: NamingColumns): number | null {
      const cell = (column: string | undefined): string => (column === undefined ? '' : (row[column] ?? ''));
      const [sha256, item, path] = [cell(columns.sha256), cell(columns.item), cell(columns.path)];
      return (
        (sha256 === '' ? null : lookup.bySha(sha256)) ??
        (item === '' ? null : lookup.byId(Number(item))) ??
        (path === '' ? null : lookup.byPath(path))
      );
    },
  };
}
