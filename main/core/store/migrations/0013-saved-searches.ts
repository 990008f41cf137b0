import type { Migration } from '../database.ts';

/** Searches that are kept, with what they found on a day. Items are known by their content, whatever becomes of their number. */
export const savedSearches: Migration = {
  version: 13,
  up: (db) => {
    db.exec(`
      create table saved_search (
        id         integer primary key,
        name       text not null check (length(name) between 1 and 120),
        -- What search.run takes, with items by content and regions by place.
        rules      text not null check (json_valid(rules)),
        saved_at   text not null,
        -- Out of sight, until the step that can take it back is dropped.
        removed_at text
      ) strict;
      create unique index saved_search_name on saved_search (name collate nocase) where removed_at is null;

      -- Pictures that are part of a query: what is needed to ask again, and no pixels of them.
      create table saved_picture (
        search_id integer not null references saved_search (id) on delete cascade,
        sha256    text not null check (length(sha256) = 64),
        model_id  integer not null references model (id),
        vector    blob not null,
        -- A derived picture, where the identity check cleared it.
        thumb     text,
        -- Content hashes of items that a learned direction leaves out.
        own_items text not null check (json_valid(own_items)),
        primary key (search_id, sha256, model_id)
      ) strict;

      create table saved_result (
        id          integer primary key,
        search_id   integer not null references saved_search (id) on delete cascade,
        model_id    integer not null references model (id),
        at          text not null,
        generation  integer not null,
        -- Regions with higher numbers came later.
        last_region integer not null,
        dictionary  text not null,
        formula     text not null,
        -- Of the query, float32, unit length: what an item scored then can be computed again.
        vector      blob not null,
        total       integer not null,
        stand_out   integer not null,
        line        real not null,
        drawn       text not null check (drawn in ('by-words', 'plain', 'asked')),
        median      real not null,
        spread      real not null
      ) strict;
      create index saved_result_search on saved_result (search_id);
      create table saved_hit (
        result_id  integer not null references saved_result (id) on delete cascade,
        -- From 0; the first stand_out of them stood out.
        place      integer not null check (place >= 0),
        sha256     text not null check (length(sha256) = 64),
        item_id    integer references item (id) on delete set null,
        similarity real not null,
        lift       real not null,
        primary key (result_id, place)
      ) strict, without rowid;
      create index saved_hit_item on saved_hit (item_id);

      -- Queries as they were asked, newest last; bounded, and only where the archive's history is on.
      create table query_log (
        id        integer primary key,
        at        text not null,
        rules     text not null check (json_valid(rules)),
        formula   text not null,
        model_id  integer not null references model (id),
        total     integer not null,
        stand_out integer not null
      ) strict;
    `);
  },
};
