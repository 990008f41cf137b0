import type { Migration } from '../database.ts';

/** A vocabulary that was removed is out of sight first, and freed when that can no longer be taken back. */
export const removedVocabularies: Migration = {
  version: 15,
  up: (db) => {
    db.exec('alter table vocabulary add column removed_at text');
  },
};
