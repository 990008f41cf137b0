import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';

/** What goes wrong or takes long, for people who look after the program. Codes and counts, never file names. */
export interface Log {
  info(what: string, facts?: LogFacts): void;
  warn(what: string, facts?: LogFacts): void;
  /** A defect: the stack is kept. */
  error(what: string, thrown: unknown): void;
}

export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** Facts that name a place or a person are dropped, whoever hands them in. */
const dropped: ReadonlySet<string> = new Set(['path', 'folder', 'file', 'name', 'text', 'query', 'patient']);

/**
 * The one logger.
 *
 * @param file - absolute path of the log file, made with its folder; null writes to standard error.
 */
export function createLog(file: string | null, level: 'info' | 'warn' = 'info'): Log {
  const destination = file ? destinationIn(file) : pino.destination(2);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const kept = (facts: LogFacts = {}) =>
    Object.fromEntries(Object.entries(facts).filter(([name]) => !dropped.has(name)));
  return {
    info: (what, facts) => logger.info(kept(facts), what),
    warn: (what, facts) => logger.warn(kept(facts), what),
    error: (what, thrown) => logger.error({ defect: stackOf(thrown) }, what),
  };
}

/** The file, or standard error where the folder cannot be written: that is no reason not to start. */
function destinationIn(file: string) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return pino.destination({ dest: file, sync: true });
  } catch {
    return pino.destination(2);
  }
}

/** The places in the program, without the message: a library may have put a path or a value into it. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = thrown.cause === undefined ? [] : ['caused by', stackOf(thrown.cause)];
  return [`${thrown.name}${isCoded(thrown) ? ` ${thrown.code}` : ''}`, ...frames, ...cause].join('\n');
}

const isCoded = (error: Error): error is Error & { readonly code: string } =>
  'code' in error && typeof error.code === 'string';
