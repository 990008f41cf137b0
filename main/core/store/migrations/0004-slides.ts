import type { Migration } from '../database.ts';

/**
 * Whole slides: what their files say, where they hold tissue, which grids of tiles were laid and which of the tiles
 * belong to them; µm per pixel that people gave for a folder; and jobs of further kinds.
 */
export const slides: Migration = {
  version: 4,
  up: (db) => {
    db.exec(`
      create table slide (
        item_id         integer primary key references item (id) on delete cascade,
        vendor          text not null,
        mpp_x           real check (mpp_x > 0),
        mpp_y           real check (mpp_y > 0),
        -- 'user': given by a person, because the file does not state it.
        mpp_from        text check (mpp_from in ('file', 'user')),
        objective_power real,
        levels          text not null check (json_valid(levels)),
        -- One class per pixel (glass, tissue, ink), deflated; null until tissue was looked for.
        mask            blob,
        mask_width      integer,
        mask_height     integer,
        mask_threshold  real,
        check ((mpp_x is null) = (mpp_from is null)),
        check ((mask is null) = (mask_width is null))
      ) strict;

      -- µm per pixel of slides of a folder and below it that do not state it.
      create table mpp_rule (
        source_id integer not null references source (id) on delete cascade,
        folder    text not null,
        mpp       real not null check (mpp > 0),
        primary key (source_id, folder)
      ) strict, without rowid;

      create table slide_grid (
        id           integer primary key,
        item_id      integer not null references item (id) on delete cascade,
        model_id     integer not null references model (id),
        mpp          real not null check (mpp > 0),
        tile_px      integer not null check (tile_px > 0),
        budget       text not null check (json_valid(budget)),
        tissue_tiles integer not null,
        tiles        integer not null,
        pooling      text,
        state        text not null check (state in ('open', 'done')),
        at           text not null,
        unique (item_id, model_id, mpp)
      ) strict;

      create table tile (
        region_id integer primary key references region (id) on delete cascade,
        mpp       real not null check (mpp > 0),
        -- Variance of the Laplacian: what is out of focus has little.
        sharpness real not null
      ) strict;

      -- SQLite cannot change a check: the table is made anew. Its failures would go with it, so they wait outside.
      create temp table failure_kept as select * from failure;
      create table job_new (
        id         integer primary key,
        kind       text not null check (length(kind) > 0),
        title      text not null,
        state      text not null check (state in
                     ('running', 'paused', 'stopping', 'done', 'failed', 'cancelled', 'interrupted')),
        request    text not null check (json_valid(request)),
        progress   text not null check (json_valid(progress)),
        started_at text not null,
        ended_at   text
      ) strict;
      insert into job_new select id, kind, title, state, request, progress, started_at, ended_at from job;
      drop table job;
      alter table job_new rename to job;
      delete from failure;
      insert into failure select * from failure_kept;
      drop table failure_kept;
    `);
  },
};
