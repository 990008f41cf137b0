import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether processes can be watched here: strace is installed and may trace. */
export const canWatchNetwork = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/**
 * Starts a program under strace, which sees every system call of it and its children: nothing that is native,
 * short-lived or refused escapes, as it would a guard inside or a look at the open sockets now and then.
 */
export function spawnWatched(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-watch-'));
  const log = join(folder, 'calls');
  const calls = 'trace=connect,sendto,sendmsg,sendmmsg';
  const child = spawn('strace', ['-f', '-qq', '--seccomp-bpf', '-e', calls, '-o', log, command, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return {
    child,
    /** The program itself; a signal to strace would only end the watching. */
    programId: (): number =>
      Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()),
    /** To be asked once, when the program has ended: whom it tried to reach beyond this machine. */
    contacts(): string[] {
      const lines = readFileSync(log, 'utf8').split('\n');
      rmSync(folder, { recursive: true });
      return lines.flatMap(addressesOf).filter((address) => !isThisMachine(address));
    },
  };
}

/** Addresses in a line of strace's: `inet_addr("192.0.2.1")`, `inet_pton(AF_INET6, "2001:db8::1", …)`. */
function addressesOf(line: string): string[] {
  return [...line.matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)].map(
    ([, four, six]) => four ?? six ?? '',
  );
}

const isThisMachine = (address: string): boolean => /^127\.|^::1$|^::ffff:127\./.test(address);
