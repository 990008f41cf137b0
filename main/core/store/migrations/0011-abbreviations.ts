import type { Migration } from '../database.ts';

/** Changes that people make to the list of abbreviations: each a row, so that every former version can be told. */
export const abbreviations: Migration = {
  version: 11,
  up: (db) => {
    db.exec(`
      create table abbreviation_change (
        id       integer primary key,
        -- Changes of one revision were made together.
        revision integer not null check (revision > 0),
        short    text not null check (length(short) between 1 and 20),
        -- JSON as in the contract; null: as in the list that the program brings.
        entry    text check (entry is null or json_valid(entry)),
        at       text not null,
        unique (revision, short)
      ) strict;
    `);
  },
};
