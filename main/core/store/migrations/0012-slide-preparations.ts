import type { Migration } from '../database.ts';

/**
 * Slides prepared in more ways than one: targets of stain normalisation, what each slide is stained like, weights of
 * attention pooling, and the spaces of vectors that come of them. Each way is a model of its own in `model`, so that
 * every comparison within a model stays within one way.
 */
export const slidePreparations: Migration = {
  version: 12,
  up: (db) => {
    db.exec(`
      -- Targets that slides of the user's are brought to; the published one is part of the program.
      create table stain_target (
        name        text primary key,
        profile     text not null check (json_valid(profile)),
        -- Content of the slide it was taken from, which may be gone.
        item_sha256 text not null,
        added_at    text not null
      ) strict, without rowid;

      -- The dyes of a slide as they were found by this method in this content.
      create table slide_stain (
        item_id integer not null references item (id) on delete cascade,
        method  text not null,
        sha256  text not null,
        profile text not null check (json_valid(profile)),
        primary key (item_id, method)
      ) strict, without rowid;

      create table slide_pooling (
        name       text primary key,
        dimensions integer not null check (dimensions > 0),
        hidden     integer not null check (hidden > 0),
        gated      integer not null check (gated in (0, 1)),
        -- float32, little-endian: V, its bias, U and its bias where it is gated, w.
        weights    blob not null,
        added_at   text not null
      ) strict, without rowid;

      create table model_variant (
        model_id integer primary key references model (id),
        base_id  integer not null references model (id),
        stain    text not null,
        pooling  text not null,
        unique (base_id, stain, pooling),
        -- The plain one is the model itself.
        check (stain <> 'none' or pooling <> 'contrast')
      ) strict;
    `);
  },
};
