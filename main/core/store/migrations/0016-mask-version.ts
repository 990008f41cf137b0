import type { Migration } from '../database.ts';

/** Tissue masks say how they were made; those of before say nothing and are made again when they are asked for. */
export const maskVersion: Migration = {
  version: 16,
  up: (db) => {
    db.exec('alter table slide add column mask_version integer');
  },
};
