import type { ReadDb } from './database.ts';

export interface SeriesRow {
  readonly seriesKey: string;
  readonly itemId: number;
  readonly items: number;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  /** Series Number, where the files have one. */
  readonly number: number | null;
  readonly thumb: string | null;
}

const numberOf = (name: string) =>
  `(select a.number from attribute a where a.item_id = i.id and a.name = '${name}' and a.origin = 'header')`;

/** Items that belong together: slices of a series, series of a study. */
export function seriesStore(db: ReadDb) {
  const slices = db.prepare<[string, number], { itemId: number; frames: number }>(
    `select i.id as itemId, i.frames from item i where i.series_key = ?
     order by ${numberOf('instanceNumber')}, i.id limit ?`,
  );
  const ofStudy = db.prepare<[string, number], SeriesRow>(
    `with g as (
       select i.series_key as seriesKey, min(i.id) as itemId, max(i.id) as lastId, count(*) as items,
         max(i.modality) as modality, max(i.body_part) as bodyPart, min(${numberOf('seriesNumber')}) as number
       from item i where i.study_key = ? and i.series_key is not null group by i.series_key)
     select seriesKey, itemId, items, modality, bodyPart, number,
       -- Of a slice near the middle, where there is most to see.
       (select m.thumb from item m where m.series_key = g.seriesKey
        order by abs(m.id - (g.itemId + g.lastId) / 2) limit 1) as thumb
     from g order by number, itemId limit ?`,
  );
  return {
    /** In the order of their instance numbers. */
    slices: (seriesKey: string, limit: number) => slices.all(seriesKey, limit),
    ofStudy: (studyKey: string, limit: number) => ofStudy.all(studyKey, limit),
  };
}
export type SeriesStore = ReturnType<typeof seriesStore>;
