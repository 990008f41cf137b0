import type { ReadDb } from './database.ts';

/** Some int8 copies of vectors, in no order. */
export interface CopyBlock {
  /** 0 where a place is empty. */
  readonly regionIds: Int32Array;
  /** Row after row, one per region id. */
  readonly rows: Int8Array;
}

/** Read as one text: row by row, a million take three times as long. */
const REGIONS_AT_ONCE = 500_000;

/**
 * The int8 copies of a model's vectors, read as `vec0` lays them down: half a gigabyte in less than a second, where asking
 * for them one by one takes half a minute. Works on any connection.
 *
 * @see sqlite-vec 0.1.9, the shadow tables `_chunks` (validity bits, ids as 64-bit integers) and `_vector_chunks00`.
 */
export function vectorCopies(db: ReadDb, modelId: number, dimensions: number) {
  const table = `vec_${Math.trunc(modelId)}`;

  function* blocks(): Generator<CopyBlock> {
    const rows = db
      .prepare<[], [size: number, validity: Uint8Array, ids: Uint8Array, vectors: Uint8Array]>(
        `select c.size, c.validity, c.rowids, v.vectors from ${table}_chunks c
         cross join ${table}_vector_chunks00 v on v.rowid = c.chunk_id`,
      )
      .raw();
    for (const [size, validity, ids, vectors] of rows.iterate()) {
      if (validity.length * 8 !== size || ids.length !== size * 8 || vectors.length !== size * dimensions)
        throw new RangeError('the copies are laid down in another way');
      yield {
        regionIds: validIds(validity, ids),
        rows: new Int8Array(vectors.buffer, vectors.byteOffset, vectors.length),
      };
    }
  }

  const some = db
    .prepare<[number, number], [ids: string, itemIds: string]>(
      `select json_group_array(id), json_group_array(item_id) from region where id > ? and id <= ?`,
    )
    .raw();
  return {
    blocks,
    /** Item by region id; 0 where there is no such region. */
    itemsByRegion(): Int32Array {
      const largest = db.prepare<[], number>('select coalesce(max(id), 0) from region').pluck().get() ?? 0;
      const items = new Int32Array(largest + 1);
      for (let from = 0; from < largest; from += REGIONS_AT_ONCE) {
        const [ids, itemIds] = some.get(from, from + REGIONS_AT_ONCE) ?? ['[]', '[]'];
        const parsed = JSON.parse(itemIds) as number[];
        (JSON.parse(ids) as number[]).forEach((regionId, at) => (items[regionId] = parsed[at] as number));
      }
      return items;
    },
  };
}
export type VectorCopies = ReturnType<typeof vectorCopies>;

function validIds(validity: Uint8Array, ids: Uint8Array): Int32Array {
  // A copy, because a blob may lie at any place of its buffer.
  const words = new Int32Array(ids.slice().buffer);
  const found = new Int32Array(words.length / 2);
  for (let at = 0; at < found.length; at += 1) {
    const isValid = (((validity[at >> 3] as number) >> (at & 7)) & 1) === 1;
    if (isValid && words[2 * at + 1] === 0) found[at] = words[2 * at] as number;
  }
  return found;
}
