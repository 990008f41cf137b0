import type { StainProfile } from '../domain/stain.ts';
import type { AttentionShape } from '../domain/slide-pooling.ts';
import type { ReadDb, WriteDb } from './database.ts';
import { vectorStore, type ModelRow } from './vectors.ts';

export interface StainTarget {
  readonly name: string;
  readonly profile: StainProfile;
  /** Content of the slide it was taken from. */
  readonly itemSha256: string;
}

export interface StoredPooling extends AttentionShape {
  readonly name: string;
  /** As `unpackWeights` takes them. */
  readonly weights: Uint8Array;
}

/** A way to prepare slides that is not the plain one. */
export interface Variant {
  /** Name of the stain target; `none` for tiles as they are. */
  readonly stain: string;
  readonly pooling: string;
  /** See `variantIdentity`. */
  readonly identity: string;
  /** Everything that its vectors depend on beside the base model, its stain's reference included. */
  readonly preprocessing: string;
}

/** Weights of attention pooling; works on any connection. */
export function poolingReader(db: ReadDb) {
  const one = db.prepare<[string], Omit<StoredPooling, 'gated'> & { gated: number }>(
    'select name, dimensions, hidden, gated, weights from slide_pooling where name = ?',
  );
  return (name: string): StoredPooling | undefined => {
    const row = one.get(name);
    return row && { ...row, gated: row.gated === 1 };
  };
}

/** The vectors that stand for whole slides, of one model, by item; works on any connection. */
export function pooledReader(db: ReadDb) {
  const pooled = db.prepare<[number], { itemId: number; vector: Uint8Array }>(
    `select r.item_id as itemId, e.vector from region r cross join item i on i.id = r.item_id and i.kind = 'slide'
     cross join embedding e on e.region_id = r.id and e.model_id = ? where r.kind = 'whole' order by r.item_id`,
  );
  const items = db
    .prepare<[number], number>(
      `select r.item_id from region r cross join item i on i.id = r.item_id and i.kind = 'slide'
       where r.kind = 'whole' and exists (select 1 from embedding e where e.region_id = r.id and e.model_id = ?)
       order by r.item_id`,
    )
    .pluck();
  return {
    vectors: (modelId: number) => pooled.all(modelId),
    items: (modelId: number): number[] => items.all(modelId),
  };
}

/** Stain targets, dyes of slides, pooling weights, and the models that stand for them. */
export function slidePreparationStore(db: WriteDb) {
  const vectors = vectorStore(db);
  const targets = db.prepare<[], { name: string; profile: string; itemSha256: string }>(
    'select name, profile, item_sha256 as itemSha256 from stain_target order by added_at, name',
  );
  const addTarget = db.prepare<[string, string, string, string]>(
    `insert into stain_target (name, profile, item_sha256, added_at) values (?, ?, ?, ?) on conflict (name) do nothing`,
  );
  const dyes = db
    .prepare<[number, string], string>(
      `select s.profile from slide_stain s join item i on i.id = s.item_id and i.sha256 = s.sha256
       where s.item_id = ? and s.method = ?`,
    )
    .pluck();
  const setDyes = db.prepare<[string, string, number]>(
    `insert or replace into slide_stain (item_id, method, sha256, profile)
     select id, ?, sha256, ? from item where id = ?`,
  );
  const poolings = db.prepare<[], { name: string; dimensions: number; hidden: number; gated: number }>(
    'select name, dimensions, hidden, gated from slide_pooling order by added_at, name',
  );
  const addPooling = db.prepare<[object]>(
    `insert into slide_pooling (name, dimensions, hidden, gated, weights, added_at)
     values (:name, :dimensions, :hidden, :gated, :weights, :at) on conflict (name) do nothing`,
  );
  const insertVariant = db.prepare<[number, number, string, string]>(
    'insert into model_variant (model_id, base_id, stain, pooling) values (?, ?, ?, ?)',
  );
  const variants = db.prepare<[number], { modelId: number; stain: string; pooling: string }>(
    'select model_id as modelId, stain, pooling from model_variant where base_id = ? order by stain, pooling',
  );
  return {
    targets: (): StainTarget[] =>
      targets.all().map(({ profile, ...row }) => ({ ...row, profile: JSON.parse(profile) as StainProfile })),
    addTarget: ({ name, profile, itemSha256 }: StainTarget, at: string): void =>
      void addTarget.run(name, JSON.stringify(profile), itemSha256, at),
    /** What a slide is stained like, where that was looked for by this method in its present content. */
    dyesOf(itemId: number, method: string): StainProfile | null {
      const text = dyes.get(itemId, method);
      return text === undefined ? null : (JSON.parse(text) as StainProfile);
    },
    setDyes: (itemId: number, method: string, profile: StainProfile): void =>
      void setDyes.run(method, JSON.stringify(profile), itemId),
    poolings: () => poolings.all().map((row) => ({ ...row, gated: row.gated === 1 })),
    pooling: poolingReader(db),
    addPooling: ({ gated, ...pooling }: StoredPooling, at: string): void =>
      void addPooling.run({ ...pooling, gated: gated ? 1 : 0, at }),
    /** The model that stands for this way of preparing slides, made when it is new to the archive. */
    ensureVariant: (base: ModelRow, { stain, pooling, identity, preprocessing }: Variant, at: string) =>
      db.transaction((): ModelRow => {
        const { bundleId, dimensions } = base;
        const known = vectors.modelByIdentity(identity);
        const row = known ?? vectors.ensureModel({ bundleId, identity, dimensions, preprocessing }, at);
        if (!known) insertVariant.run(row.id, base.id, stain, pooling);
        return row;
      })(),
    variants: (baseId: number) => variants.all(baseId),
    pooled: pooledReader(db),
  };
}
export type SlidePreparationStore = ReturnType<typeof slidePreparationStore>;
