import type { Migration } from '../database.ts';

/** What search keeps beside the vectors: which of them changed, and the words of attributes for full text search. */
export const search: Migration = {
  version: 5,
  up: (db) => {
    db.exec(`
      -- One row for every vector that came, went or changed, so that a copy in memory can follow.
      create table vector_change (
        seq       integer primary key autoincrement,
        model_id  integer not null,
        region_id integer not null
      ) strict;
      create trigger embedding_added after insert on embedding begin
        insert into vector_change (model_id, region_id) values (new.model_id, new.region_id);
      end;
      create trigger embedding_changed after update on embedding begin
        insert into vector_change (model_id, region_id) values (new.model_id, new.region_id);
      end;
      create trigger embedding_gone after delete on embedding begin
        insert into vector_change (model_id, region_id) values (old.model_id, old.region_id);
      end;

      -- The one matrix file of a model that may be used: it has everything up to seq, and this token.
      create table matrix_file (
        model_id integer primary key references model (id) on delete cascade,
        seq      integer not null,
        token    text not null
      ) strict;

      -- What a model makes of the neutral descriptions, float32 row after row; another version of them is made again.
      create table neutral_vectors (
        model_id integer primary key references model (id) on delete cascade,
        version  integer not null,
        vectors  blob not null
      ) strict;

      -- Words of attributes, captions and reports; "part" says of which.
      create table item_words (
        id      integer primary key,
        item_id integer not null,
        part    text not null,
        origin  text not null,
        text    text not null,
        unique (item_id, part, origin)
      ) strict;
      create virtual table words using fts5 (
        text, content = 'item_words', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
      );
      create trigger item_words_added after insert on item_words begin
        insert into words (rowid, text) values (new.id, new.text);
      end;
      create trigger item_words_gone after delete on item_words begin
        insert into words (words, rowid, text) values ('delete', old.id, old.text);
      end;
      ${following('attribute', 'name')}
      ${following('report', 'kind')}
      insert into item_words (item_id, part, origin, text)
        select item_id, 'attribute:' || name, origin, text from attribute where text is not null;
      insert into item_words (item_id, part, origin, text)
        select item_id, 'report:' || kind, origin, text from report;
    `);
  },
};

/**
 * Triggers that keep the words of a table's texts. 'insert or replace' takes rows away without telling triggers, so an
 * insert drops the old words itself.
 */
function following(table: 'attribute' | 'report', column: 'name' | 'kind'): string {
  const drop = (row: 'old' | 'new') =>
    `delete from item_words
       where item_id = ${row}.item_id and part = '${table}:' || ${row}.${column} and origin = ${row}.origin;`;
  const add = `insert into item_words (item_id, part, origin, text)
      select new.item_id, '${table}:' || new.${column}, new.origin, new.text where new.text is not null;`;
  return `
      create trigger ${table}_words_added after insert on ${table} begin ${drop('new')} ${add} end;
      create trigger ${table}_words_changed after update on ${table} begin ${drop('old')} ${add} end;
      create trigger ${table}_words_gone after delete on ${table} begin ${drop('old')} end;`;
}
