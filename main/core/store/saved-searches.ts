import type { WriteDb } from './database.ts';

export interface SavedSearchRow {
  readonly id: number;
  readonly name: string;
  /** JSON of `StableRules`. */
  readonly rules: string;
  readonly savedAt: string;
}

export interface SavedPicture {
  readonly sha256: string;
  readonly modelId: number;
  /** Float32, little-endian. */
  readonly vector: Uint8Array;
  readonly thumb: string | null;
  /** JSON array of content hashes. */
  readonly ownItems: string;
}

export interface NewResult {
  readonly modelId: number;
  readonly at: string;
  readonly generation: number;
  readonly lastRegion: number;
  readonly dictionary: string;
  readonly formula: string;
  /** Of the query, float32, little-endian. */
  readonly vector: Uint8Array;
  readonly total: number;
  readonly standOut: number;
  readonly line: number;
  readonly drawn: 'by-words' | 'plain' | 'asked';
  readonly median: number;
  readonly spread: number;
}

export interface ResultRow extends NewResult {
  readonly id: number;
  readonly searchId: number;
  readonly bundleId: string;
  readonly identity: string;
  readonly kept: number;
}

export interface SavedHit {
  readonly sha256: string;
  /** Null when the item has gone from the archive; it may have come back under another number. */
  readonly itemId: number | null;
  readonly similarity: number;
  readonly lift: number;
}

const searchColumns = 'id, name, rules, saved_at as savedAt from saved_search';
const resultColumns = `r.id, r.search_id as searchId, r.model_id as modelId, m.bundle_id as bundleId, m.identity, r.at, r.generation,
  r.last_region as lastRegion, r.dictionary, r.formula, r.vector, r.total, r.stand_out as standOut, r.line, r.drawn, r.median,
  r.spread, (select coalesce(max(h.place) + 1, 0) from saved_hit h where h.result_id = r.id) as kept
  from saved_result r join model m on m.id = r.model_id`;

/** Searches that are kept, with what they found on a day. Results are added and never changed. */
export function savedSearchStore(db: WriteDb) {
  const one = db.prepare<[number], SavedSearchRow>(
    `select ${searchColumns} where id = ? and removed_at is null`,
  );
  const byName = db.prepare<[string], SavedSearchRow>(
    `select ${searchColumns} where name = ? collate nocase and removed_at is null`,
  );
  const nameOf = db.prepare<[number], string>('select name from saved_search where id = ?').pluck();
  const list = db.prepare<[], SavedSearchRow>(
    `select ${searchColumns} where removed_at is null order by name collate nocase`,
  );
  const insert = db.prepare<[string, string, string], { id: number }>(
    'insert into saved_search (name, rules, saved_at) values (?, ?, ?) returning id',
  );
  const rename = db.prepare<[string, number]>('update saved_search set name = ? where id = ?');
  const remove = db.prepare<[string, number]>(
    'update saved_search set removed_at = ? where id = ? and removed_at is null',
  );
  const restore = db.prepare<[number]>(
    'update saved_search set removed_at = null where id = ? and removed_at is not null',
  );
  const purge = db.prepare<[number]>('delete from saved_search where id = ? and removed_at is not null');
  const insertPicture = db.prepare<[object]>(
    `insert or replace into saved_picture (search_id, sha256, model_id, vector, thumb, own_items)
     values (@searchId, @sha256, @modelId, @vector, @thumb, @ownItems)`,
  );
  const pictures = db.prepare<[number], SavedPicture>(
    `select sha256, model_id as modelId, vector, thumb, own_items as ownItems from saved_picture where search_id = ?
     order by sha256, model_id`,
  );
  const insertResult = db.prepare<[object], { id: number }>(
    `insert into saved_result (search_id, model_id, at, generation, last_region, dictionary, formula, vector, total, stand_out,
       line, drawn, median, spread)
     values (@searchId, @modelId, @at, @generation, @lastRegion, @dictionary, @formula, @vector, @total, @standOut,
       @line, @drawn, @median, @spread) returning id`,
  );
  // An item that has gone since it was found is known by its content alone.
  const insertHit = db.prepare<[object]>(
    `insert into saved_hit (result_id, place, sha256, item_id, similarity, lift)
     values (@resultId, @place, @sha256, (select id from item where id = @itemId), @similarity, @lift)`,
  );
  const results = db.prepare<[number], ResultRow>(
    `select ${resultColumns} where r.search_id = ? order by r.id desc`,
  );
  const keepNewest = db.prepare<[object]>(
    `delete from saved_result where search_id = @searchId and id not in (
       select id from saved_result where search_id = @searchId order by id desc limit @most)`,
  );
  const hits = db.prepare<[number], SavedHit>(
    `select sha256, item_id as itemId, similarity, lift from saved_hit where result_id = ? order by place`,
  );
  const lastRegion = db.prepare<[], number>('select coalesce(max(id), 0) from region').pluck();

  return {
    get: (id: number): SavedSearchRow | undefined => one.get(id),
    byName: (name: string): SavedSearchRow | undefined => byName.get(name),
    /** Also of one that was removed. */
    nameOf: (id: number): string | undefined => nameOf.get(id),
    list: (): SavedSearchRow[] => list.all(),
    add: (name: string, rules: string, at: string): number =>
      (insert.get(name, rules, at) as { id: number }).id,
    rename: (id: number, name: string): void => void rename.run(name, id),
    /** Out of sight. @returns whether it was there. */
    remove: (id: number, at: string): boolean => remove.run(at, id).changes > 0,
    restore: (id: number): boolean => restore.run(id).changes > 0,
    /** For good, of one that was removed. */
    purge: (id: number): void => void purge.run(id),
    addPicture: (searchId: number, picture: SavedPicture): void =>
      void insertPicture.run({ searchId, ...picture }),
    pictures: (searchId: number): SavedPicture[] => pictures.all(searchId),
    /** @param found - by place. */
    addResult(searchId: number, result: NewResult, found: readonly SavedHit[]): number {
      const { id } = insertResult.get({ searchId, ...result }) as { id: number };
      found.forEach((hit, place) => insertHit.run({ resultId: id, place, ...hit }));
      return id;
    },
    /** Newest first. */
    results: (searchId: number): ResultRow[] => results.all(searchId),
    keepNewest: (searchId: number, most: number): void => void keepNewest.run({ searchId, most }),
    /** By place. */
    hits: (resultId: number): SavedHit[] => hits.all(resultId),
    /** The highest number that a region has. */
    lastRegion: (): number => lastRegion.get() ?? 0,
  };
}
export type SavedSearchStore = ReturnType<typeof savedSearchStore>;
