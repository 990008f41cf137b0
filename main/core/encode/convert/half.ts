/** IEEE 754 binary16 to binary32 for each of the 65,536 bit patterns. */
const halfTable = Float32Array.from({ length: 65_536 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

export function decodeHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index += 1)
    out[index] = halfTable[bits[index] as number] as number;
  return out;
}

/** bfloat16 is the upper half of a binary32. */
export function decodeBfloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index += 1) words[index] = (bits[index] as number) << 16;
  return new Float32Array(words.buffer);
}

/**
 * binary32 to binary16, rounded to nearest, ties to even; subnormals kept, overflow becomes infinity.
 * @see IEEE 754-2019 4.3.1
 */
export function encodeHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    let half: number;
    if (magnitude >= 0x7f800000) {
      half = magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
    } else if (magnitude >= 0x38800000) {
      // Normal: rebias the exponent and round the 13 dropped bits; a carry walks into the exponent by itself.
      const rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
      half = rounded >= 0x0f800000 ? 0x7c00 : rounded >>> 13;
    } else {
      // Subnormal: the value in units of 2^-24, again to nearest even.
      const units = Math.abs(values[index] as number) * 2 ** 24;
      const below = Math.floor(units);
      const rest = units - below;
      half = below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
    }
    out[index] = sign | half;
  }
  return out;
}
