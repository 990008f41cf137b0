import type { Migration } from '../database.ts';

/** The first schema: what an archive holds, with room for what later issues add to it. */
export const house: Migration = {
  version: 1,
  up: (db) => {
    db.exec(`
      create table setting (name text primary key, value text not null) strict, without rowid;

      create table source (
        id       integer primary key,
        root     text not null unique,
        added_at text not null
      ) strict;

      -- What a person looks for. Its identity is the content: a file that is moved keeps its item.
      create table item (
        id          integer primary key,
        kind        text not null check (kind in ('image', 'dicom', 'slide')),
        sha256      text not null unique check (length(sha256) = 64),
        size_bytes  integer not null check (size_bytes > 0),
        width_px    integer not null check (width_px > 0),
        height_px   integer not null check (height_px > 0),
        frames      integer not null check (frames > 0),
        modality    text,
        body_part   text,
        stain       text,
        mpp         real check (mpp > 0),
        patient_key text,
        study_key   text,
        series_key  text,
        slide_key   text,
        thumb       text,
        notes       text not null default '[]' check (json_valid(notes)),
        added_at    text not null
      ) strict;
      create index item_modality on item (modality);
      create index item_patient on item (patient_key);
      create index item_study on item (study_key);
      create index item_series on item (series_key);

      create table file (
        id         integer primary key,
        source_id  integer not null references source (id) on delete cascade,
        path       text not null,
        size_bytes integer not null,
        mtime_ms   real not null,
        sha256     text check (length(sha256) = 64),
        state      text not null check (state in ('ok', 'missing', 'stale', 'failed', 'quarantined', 'skipped')),
        fault_code text,
        fault_details text check (fault_details is null or json_valid(fault_details)),
        -- The last import that met it: what a finished scan did not meet is missing.
        seen_job   integer,
        unique (source_id, path),
        check ((state in ('failed', 'quarantined', 'skipped')) = (fault_code is not null))
      ) strict;
      create index file_sha256 on file (sha256);
      create index file_state on file (state);

      create table item_file (
        file_id integer primary key references file (id) on delete cascade,
        item_id integer not null references item (id) on delete cascade
      ) strict;
      create index item_file_item on item_file (item_id);

      create table attribute (
        item_id integer not null references item (id) on delete cascade,
        name    text not null,
        text    text,
        number  real,
        unit    text,
        -- 'header' for allow-listed tags, else the joined table's name.
        origin  text not null default 'header',
        primary key (item_id, name, origin),
        check (text is not null or number is not null)
      ) strict, without rowid;
      create index attribute_text on attribute (name, text);
      create index attribute_number on attribute (name, number);

      create table region (
        id      integer primary key,
        item_id integer not null references item (id) on delete cascade,
        kind    text not null check (kind in ('whole', 'frame', 'tile', 'roi')),
        frame   integer not null default 0 check (frame >= 0),
        level   integer not null default 0 check (level >= 0),
        x real not null, y real not null, w real not null check (w > 0), h real not null check (h > 0),
        -- How the picture was made for the model, line by line, and the window that was used.
        preparation text not null default '[]' check (json_valid(preparation)),
        window_name text,
        unique (item_id, kind, frame, level, x, y, w, h, window_name)
      ) strict;

      create table model (
        id            integer primary key,
        bundle_id     text not null,
        -- Model files and preprocessing: vectors are comparable exactly when this is equal.
        identity      text not null unique,
        dimensions    integer not null check (dimensions > 0),
        preprocessing text not null,
        added_at      text not null
      ) strict;
      create table model_use (
        id       integer primary key,
        model_id integer not null references model (id),
        at       text not null
      ) strict;

      -- The truth: float32, L2-normalised, little-endian. The int8 copies in vec_N are derived from it.
      create table embedding (
        model_id  integer not null references model (id),
        region_id integer not null references region (id) on delete cascade,
        vector    blob not null,
        primary key (model_id, region_id)
      ) strict;
      create index embedding_region on embedding (region_id);

      create table job (
        id         integer primary key,
        kind       text not null check (kind in ('import', 'reembed', 'model-import', 'verify')),
        title      text not null,
        state      text not null check (state in
                     ('running', 'paused', 'stopping', 'done', 'failed', 'cancelled', 'interrupted')),
        request    text not null check (json_valid(request)),
        progress   text not null check (json_valid(progress)),
        started_at text not null,
        ended_at   text
      ) strict;

      create table failure (
        id      integer primary key,
        job_id  integer not null references job (id) on delete cascade,
        source_id integer not null references source (id) on delete cascade,
        path    text not null,
        state   text not null check (state in ('failed', 'quarantined', 'skipped')),
        code    text not null,
        details text not null default '{}' check (json_valid(details)),
        unique (job_id, source_id, path)
      ) strict;

      create table tag (
        item_id integer not null references item (id) on delete cascade,
        tag     text not null check (length(tag) between 1 and 80),
        primary key (tag, item_id)
      ) strict, without rowid;
      create index tag_item on tag (item_id);

      create table panel_run (
        id          integer primary key,
        panel       text not null check (json_valid(panel)),
        panel_hash  text not null,
        model_id    integer not null references model (id),
        summary     text not null check (json_valid(summary)),
        at          text not null
      ) strict;
      create table prediction (
        run_id  integer not null references panel_run (id) on delete cascade,
        item_id integer not null references item (id) on delete cascade,
        -- Index into the panel's labels of the best label, and its probability.
        label       integer not null,
        probability real not null,
        -- Scores of all labels in the panel's order, float32.
        scores  blob not null,
        abstain integer not null default 0 check (abstain in (0, 1)),
        primary key (run_id, item_id)
      ) strict, without rowid;
      create index prediction_item on prediction (item_id);
    `);
  },
};
