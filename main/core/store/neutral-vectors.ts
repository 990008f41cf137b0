import type { WriteDb } from './database.ts';
import { toFloats } from './vectors.ts';

/** What models make of the neutral descriptions, so that it is computed once per archive and not per process. */
export function neutralStore(db: WriteDb) {
  const select = db
    .prepare<[number, number], Uint8Array>(
      'select vectors from neutral_vectors where model_id = ? and version = ?',
    )
    .pluck();
  const upsert = db.prepare<[number, number, Float32Array]>(
    `insert into neutral_vectors (model_id, version, vectors) values (?, ?, ?)
     on conflict (model_id) do update set version = excluded.version, vectors = excluded.vectors`,
  );
  return {
    get(modelId: number, version: number): Float32Array | null {
      const blob = select.get(modelId, version);
      return blob ? toFloats(blob) : null;
    },
    set: (modelId: number, version: number, vectors: Float32Array): void =>
      void upsert.run(modelId, version, vectors),
  };
}
export type NeutralStore = ReturnType<typeof neutralStore>;
