import './environment.ts';
import { createCore } from '../core/core.ts';
import { logFileIn, placesOf } from './places.ts';
import { servePorts, type ShellPort } from './port-door.ts';
import { version } from './version.ts';

// The core in the process of its own that the desktop shell forks.

const { parentPort } = process as unknown as { readonly parentPort?: ShellPort };
if (!parentPort) throw new Error('this file runs as a utility process of Electron');

const places = placesOf(process.env);
const core = createCore({ version, ...places, logFile: logFileIn(places) });
servePorts(parentPort, core, core.logDefect);
process.once('SIGTERM', () => void core.close().finally(() => process.exit(0)));
await core.openLastOrDemo();
