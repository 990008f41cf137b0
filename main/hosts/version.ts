import { createRequire } from 'node:module';

/** Of package.json, which lies two folders up in the checkout and when built. */
export const { version } = createRequire(import.meta.url)('../../package.json') as {
  readonly version: string;
};
