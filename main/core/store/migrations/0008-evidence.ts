import type { Migration } from '../database.ts';

/** What searches can be judged by: vectors of report texts, evaluations that were run, and hits that people judged. */
export const evidence: Migration = {
  version: 8,
  up: (db) => {
    db.exec(`
      -- A report in passages that the model reads whole, one vector each; float32, L2-normalised, little-endian.
      create table report_vector (
        model_id  integer not null references model (id),
        report_id integer not null references report (id) on delete cascade,
        part      integer not null check (part >= 0),
        -- Where the passage stands in the text, in UTF-16 units.
        start     integer not null check (start >= 0),
        length    integer not null check (length > 0),
        -- Words of it that did not fit the model.
        truncated integer not null check (truncated >= 0),
        vector    blob not null,
        primary key (model_id, report_id, part)
      ) strict;
      create index report_vector_report on report_vector (report_id);
      create trigger report_vectors_follow after update of text on report when old.text <> new.text begin
        delete from report_vector where report_id = new.id;
      end;

      create table evaluation (
        id         integer primary key,
        kind       text not null check (kind in ('captions', 'truth', 'stress')),
        name       text not null,
        -- Of what was asked and what was right; equal exactly when two evaluations ask the same.
        truth_hash text not null check (length(truth_hash) = 64),
        model_id   integer not null references model (id),
        generation integer not null,
        settings   text not null check (json_valid(settings)),
        figures    text not null check (json_valid(figures)),
        -- Value by value of every query, so that two evaluations can be compared in pairs.
        queries    text not null check (json_valid(queries)),
        at         text not null
      ) strict;

      -- A sample of the hits of a query, drawn to be judged.
      create table judging (
        id         integer primary key,
        query_hash text not null check (length(query_hash) = 64),
        model_id   integer not null references model (id),
        query      text not null check (json_valid(query)),
        formula    text not null,
        generation integer not null,
        -- Bands of places that were sampled apart, from the first hit to the deepest.
        bands      text not null check (json_valid(bands)),
        at         text not null
      ) strict;
      create index judging_query on judging (query_hash, model_id);
      create table judging_item (
        judging_id integer not null references judging (id) on delete cascade,
        item_id    integer not null references item (id) on delete cascade,
        -- In which order it is shown, and its place among the hits, from 1.
        shown      integer not null,
        place      integer not null check (place > 0),
        band       integer not null check (band >= 0),
        similarity real not null,
        lift       real not null,
        primary key (judging_id, item_id)
      ) strict, without rowid;
      create index judging_item_item on judging_item (item_id);
      create table judgement (
        id         integer primary key,
        judging_id integer not null,
        item_id    integer not null,
        verdict    text not null check (verdict in ('yes', 'no', 'skip')),
        reader     text not null,
        at         text not null,
        undone_at  text,
        foreign key (judging_id, item_id) references judging_item (judging_id, item_id) on delete cascade
      ) strict;
      create index judgement_judging on judgement (judging_id, item_id);
    `);
  },
};
