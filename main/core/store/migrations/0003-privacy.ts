import type { Migration } from '../database.ts';

/** Why files are held back, what was decided about them, the chained log of such decisions, and report texts. */
export const privacy: Migration = {
  version: 3,
  up: (db) => {
    db.exec(`
      -- One row per file that is held back. Codes of rules, never values.
      create table quarantine (
        file_id  integer primary key references file (id) on delete cascade,
        verdict  text not null check (verdict in ('review', 'block')),
        findings text not null check (json_valid(findings)),
        left_out integer not null default 0 check (left_out in (0, 1)),
        found_at text not null
      ) strict;
      -- Archives of version 1 held files by one rule alone.
      insert into quarantine (file_id, verdict, findings, found_at)
        select id, 'block', '[{"code":"burned-in","verdict":"block"}]', '' from file where state = 'quarantined';

      -- By content, so that a decision holds for every copy and after a file was renamed.
      create table identity_decision (
        content_key text primary key,
        decision    text not null check (decision in ('released', 'left-out')),
        reason      text not null check (length(trim(reason)) > 0),
        at          text not null
      ) strict, without rowid;

      -- Each entry's hash covers the one before it: what was altered or taken out shows.
      create table audit (
        id       integer primary key,
        at       text not null,
        action   text not null,
        details  text not null check (json_valid(details)),
        previous text not null,
        hash     text not null unique
      ) strict;
      create trigger audit_is_not_changed before update on audit
        begin select raise(abort, 'the audit log is only added to'); end;
      create trigger audit_is_not_shortened before delete on audit
        begin select raise(abort, 'the audit log is only added to'); end;

      -- Captions and report texts that came with a table; none that names somebody.
      create table report (
        id      integer primary key,
        item_id integer not null references item (id) on delete cascade,
        kind    text not null check (kind in ('caption', 'report')),
        -- The table it came from.
        origin  text not null,
        text    text not null check (length(text) > 0),
        unique (item_id, kind, origin)
      ) strict;
    `);
  },
};
