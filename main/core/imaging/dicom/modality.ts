import { lookUp } from '../../domain/window-level.ts';
import { firstAnswer, frameScopes } from './functional-groups.ts';
import { lutOf } from './lookup-table.ts';
import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { number, text } from './values.ts';

/** Stored values to the units of the modality (PS3.3 C.11.1). */
export interface Modality {
  readonly slope: number;
  readonly intercept: number;
  /** True where slope or intercept, or a LUT, is in the file. */
  readonly stated: boolean;
  readonly isLut: boolean;
  /** Rescale Type, HU for instance. */
  readonly unit: string | undefined;
  readonly apply: (stored: number) => number;
}

/** The modality transform of a frame: its rescale, else the Modality LUT, else none. */
export function modalityOf(dataSet: DataSet, frame: number, signed: boolean): Modality {
  const scopes = frameScopes(dataSet, tags.pixelValueTransformationSequence, frame);
  const slope = firstAnswer(scopes, (scope) => number(scope, tags.rescaleSlope, 'text'));
  const intercept = firstAnswer(scopes, (scope) => number(scope, tags.rescaleIntercept, 'text'));
  const unit = firstAnswer(scopes, (scope) => text(scope, tags.rescaleType));
  const lut = lutOf(dataSet, tags.modalityLutSequence, signed);
  if (lut)
    return { slope: 1, intercept: 0, stated: true, isLut: true, unit, apply: (value) => lookUp(lut, value) };
  // A slope of zero would make every value the same; it is a writer's way of leaving the field empty.
  const m = slope || 1;
  const b = intercept ?? 0;
  const stated = slope !== undefined || intercept !== undefined;
  return { slope: m, intercept: b, stated, isLut: false, unit, apply: (value) => value * m + b };
}
