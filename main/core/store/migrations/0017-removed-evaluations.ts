import type { Migration } from '../database.ts';

/** An evaluation that was removed is out of sight first, and deleted when that can no longer be taken back. */
export const removedEvaluations: Migration = {
  version: 17,
  up: (db) => {
    db.exec('alter table evaluation add column removed_at text');
  },
};
