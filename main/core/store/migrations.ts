import type { Migration } from './database.ts';
import { house } from './migrations/0001-house.ts';
import { labels } from './migrations/0002-labels.ts';
import { privacy } from './migrations/0003-privacy.ts';
import { slides } from './migrations/0004-slides.ts';
import { search } from './migrations/0005-search.ts';
import { vocabularies } from './migrations/0006-vocabularies.ts';
import { evidence } from './migrations/0008-evidence.ts';
import { saidLabels } from './migrations/0010-said-labels.ts';
import { abbreviations } from './migrations/0011-abbreviations.ts';
import { slidePreparations } from './migrations/0012-slide-preparations.ts';
import { savedSearches } from './migrations/0013-saved-searches.ts';
import { undo } from './migrations/0014-undo.ts';
import { removedVocabularies } from './migrations/0015-removed-vocabularies.ts';
import { maskVersion } from './migrations/0016-mask-version.ts';
import { removedEvaluations } from './migrations/0017-removed-evaluations.ts';
import { fileNames } from './migrations/0018-file-names.ts';
import { joinedTables } from './migrations/0019-joined-tables.ts';

/** In order; a migration that has been released is never changed, only followed. */
export const migrations: readonly Migration[] = [
  house,
  labels,
  privacy,
  slides,
  search,
  vocabularies,
  evidence,
  saidLabels,
  abbreviations,
  slidePreparations,
  savedSearches,
  undo,
  removedVocabularies,
  maskVersion,
  removedEvaluations,
  fileNames,
  joinedTables,
];
