import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { pickleInput, type PickleInput } from './pickle-input.ts';

/**
 * What a pickle may name: `module name` to the function that stands for it. Nothing else is looked up, and
 * nothing that a pickle names is ever run but these.
 */
export type Globals = ReadonlyMap<string, (args: readonly unknown[]) => unknown>;

export interface PickleOptions {
  /** For fault details. */
  readonly file: string;
  readonly globals: Globals;
  /** Answers a persistent id; torch names its storages so. */
  readonly persistent: (id: unknown) => unknown;
}

const MARK = Symbol('mark');

/** A global on the stack: a name that stands for a function of `Globals`, not the function itself. */
class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Reads one pickle with a machine that knows only what tensors need: numbers, text, tuples, lists, dictionaries,
 * and the given globals. Dictionaries become `Map`, tuples and lists arrays. The state of a BUILD is dropped:
 * an ordered dictionary's is only its attributes.
 *
 * @returns the value, and where in `bytes` the pickle ended.
 * @throws ArchiveError `checkpoint.refused` on any other opcode or global, named in the details;
 *   `checkpoint.broken` when the pickle is cut off or contradicts itself.
 * @see Lib/pickletools.py of CPython for the opcodes
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  options: PickleOptions,
): { readonly value: unknown; readonly end: number } {
  const input = pickleInput(bytes, start, options.file);
  const machine = pickleMachine(options);
  for (;;) {
    const opcode = input.uint8();
    if (opcode === STOP) return { value: machine.pop(), end: input.position() };
    const step = opcodes[opcode];
    if (!step) throw machine.refused(`opcode 0x${opcode.toString(16).padStart(2, '0')}`);
    step(machine, input);
  }
}

type Machine = ReturnType<typeof pickleMachine>;

function pickleMachine({ file, globals, persistent }: PickleOptions) {
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();

  const broken = (reason: string) => new ArchiveError('checkpoint.broken', { file, reason });
  const refused = (what: string) => new ArchiveError('checkpoint.refused', { file, what });
  const push = (value: unknown) => void stack.push(value);

  function top(): unknown {
    if (stack.length === 0 || stack.at(-1) === MARK) throw broken('pickle stack is empty');
    return stack.at(-1);
  }
  function pop(): unknown {
    const value = top();
    stack.length -= 1;
    return value;
  }
  function popToMark(): unknown[] {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw broken('pickle has no mark');
    const items = stack.slice(mark + 1);
    stack.length = mark;
    return items;
  }
  function popPair(): [unknown, unknown] {
    const second = pop();
    return [pop(), second];
  }

  return {
    refused,
    push,
    pop,
    popToMark,
    popPair,
    mark: () => push(MARK),
    /** The last `count` values, in the order in which they were pushed. */
    popTuple: (count: number) => Array.from({ length: count }, () => pop()).reverse(),
    append(items: readonly unknown[]) {
      const list = top();
      if (!Array.isArray(list)) throw broken('pickle appends to something that is no list');
      for (const item of items) list.push(item);
    },
    setItems(items: readonly unknown[]) {
      const map = top();
      if (!(map instanceof Map)) throw broken('pickle sets items of something that is no dictionary');
      if (items.length % 2 !== 0) throw broken('pickle has a key without a value');
      for (let index = 0; index < items.length; index += 2) map.set(items[index], items[index + 1]);
    },
    global(module: unknown, name: unknown) {
      const full = `${String(module)} ${String(name)}`;
      if (!globals.has(full)) throw refused(`global ${full}`);
      push(new Global(full));
    },
    reduce() {
      const [callee, args] = popPair();
      const known = callee instanceof Global ? globals.get(callee.name) : undefined;
      if (!known || !Array.isArray(args)) throw refused('a call of something that is no known global');
      push(known(args));
    },
    build() {
      pop();
      if (!(top() instanceof Map)) throw refused('state for something that is no dictionary');
    },
    // A storage type reaches `persistent` by its name, as text.
    persistentId: () => push(persistent(named(pop()))),
    keep: (key: number) => void memo.set(key, top()),
    keepNext: () => void memo.set(memo.size, top()),
    recall(key: number) {
      if (!memo.has(key)) throw broken('pickle recalls what it never kept');
      push(memo.get(key));
    },
  };
}

const named = (id: unknown): unknown =>
  Array.isArray(id) ? id.map((part: unknown) => (part instanceof Global ? part.name : part)) : id;

const STOP = 0x2e;

const opcodes: Readonly<Record<number, (machine: Machine, input: PickleInput) => void>> = {
  0x80: (machine, input) => {
    const protocol = input.uint8();
    if (protocol > 5) throw machine.refused(`pickle protocol ${protocol}`);
  },
  0x95: (_, input) => input.skip(8), // FRAME
  0x28: (machine) => machine.mark(),
  0x4e: (machine) => machine.push(null),
  0x88: (machine) => machine.push(true),
  0x89: (machine) => machine.push(false),
  0x4a: (machine, input) => machine.push(input.int32()), // BININT
  0x4b: (machine, input) => machine.push(input.uint8()), // BININT1
  0x4d: (machine, input) => machine.push(input.uint16()), // BININT2
  0x8a: (machine, input) => machine.push(input.long(input.uint8())), // LONG1
  0x47: (machine, input) => machine.push(input.float64()), // BINFLOAT
  0x58: (machine, input) => machine.push(input.text(input.uint32())), // BINUNICODE
  0x8c: (machine, input) => machine.push(input.text(input.uint8())), // SHORT_BINUNICODE
  0x54: (machine, input) => machine.push(input.text(input.uint32(), 'latin1')), // BINSTRING, of Python 2
  0x55: (machine, input) => machine.push(input.text(input.uint8(), 'latin1')), // SHORT_BINSTRING, of Python 2
  0x29: (machine) => machine.push([]), // EMPTY_TUPLE
  0x5d: (machine) => machine.push([]), // EMPTY_LIST
  0x7d: (machine) => machine.push(new Map()), // EMPTY_DICT
  0x74: (machine) => machine.push(machine.popToMark()), // TUPLE
  0x85: (machine) => machine.push(machine.popTuple(1)),
  0x86: (machine) => machine.push(machine.popTuple(2)),
  0x87: (machine) => machine.push(machine.popTuple(3)),
  0x61: (machine) => machine.append([machine.pop()]), // APPEND
  0x65: (machine) => machine.append(machine.popToMark()), // APPENDS
  0x73: (machine) => machine.setItems(machine.popPair()), // SETITEM
  0x75: (machine) => machine.setItems(machine.popToMark()), // SETITEMS
  0x63: (machine, input) => {
    const module = input.line(); // GLOBAL
    machine.global(module, input.line());
  },
  0x93: (machine) => machine.global(...machine.popPair()), // STACK_GLOBAL
  0x52: (machine) => machine.reduce(),
  0x62: (machine) => machine.build(),
  0x51: (machine) => machine.persistentId(), // BINPERSID
  0x71: (machine, input) => machine.keep(input.uint8()), // BINPUT
  0x72: (machine, input) => machine.keep(input.uint32()), // LONG_BINPUT
  0x94: (machine) => machine.keepNext(), // MEMOIZE
  0x68: (machine, input) => machine.recall(input.uint8()), // BINGET
  0x6a: (machine, input) => machine.recall(input.uint32()), // LONG_BINGET
};
