import { type Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { createCore, type Core } from '../../core/core.ts';
import { ArchiveError, faultOf, unwrap, type Fault } from '../../../preload/contract/faults.ts';
import type { Input, MethodName, Output } from '../../../preload/contract/methods.ts';
import { createDispatcher } from '../dispatch.ts';
import { logFileIn, placesOf } from '../places.ts';
import { version } from '../version.ts';

/** What a command answers: one JSON document, or the same for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** 1 where the answer itself says that something is wrong, such as a chain that does not hold; 0 by default. */
  readonly exitCode?: 0 | 1;
}

/** What a command works with. Everything goes through the dispatcher, like the calls of a window. */
export interface CommandContext {
  readonly core: Core;
  /** Ends with the first Ctrl+C. */
  readonly signal: AbortSignal;
  /** @throws ArchiveError the fault that the core answered. */
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  /** A line for people, on standard error. */
  note(line: string): void;
}

interface CommonOptions {
  readonly archive?: string;
  readonly json?: boolean;
  readonly models?: string;
  readonly device?: string;
}

/** How a command uses an archive: not at all, an existing one, or one that it may make. */
type ArchiveUse = 'none' | 'open' | 'create' | 'optional';

/**
 * Gives a command its common options and its work.
 *
 * Exit code 0: done. 1: a fault, printed as `{"fault": …}` with `--json`. 2: wrong usage, by the parser.
 */
export function define<Options extends object>(
  command: Command,
  archive: ArchiveUse,
  work: (context: CommandContext, options: Options, ...args: string[][]) => Promise<Answer>,
): void {
  if (archive !== 'none') {
    const option = new Option('--archive <folder>', 'the archive (Name.vitrine)');
    if (archive !== 'optional') option.makeOptionMandatory();
    command.addOption(option);
  }
  command
    .option('--json', 'print one JSON document')
    .option('--models <folder>', 'where imported models lie')
    .option('--device <name>', 'cuda, coreml, dml, webgpu or cpu')
    .action(async (...given: unknown[]) => {
      given.pop(); // The command itself.
      const options = given.pop() as Options & CommonOptions;
      const args = given.map((one) =>
        Array.isArray(one) ? one.map(String) : one === undefined ? [] : [String(one)],
      );
      process.exitCode = await perform(options, (context) => work(context, options, ...args), archive);
    });
}

async function perform(
  options: CommonOptions,
  work: (context: CommandContext) => Promise<Answer>,
  archive: ArchiveUse,
): Promise<number> {
  const places = placesOf(process.env);
  const core = createCore({
    version,
    ...places,
    ...(options.models === undefined ? {} : { importedModels: resolve(options.models) }),
    ...(options.device === undefined ? {} : { device: options.device }),
    logFile: logFileIn(places),
  });
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const defects: unknown[] = [];
  const caller = createDispatcher(
    core.handlers,
    (method, thrown) => {
      defects.push(thrown);
      core.logDefect(method, thrown);
    },
    'command-line',
  ).caller();
  abort.signal.addEventListener('abort', () => caller.close());
  let calls = 0;

  try {
    const context: CommandContext = {
      core,
      signal: abort.signal,
      call: async (method, input) => {
        calls += 1;
        const reply = await caller.call({ callId: String(calls), method, input });
        return unwrap(reply) as Output<typeof method>;
      },
      note: (line) => console.error(line),
    };
    if (options.archive !== undefined && archive !== 'none') {
      if (archive === 'create') await core.openOrCreate(options.archive);
      else await context.call('archive.open', { path: options.archive });
    }
    const { json, text, exitCode = 0 } = await work(context);
    if (options.json) console.log(JSON.stringify(json));
    else if (text !== '') console.log(text);
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) {
      // What an argument must be hangs on the options, so the parser could not tell.
      console.error(`error: ${thrown.message}`);
      return 2;
    }
    if (!(thrown instanceof ArchiveError)) defects.push(thrown);
    printFault(faultOf(thrown), options.json === true);
    for (const defect of defects) console.error(defect instanceof Error ? defect.stack : defect);
    return 1;
  } finally {
    await core.close();
  }
}

function printFault(fault: Fault, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ fault }));
    return;
  }
  console.error(`${fault.message} (${fault.code})`);
  for (const [name, value] of Object.entries(fault.details)) console.error(`  ${name}: ${value}`);
}

/** A whole number of at least `least`, and at most `most` where there is one, as an option's parser. */
export const wholeNumber =
  (least: number, most = Infinity) =>
  (text: string): number => {
    const value = Number(text);
    const expected = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number ${expected}`);
    return value;
  };

/** The number of an item, an evaluation and whatever else is listed with one, as a parser. */
export const listed = wholeNumber(1);

/** Several of them, as the parser of an argument or option that may be given again. */
export const listedSome = (text: string, before: readonly number[] = []): number[] => [
  ...before,
  listed(text),
];

/** Any finite number, as an option's parser. */
export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** An option that may be given several times. */
export const repeated = (value: string, before: readonly string[] = []): string[] => [...before, value];
