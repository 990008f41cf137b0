import type { ReadDb, WriteDb } from './database.ts';

export type SettingName =
  | 'archiveId'
  | 'createdAt'
  /** Key of the pseudonyms; never leaves the archive. */
  | 'secret'
  | 'demo'
  | 'generation'
  /** `strict` or `review`: what an import does with files that need a look. */
  | 'identityPolicy'
  /** JSON: how files become regions. */
  | 'sampling'
  | 'activeModel'
  /** `on`: queries are written into the archive. */
  | 'queryHistory';

/** Name and value pairs of the archive as a whole. */
export function settingStore(db: WriteDb) {
  const select = db.prepare<[string], { value: string }>('select value from setting where name = ?');
  const upsert = db.prepare<[string, string]>(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  );
  const get = (name: SettingName): string | null => select.get(name)?.value ?? null;
  const set = (name: SettingName, value: string): void => void upsert.run(name, value);
  return {
    get,
    set,
    /** Called inside every transaction that changes what a search can find. */
    bumpGeneration: (): void => set('generation', String(Number(get('generation') ?? 0) + 1)),
  };
}

/** Rises with every change of what a search can find. */
export function generationOf(db: ReadDb): number {
  const row = db.prepare("select value from setting where name = 'generation'").get() as
    { value: string } | undefined;
  return Number(row?.value ?? 0);
}
