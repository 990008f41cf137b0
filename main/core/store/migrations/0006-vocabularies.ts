import type { Migration } from '../database.ts';

/** Vocabularies that people bring: concepts with their terms, found by the words that the terms begin with. */
export const vocabularies: Migration = {
  version: 6,
  up: (db) => {
    db.exec(`
      -- 'reading': not complete yet; 'leaving': being taken away, in turns. Neither is seen by anybody.
      create table vocabulary (
        id       integer primary key,
        system   text not null check (length(system) between 1 and 60),
        file     text not null,
        state    text not null check (state in ('reading', 'ready', 'leaving')),
        concepts integer not null default 0,
        terms    integer not null default 0,
        at       text not null
      ) strict;
      create unique index vocabulary_ready on vocabulary (system collate nocase) where state = 'ready';

      create table concept (
        id            integer primary key,
        vocabulary_id integer not null references vocabulary (id),
        code          text not null check (length(code) between 1 and 60),
        -- The best of its terms; empty while the vocabulary is read.
        display       text not null default '',
        unique (vocabulary_id, code)
      ) strict;
      create index concept_vocabulary on concept (vocabulary_id);

      create table concept_term (
        id         integer primary key,
        concept_id integer not null references concept (id),
        -- Which of the concept's terms: the release's own id, or the term itself.
        key        text not null,
        -- Of a release with history: since when. The newest row of a key counts.
        effective  text not null,
        -- Lower is the better display.
        rank       integer not null,
        -- Null: withdrawn by the newest row; such rows go when the vocabulary is complete.
        text       text,
        unique (concept_id, key)
      ) strict;

      create virtual table concept_words using fts5 (
        text, content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2"
      );
      -- A vocabulary goes as a whole: merging what is left of it half-way would only cost time.
      insert into concept_words (concept_words, rank) values ('deletemerge', 0);
    `);
  },
};
