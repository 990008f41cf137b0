import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { BundleManifest, Precision } from './bundle.ts';

/** fp32 when the bundle has it. @throws ArchiveError `model.precision` when it has none at all. */
export function fullPrecision({ id, precisions }: BundleManifest): Precision {
  const found = (['fp32', 'fp16', 'int8'] as const).find((one) => precisions[one]);
  if (!found) throw new ArchiveError('model.precision', { model: id });
  return found;
}

/**
 * Whether pictures may run together. Not in int8: the graph scales its inner values by the largest of the whole batch,
 * so a picture's vector would depend a little on its neighbours.
 */
export const runsTogether = (precision: Precision): boolean => precision !== 'int8';

/** Whether the bundle has this precision and it reproduced its reference numbers. */
export function isProven({ precisions }: BundleManifest, precision: Precision): boolean {
  return precisions[precision]?.parity?.passed === true;
}

/**
 * Checks a precision that was asked for by name.
 *
 * @throws ArchiveError `model.precision` when the bundle has no such file or it failed its check.
 */
export function requirePrecision({ id, precisions }: BundleManifest, precision: Precision): Precision {
  const files = precisions[precision];
  if (!files)
    throw new ArchiveError('model.precision', { model: id, precision, reason: 'not in the bundle' });
  if (files.parity?.passed === false) {
    throw new ArchiveError('model.precision', { model: id, precision, reason: 'did not pass its check' });
  }
  return precision;
}
