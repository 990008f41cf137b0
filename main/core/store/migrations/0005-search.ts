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

      create table attribute_words (
        id      integer primary key,
        item_id integer not null,
        name    text not null,
        origin  text not null,
        text    text not null,
        unique (item_id, name, origin)
      ) strict;
      create virtual table words using fts5 (
        text, content = 'attribute_words', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
      );
      create trigger attribute_words_added after insert on attribute_words begin
        insert into words (rowid, text) values (new.id, new.text);
      end;
      create trigger attribute_words_gone after delete on attribute_words begin
        insert into words (words, rowid, text) values ('delete', old.id, old.text);
      end;
      -- 'insert or replace' takes rows away without telling triggers, so the old words go here too.
      create trigger attribute_added after insert on attribute begin
        delete from attribute_words where item_id = new.item_id and name = new.name and origin = new.origin;
        insert into attribute_words (item_id, name, origin, text)
          select new.item_id, new.name, new.origin, new.text where new.text is not null;
      end;
      create trigger attribute_changed after update on attribute begin
        delete from attribute_words where item_id = old.item_id and name = old.name and origin = old.origin;
        insert into attribute_words (item_id, name, origin, text)
          select new.item_id, new.name, new.origin, new.text where new.text is not null;
      end;
      create trigger attribute_gone after delete on attribute begin
        delete from attribute_words where item_id = old.item_id and name = old.name and origin = old.origin;
      end;
      insert into attribute_words (item_id, name, origin, text)
        select item_id, name, origin, text from attribute where text is not null;
    `);
  },
};
