import type { ReadDb } from './database.ts';
import { toFloats } from './vectors.ts';

export interface ItemVector {
  readonly itemId: number;
  readonly itemKind: 'image' | 'dicom' | 'slide';
  readonly regionKind: 'whole' | 'frame' | 'tile' | 'roi';
  readonly vector: Float32Array;
}

/** Vectors of many items, in the order of the items' ids; works on any connection. */
export function itemVectorReader(db: ReadDb, modelId: number) {
  // `cross join` keeps SQLite from beginning with the table of vectors.
  const within = db
    .prepare<
      [string, number],
      [number, ItemVector['itemKind'], ItemVector['regionKind'], vector: Uint8Array]
    >(
      `select i.id, i.kind, r.kind, e.vector from json_each(?) wanted
       cross join item i on i.id = wanted.value
       cross join region r on r.item_id = i.id
       cross join embedding e on e.model_id = ? and e.region_id = r.id`,
    )
    .raw();

  return {
    /** One row at a time, as a slide may have more tiles than fit in memory. `itemIds` ascend. */
    *of(itemIds: readonly number[]): Generator<ItemVector> {
      for (const [itemId, itemKind, regionKind, vector] of within.iterate(JSON.stringify(itemIds), modelId))
        yield { itemId, itemKind, regionKind, vector: toFloats(vector) };
    },
  };
}
