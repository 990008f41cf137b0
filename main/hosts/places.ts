import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** Where the program finds what it came with, and where it keeps what is the user's. Absolute paths. */
export interface Places {
  /** The built renderer. */
  readonly renderer: string;
  /** Model bundles that come with the program. */
  readonly shippedModels: string;
  /** Pictures of the demo archive. */
  readonly demoPictures: string;
  /** Settings, the demo archive, the list of archives; never the user's originals. */
  readonly data: string;
  /** Model bundles that the user imported. */
  readonly importedModels: string;
}

/** `main/hosts` in the checkout and `dist/core` when built lie equally deep. */
const program = join(import.meta.dirname, '../..');

/**
 * `VITRINE_DATA` replaces the folder of user data, `VITRINE_MODELS` that of imported models; both may be relative
 * to the working directory.
 */
export function placesOf(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Places {
  // Native code cannot read inside app.asar: what it must read is packed beside it, in the resources folder.
  const packed = program.endsWith('.asar');
  const beside = packed ? dirname(program) : program;
  const data = given(environment['VITRINE_DATA']) ?? userFolder(environment, platform);
  return {
    renderer: join(program, 'dist/renderer'),
    shippedModels: join(beside, 'models'),
    demoPictures: join(beside, packed ? 'demo' : 'main/core/ingest/demo'),
    data,
    importedModels: given(environment['VITRINE_MODELS']) ?? join(data, 'models'),
  };
}

/** The program's log: codes, counts and stacks, nothing of the user's files. */
export const logFileIn = ({ data }: Places): string => join(data, 'logs/vitrine.log');

function given(value: string | undefined): string | undefined {
  return value ? resolve(value) : undefined;
}

/** The folder each platform keeps for the data of a program. On Linux by the XDG base directory specification. */
function userFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library/Application Support/Vitrine');
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Vitrine');
  const xdg = environment['XDG_DATA_HOME'];
  // The specification has relative paths ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local/share'), 'vitrine');
}
