import { existsSync } from 'node:fs';

import { loadError } from './shared-library.ts';

/** What the choice of a device depends on outside of this program; tests put another machine in its place. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly exists: (path: string) => boolean;
  /** Why a shared library cannot be loaded, in the system's words; null when it can. */
  readonly loadError: (library: string) => string | null;
}

export const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  exists: existsSync,
  loadError,
};
