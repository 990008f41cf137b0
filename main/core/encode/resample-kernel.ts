/**
 * The inner loops of the resampler as a WebAssembly module of three small functions, put together here byte by
 * byte: four samples at a time, three to four times as fast as the same loops in JavaScript, and the same
 * integers. Addresses are offsets into the module's memory.
 *
 * @see WebAssembly core specification 2.0, section 5 (binary format), section 6.5.8 (vector instructions).
 */

// Node has it; only the browser's type library declares it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Weights are fixed-point: 2^22 is one. */
export const FRACTION_BITS = 22;

export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  /**
   * One row of outputs. The table holds three addresses per output: its first pixel, its first weight, and the
   * end of its weights. `step` is the number of bytes per pixel, in the input and in the output.
   */
  row(table: number, tableEnd: number, step: number, out: number): void;
  /** One row of outputs from whole rows of `step` bytes: bytes `from` to `end` of the first row that is read. */
  column(from: number, end: number, weights: number, weightsEnd: number, step: number, out: number): void;
}

type Code = readonly (number | Code)[];

const I32 = 0x7f;
const V128 = 0x7b;

/** A number as the format writes it: seven bits a byte, lowest first; signed in instructions. */
function leb(value: number, signed = false): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = signed ? rest === 0 && low < 0x40 : rest === 0;
  return last ? [low] : [low | 0x80, ...leb(rest, signed)];
}

const flat = (code: Code): number[] =>
  code.flatMap((part) => (typeof part === 'number' ? [part] : flat(part)));
const vector = (items: readonly Code[]): Code => [leb(items.length), ...items];
const section = (id: number, items: readonly Code[]): Code => {
  const bytes = flat(vector(items));
  return [id, leb(bytes.length), bytes];
};

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const i32 = (value: number): Code => [0x41, leb(value, true)];
const advance = (local: number, by: Code): Code => [get(local), by, 0x6a, set(local)];
const call = (index: number): Code => [0x10, index];
const load = (offset: number): Code => [0x28, 2, offset];
const simd = (opcode: number, ...rest: number[]): Code => [0xfd, leb(opcode), rest];
/** Runs the body at least once, and again while `local` is below `end`. */
const repeatUntil = (local: number, end: number, body: Code): Code => [
  [0x03, 0x40, body],
  [get(local), get(end), 0x49, 0x0d, 0],
  0x0b,
];

/** (pixel, weight, weightsEnd, step, out): four neighbouring sums of weighted bytes, rounded and cut to bytes. */
const dot: Code = (() => {
  const [pixel, weight, end, step, out, sums] = [0, 1, 2, 3, 4, 5];
  return [
    [i32(1 << (FRACTION_BITS - 1)), simd(0x11), set(sums)], // i32x4.splat: half of one, to round
    repeatUntil(weight, end, [
      [get(pixel), simd(0x5c, 0, 0)], // v128.load32_zero
      [simd(0x89), simd(0xa9)], // i16x8.extend_low_i8x16_u, i32x4.extend_low_i16x8_u
      [get(weight), simd(0x09, 2, 0), simd(0xb5)], // v128.load32_splat, i32x4.mul
      [get(sums), simd(0xae), set(sums)], // i32x4.add
      advance(pixel, get(step)),
      advance(weight, i32(4)),
    ]),
    [get(out), get(sums), i32(FRACTION_BITS), simd(0xac), set(sums)], // i32x4.shr_s
    [get(sums), get(sums), simd(0x85), set(sums)], // i16x8.narrow_i32x4_s
    [get(sums), get(sums), simd(0x66)], // i8x16.narrow_i16x8_u, which cuts to 0..255
    simd(0x5a, 0, 0, 0), // v128.store32_lane 0
  ];
})();

const row: Code = (() => {
  const [table, tableEnd, step, out] = [0, 1, 2, 3];
  return repeatUntil(table, tableEnd, [
    [get(table), load(0), get(table), load(4), get(table), load(8), get(step), get(out), call(0)],
    advance(table, i32(12)),
    advance(out, get(step)),
  ]);
})();

const column: Code = (() => {
  const [from, end, weight, weightsEnd, step, out] = [0, 1, 2, 3, 4, 5];
  return repeatUntil(from, end, [
    [get(from), get(weight), get(weightsEnd), get(step), get(out), call(0)],
    advance(from, i32(4)),
    advance(out, i32(4)),
  ]);
})();

function body(code: Code, locals: readonly Code[] = []): Code {
  const bytes = flat([vector(locals), code, 0x0b]);
  return [leb(bytes.length), bytes];
}

const functionType = (parameters: number): Code => [0x60, vector(Array<Code>(parameters).fill([I32])), 0];
const exported = (name: string, kind: number, index: number): Code => {
  const letters = [...name].map((letter) => [letter.charCodeAt(0)]);
  return [vector(letters), kind, index];
};

function assemble(): Uint8Array {
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [functionType(5), functionType(4), functionType(6)]),
      section(3, [[0], [1], [2]]),
      section(5, [[0x00, 1]]),
      section(7, [exported('memory', 2, 0), exported('row', 0, 1), exported('column', 0, 2)]),
      section(10, [body(dot, [[1, V128]]), body(row), body(column)]),
    ]),
  );
}

/** Compiles the module; a few milliseconds, once per thread. */
export function createKernel(): Kernel {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assemble()));
  // What the module exports is written above.
  return instance.exports as Kernel;
}
