import type { Migration } from '../database.ts';

/** What was done and can be taken back, over restarts. */
export const undo: Migration = {
  version: 14,
  up: (db) => {
    db.exec(`
      create table undo_step (
        id      integer primary key autoincrement,
        kind    text not null,
        -- What a person reads: 'tag 31 items with "margin"'.
        name    text not null,
        payload text not null check (json_valid(payload)),
        -- Steps that are undone come after those that are done, in the order in which they were done.
        state   text not null check (state in ('done', 'undone')),
        -- Items that it changed.
        items   integer not null default 0 check (items >= 0),
        at      text not null
      ) strict;
      create table undo_part (
        step_id  integer not null references undo_step (id) on delete cascade,
        part     integer not null,
        -- Their numbers, int32, little-endian.
        item_ids blob not null,
        primary key (step_id, part)
      ) strict, without rowid;
    `);
  },
};
