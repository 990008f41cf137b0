import type { WriteDb } from './database.ts';

export interface PanelVersionRow {
  readonly id: number;
  readonly name: string;
  readonly number: number;
  readonly hash: string;
  /** JSON of the panel. */
  readonly content: string;
  readonly reader: string;
  readonly at: string;
}

export interface LabelVectorRow {
  readonly vectors: Uint8Array;
  readonly truncated: number;
}

/** Label panels in versions that never change, and the vectors of their labels. */
export function panelStore(db: WriteDb) {
  const ensure = db.prepare<[string], { id: number }>(
    'insert into panel (name) values (?) on conflict (name) do update set name = excluded.name returning id',
  );
  const columns = `v.id, p.name, v.number, v.hash, v.content, v.reader, v.at
    from panel_version v join panel p on p.id = v.panel_id`;
  const byHash = db.prepare<[string, string], PanelVersionRow>(
    `select ${columns} where p.name = ? and v.hash = ?`,
  );
  const list = db.prepare<[], PanelVersionRow>(`
    select ${columns} order by (select max(id) from panel_version n where n.panel_id = p.id) desc, v.number desc`);
  const insert = db.prepare<object>(`
    insert into panel_version (panel_id, number, hash, wording_hash, content, reader, at)
    select @panelId, coalesce(max(number), 0) + 1, @hash, @wordingHash, @content, @reader, @at
    from panel_version where panel_id = @panelId`);
  const getVectors = db.prepare<[number, string], LabelVectorRow>(
    'select vectors, truncated from label_vectors where model_id = ? and wording_hash = ?',
  );
  const putVectors = db.prepare<[number, string, Float32Array, number]>(
    'insert or replace into label_vectors (model_id, wording_hash, vectors, truncated) values (?, ?, ?, ?)',
  );

  return {
    list: (): PanelVersionRow[] => list.all(),
    byHash: (name: string, hash: string): PanelVersionRow | undefined => byHash.get(name, hash),
    /** The next version of the panel of this name; the caller has seen that its hash is new to it. */
    add(
      name: string,
      version: { hash: string; wordingHash: string; content: string; reader: string; at: string },
    ): PanelVersionRow {
      return db.transaction(() => {
        const { id: panelId } = ensure.get(name) as { id: number };
        insert.run({ ...version, panelId });
        return byHash.get(name, version.hash) as PanelVersionRow;
      })();
    },
    vectors: (modelId: number, wordingHash: string): LabelVectorRow | undefined =>
      getVectors.get(modelId, wordingHash),
    keepVectors: (modelId: number, wordingHash: string, vectors: Float32Array, truncated: number): void =>
      void putVectors.run(modelId, wordingHash, vectors, truncated),
  };
}
export type PanelStore = ReturnType<typeof panelStore>;
