import type { z } from 'zod';
import { abbreviationMethods } from './abbreviations.ts';
import { archiveMethods } from './archive.ts';
import { evaluationMethods } from './evaluations.ts';
import { fileMethods } from './files.ts';
import { calibrationMethods } from './calibrations.ts';
import { dicomMethods } from './dicom.ts';
import { historyMethods } from './history.ts';
import { itemMethods } from './items.ts';
import { jobMethods } from './jobs.ts';
import { judgingMethods } from './judgings.ts';
import { labelMethods } from './labels.ts';
import { learningMethods } from './learning.ts';
import { modelMethods } from './models.ts';
import { privacyMethods } from './privacy.ts';
import { openSlideMethods } from './openslide.ts';
import { panelMethods } from './panels.ts';
import { reportMethods } from './reports.ts';
import { reviewMethods } from './reviews.ts';
import { savedMethods } from './saved.ts';
import { searchMethods } from './search.ts';
import { slidePreparationMethods } from './slide-preparations.ts';
import { slideMethods } from './slides.ts';
import { stressMethods } from './stress.ts';
import { tableMethods } from './tables.ts';
import { undoMethods } from './undo.ts';
import { vocabularyMethods } from './vocabularies.ts';
import { wordingMethods } from './wordings.ts';

/** Every call that a door takes: what goes in, what comes out. Nothing else crosses. */
export const methods = {
  ...archiveMethods,
  ...jobMethods,
  ...itemMethods,
  ...searchMethods,
  ...wordingMethods,
  ...abbreviationMethods,
  ...evaluationMethods,
  ...stressMethods,
  ...learningMethods,
  ...judgingMethods,
  ...savedMethods,
  ...historyMethods,
  ...undoMethods,
  ...reportMethods,
  ...panelMethods,
  ...slideMethods,
  ...slidePreparationMethods,
  ...labelMethods,
  ...reviewMethods,
  ...calibrationMethods,
  ...modelMethods,
  ...privacyMethods,
  ...dicomMethods,
  ...tableMethods,
  ...vocabularyMethods,
  ...openSlideMethods,
  ...fileMethods,
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** Methods that only the command line may call: a window has no business with arbitrary paths. */
export const commandLineMethods: ReadonlySet<string> = new Set(Object.keys(fileMethods));

type Methods = typeof methods;
export type MethodName = keyof Methods;
/** What the caller writes: defaults may be left out. */
export type Input<M extends MethodName> = z.input<Methods[M]['input']>;
/** What the handler receives: defaults filled, ids branded. */
export type Request<M extends MethodName> = z.output<Methods[M]['input']>;
export type Output<M extends MethodName> = z.output<Methods[M]['output']>;
