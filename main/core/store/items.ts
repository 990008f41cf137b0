import type { WriteDb } from './database.ts';
import { itemRows } from './item-rows.ts';

export interface NewRegion {
  readonly kind: 'whole' | 'frame' | 'tile' | 'roi';
  readonly frame: number;
  readonly level: number;
  /** In pixels of level 0 of the frame. */
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** How the model's picture was made, line by line. */
  readonly preparation: readonly string[];
  readonly windowName: string | null;
}

export interface Attribute {
  readonly name: string;
  readonly text?: string;
  readonly number?: number;
  readonly unit?: string;
}

export interface NewItem {
  readonly kind: 'image' | 'dicom' | 'slide';
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: number;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  /** Keyed hashes, never the raw identifiers. */
  readonly patientKey: string | null;
  readonly studyKey: string | null;
  readonly seriesKey: string | null;
  /** Of slides: µm per pixel, and a keyed hash of the glass' own number. */
  readonly mpp?: number | null;
  readonly slideKey?: string | null;
  readonly thumb: string | null;
  readonly notes: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly addedAt: string;
}

export interface RegionRow {
  readonly id: number;
  readonly itemId: number;
  readonly kind: NewRegion['kind'];
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly preparation: string;
  readonly windowName: string | null;
}

export const regionColumns =
  'r.id, r.item_id as itemId, r.kind, r.frame, r.x, r.y, r.w, r.h, r.preparation, r.window_name as windowName';

/** Items with their attributes and regions. Statements are prepared once, here; callers see no SQL. */
export function itemStore(db: WriteDb) {
  const bySha = db.prepare<[string], { id: number }>('select id from item where sha256 = ?');
  const write = {
    kind: ':kind',
    sha256: ':sha256',
    size_bytes: ':sizeBytes',
    width_px: ':widthPx',
    height_px: ':heightPx',
    frames: ':frames',
    modality: ':modality',
    body_part: ':bodyPart',
    mpp: ':mpp',
    slide_key: ':slideKey',
    patient_key: ':patientKey',
    study_key: ':studyKey',
    series_key: ':seriesKey',
    thumb: ':thumb',
    notes: ':notes',
  };
  const insert = db.prepare<[object], { id: number }>(
    `insert into item (${Object.keys(write).join(', ')}, added_at)
     values (${Object.values(write).join(', ')}, :addedAt) returning id`,
  );
  const replace = db.prepare<[object]>(
    `update item set ${Object.entries(write)
      .map(([column, value]) => `${column} = ${value}`)
      .join(', ')} where id = :id`,
  );
  const clearAttributes = db.prepare<[number]>(
    "delete from attribute where item_id = ? and origin = 'header'",
  );
  const insertAttribute = db.prepare<[number, string, string | null, number | null, string | null]>(
    'insert or replace into attribute (item_id, name, text, number, unit) values (?, ?, ?, ?, ?)',
  );
  const insertRegion = db.prepare<
    [number, string, number, number, number, number, number, number, string, string | null],
    { id: number }
  >(
    `insert into region (item_id, kind, frame, level, x, y, w, h, preparation, window_name)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
  );
  const regionsOf = db.prepare<[number], RegionRow & { embedded: number }>(
    `select ${regionColumns}, exists (select 1 from embedding e where e.region_id = r.id) as embedded
     from region r where r.item_id = ? and r.kind <> 'tile' order by r.frame, r.id`,
  );
  const region = db.prepare<[number], RegionRow>(`select ${regionColumns} from region r where r.id = ?`);
  const clearRegions = db.prepare<[number]>('delete from region where item_id = ?');
  const attributesOf = db.prepare<
    [number],
    { name: string; text: string | null; number: number | null; unit: string | null; origin: string }
  >('select name, text, number, unit, origin from attribute where item_id = ? order by name');
  const ofFile = db.prepare<[number], { id: number }>(
    'select item_id as id from item_file where file_id = ?',
  );
  const extra = db.prepare<[number], { sizeBytes: number; addedAt: string; notes: string }>(
    'select size_bytes as sizeBytes, added_at as addedAt, notes from item where id = ?',
  );
  const byThumb = db.prepare<[string], { id: number }>('select id from item where thumb = ? limit 1');
  const setThumb = db.prepare<[string, number]>('update item set thumb = ? where id = ?');
  const count = db.prepare<[], { n: number }>('select count(*) as n from item');

  const values = (item: NewItem) => ({
    mpp: null,
    slideKey: null,
    ...item,
    notes: JSON.stringify(item.notes),
    attributes: null,
  });
  function setAttributes(itemId: number, attributes: readonly Attribute[]): void {
    clearAttributes.run(itemId);
    for (const { name, text, number, unit } of attributes)
      insertAttribute.run(itemId, name, text ?? null, number ?? null, unit ?? null);
  }

  return {
    ...itemRows(db),
    idOf: (sha256: string): number | null => bySha.get(sha256)?.id ?? null,
    itemOfFile: (fileId: number): number | null => ofFile.get(fileId)?.id ?? null,
    count: (): number => count.get()?.n ?? 0,
    insert(item: NewItem): number {
      const { id } = insert.get(values(item)) as { id: number };
      setAttributes(id, item.attributes);
      return id;
    },
    /** New content for an item whose only file changed in place: id and tags stay, the rest is read again. */
    replaceContent(id: number, item: NewItem): void {
      replace.run({ ...values(item), id });
      setAttributes(id, item.attributes);
    },
    addRegion: (itemId: number, region: NewRegion): number =>
      (
        insertRegion.get(
          itemId,
          region.kind,
          region.frame,
          region.level,
          region.x,
          region.y,
          region.w,
          region.h,
          JSON.stringify(region.preparation),
          region.windowName,
        ) as { id: number }
      ).id,
    /** All but the tiles of a slide, which may be many. */
    regionsOf: (itemId: number) => regionsOf.all(itemId),
    region: (regionId: number): RegionRow | undefined => region.get(regionId),
    /** The caller drops the vectors first: `vectorStore.dropItem`. */
    clearRegions: (itemId: number): void => void clearRegions.run(itemId),
    attributesOf: (itemId: number) => attributesOf.all(itemId),
    extra: (itemId: number) => extra.get(itemId),
    idOfThumb: (thumb: string): number | null => byThumb.get(thumb)?.id ?? null,
    setThumb: (itemId: number, thumb: string): void => void setThumb.run(thumb, itemId),
  };
}
export type ItemStore = ReturnType<typeof itemStore>;
