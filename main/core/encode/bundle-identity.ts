import { createHash } from 'node:crypto';

import type { BundleManifest } from './bundle.ts';

/**
 * Names the vector space of a bundle: two bundles whose vectors may be compared have the same identity.
 *
 * It covers the weights (the files of the fp32 precision, or of the first there is), the tokenizer and the
 * preprocessing. It does not cover the precision: fp16 and int8 approximate the same vectors within the parity that
 * the manifest records, so an archive made on one machine can be searched on another.
 *
 * @returns SHA-256, lower-case hex.
 */
export function bundleIdentity(manifest: BundleManifest): string {
  const { precisions, preprocessing, tokenizer, dimensions } = manifest;
  const files = precisions.fp32 ?? precisions.fp16 ?? precisions.int8;
  const content = {
    policy: 'vector space 1: any precision',
    graphs: files ? [files.image, files.text, ...files.data].map(({ sha256 }) => sha256) : [],
    tokenizer: [
      tokenizer.kind,
      tokenizer.clean,
      tokenizer.contextLength,
      tokenizer.padId,
      ...tokenizer.files.map(({ sha256 }) => sha256),
    ],
    preprocessing: [
      preprocessing.version,
      preprocessing.sizePx,
      preprocessing.resize,
      preprocessing.interpolation,
      preprocessing.cropRounding,
      ...preprocessing.mean,
      ...preprocessing.std,
    ],
    dimensions,
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
