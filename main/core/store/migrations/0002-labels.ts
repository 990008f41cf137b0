import type { Migration } from '../database.ts';

/** Panels that are kept in versions, decisions of people, and what is fitted to them. */
export const labels: Migration = {
  version: 2,
  up: (db) => {
    db.exec(`
      create table panel (
        id   integer primary key,
        name text not null unique collate nocase
      ) strict;
      create table panel_version (
        id           integer primary key,
        panel_id     integer not null references panel (id),
        number       integer not null check (number > 0),
        -- Of the content without the name, and of the part of it that scores depend on.
        hash         text not null check (length(hash) = 64),
        wording_hash text not null check (length(wording_hash) = 64),
        content      text not null check (json_valid(content)),
        reader       text not null,
        at           text not null,
        unique (panel_id, number),
        unique (panel_id, hash)
      ) strict;
      create trigger panel_version_frozen before update on panel_version
        begin select raise(abort, 'a panel version is never changed'); end;

      -- Vectors of a panel's labels under a model, so that its prompts are encoded once.
      create table label_vectors (
        model_id     integer not null references model (id),
        wording_hash text not null,
        vectors      blob not null,
        truncated    integer not null,
        primary key (model_id, wording_hash)
      ) strict;

      create table probe (
        id           integer primary key,
        panel_name   text not null collate nocase,
        model_id     integer not null references model (id),
        hash         text not null check (length(hash) = 64),
        labels       text not null check (json_valid(labels)),
        -- float32: label after label its weights, then the intercepts.
        weights      blob not null,
        report       text not null check (json_valid(report)),
        at           text not null
      ) strict;

      create table calibration (
        id           integer primary key,
        panel_name   text not null collate nocase,
        wording_hash text not null,
        model_id     integer not null references model (id),
        method       text not null check (method in ('temperature', 'vector', 'isotonic')),
        report       text not null check (json_valid(report)),
        threshold    real check (threshold between 0 and 1),
        at           text not null
      ) strict;
      create index calibration_panel on calibration (panel_name);
      create index calibration_wording on calibration (wording_hash, model_id);

      alter table panel_run add column wording_hash text;
      alter table panel_run add column calibration_id integer references calibration (id);
      -- How a stored score becomes a probability; null in runs of the first schema: softmax by the logit scale.
      alter table panel_run add column score_map text check (score_map is null or json_valid(score_map));

      create table review (
        id         integer primary key,
        item_id    integer not null references item (id) on delete cascade,
        panel_name text not null collate nocase,
        version    integer,
        run_id     integer references panel_run (id) on delete set null,
        verdict    text not null check (verdict in ('confirm', 'correct', 'reject', 'unsure', 'skip')),
        labels     text not null default '[]' check (json_valid(labels)),
        -- What was on the screen: ranked labels with probabilities, whether hidden, the calibration.
        shown      text not null check (json_valid(shown)),
        reader     text not null check (length(reader) between 1 and 60),
        took_ms    real,
        at         text not null,
        undone_at  text
      ) strict;
      create index review_panel on review (panel_name, item_id, reader);
      create index review_item on review (item_id);
      create index review_reader on review (reader, id);
    `);
  },
};
