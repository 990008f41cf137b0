import { join } from 'node:path';
import { MessageChannelMain, utilityProcess, type WebContents } from 'electron';

/** The core built beside this file: `dist/electron` and `dist/core`. */
const CORE = join(import.meta.dirname, '../core/utility.js');
/** More endings than this within a minute are no accident, and starting again would only repeat them. */
const RESTARTS_PER_MINUTE = 3;

/** What the core answers the shell; the other half is in hosts/port-door.ts. */
interface FromCore {
  readonly kind: 'media';
  readonly id: number;
  readonly file: string | null;
}

/**
 * Runs the core in a process of its own, starts it again when it ends, and gives each window a channel straight
 * to it.
 *
 * @param onGivenUp - called once, when the core keeps ending.
 */
export function startCoreProcess(onGivenUp: (exitCode: number) => void) {
  const windows = new Set<WebContents>();
  const asked = new Map<number, (file: string | null) => void>();
  const endings: number[] = [];
  let lastId = 0;
  let stopping = false;
  let core = start();

  function start() {
    const process = utilityProcess.fork(CORE, [], { serviceName: 'vitrine-core' });
    process.on('message', ({ id, file }: FromCore) => {
      asked.get(id)?.(file);
      asked.delete(id);
    });
    process.once('exit', ended);
    return process;
  }

  function ended(exitCode: number): void {
    for (const answer of asked.values()) answer(null);
    asked.clear();
    if (stopping) return;
    const minuteAgo = Date.now() - 60_000;
    endings.push(Date.now());
    if (endings.filter((at) => at > minuteAgo).length > RESTARTS_PER_MINUTE) return onGivenUp(exitCode);
    core = start();
    for (const window of windows) hand(window);
  }

  function hand(window: WebContents): void {
    const { port1, port2 } = new MessageChannelMain();
    core.postMessage({ kind: 'connect' }, [port1]);
    window.postMessage('core-port', null, [port2]);
  }

  return {
    connect(window: WebContents): void {
      if (!windows.has(window)) window.once('destroyed', () => windows.delete(window));
      windows.add(window);
      hand(window);
    },
    /** Absolute path of a derived file by its media path, or null; the core knows which archive is open. */
    mediaFile: (path: string): Promise<string | null> =>
      new Promise((resolve) => {
        lastId += 1;
        asked.set(lastId, resolve);
        core.postMessage({ kind: 'media', id: lastId, path });
      }),
    /** Asks the core to end; it closes its archive and exits. */
    stop(): void {
      stopping = true;
      core.kill();
    },
  };
}
