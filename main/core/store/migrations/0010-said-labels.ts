import type { Migration } from '../database.ts';

/**
 * Of runs of independent labels: every label that an item was said to have, since a prediction names only the best one.
 * Earlier runs keep to that.
 */
export const saidLabels: Migration = {
  version: 10,
  up: (db) => {
    db.exec(`
      -- 1: what an item was said to have stands in prediction_label.
      alter table panel_run add column independent integer not null default 0 check (independent in (0, 1));
      create table prediction_label (
        run_id  integer not null references panel_run (id) on delete cascade,
        -- Place among the labels that competed.
        label   integer not null,
        item_id integer not null references item (id) on delete cascade,
        primary key (run_id, label, item_id)
      ) strict, without rowid;
      create index prediction_label_item on prediction_label (item_id);
    `);
  },
};
