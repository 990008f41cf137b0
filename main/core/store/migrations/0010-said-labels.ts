import type { Migration } from '../database.ts';

/**
 * Of runs of independent labels: every label that an item was said to have, since a prediction names only the best one.
 * Earlier runs keep to that.
 */
export const saidLabels: Migration = {
  version: 10,
  up: (db) => {
    // A byte per label, its place among those that competed; null where only the best one counts. Rows of their own
    // would be a million for a hundred thousand items, and take longer to write than the run takes otherwise.
    db.exec('alter table prediction add column said blob');
  },
};
