/** What it takes to search by meaning and may not be there. */
export type Missing = 'model' | 'items';

export const missingWords: Readonly<Record<Missing, string>> = {
  model: 'Search by meaning needs a model',
  items: 'Import images first, then describe what you look for',
};
