import type { Migration } from '../database.ts';

/** Which tables have said something of which items, so that a changed table can take back what it says no more. */
export const joinedTables: Migration = {
  version: 19,
  up: (db) => {
    db.exec(`
      create table joined_table (
        id     integer primary key,
        -- Keyed hash of where its file lies: a path may name a person.
        place  text not null unique check (length(place) > 0),
        -- Under which its values are stored; several tables may have the same.
        origin text not null
      ) strict;
      create table joined_item (
        table_id integer not null references joined_table (id) on delete cascade,
        item_id  integer not null references item (id) on delete cascade,
        primary key (table_id, item_id)
      ) strict, without rowid;
      create index joined_item_item on joined_item (item_id);
    `);
  },
};
