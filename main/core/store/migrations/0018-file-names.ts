import type { Migration } from '../database.ts';

/** The last part of a path, as an expression that an index can be on: what is left of it without its folder. */
export const FILE_NAME = `replace(path, rtrim(path, replace(path, '/', '')), '')`;

/** Files are found by name: tables of a person's name a hundred thousand of them, and each was looked for among all. */
export const fileNames: Migration = {
  version: 18,
  up: (db) => {
    db.exec(`create index file_name on file (${FILE_NAME} collate nocase)`);
  },
};
