import type { Samples } from './inverse-dct.ts';

/** Where a component's values go: every `step`th from `first` on. */
export interface Target {
  readonly values: Uint16Array;
  readonly first: number;
  readonly step: number;
  /** Pixels of the frame. */
  readonly width: number;
  readonly height: number;
}

/**
 * Spreads a component over the frame: between samples that are twice as far apart linearly, as libjpeg's
 * "fancy upsampling" does (weights 3 and 1 to the nearer and the farther), otherwise by repetition.
 *
 * @param spreadX, spreadY - frame samples per component sample.
 */
export function upsample(samples: Samples, spreadX: number, spreadY: number, target: Target): void {
  const { width, height } = target;
  const smoothX = spreadX === 2 && samples.width > 2;
  const smoothY = spreadY === 2 && samples.height > 1;
  const line = new Int32Array(samples.width);
  for (let y = 0; y < height; y++) {
    const row = Math.min(Math.floor(y / spreadY), samples.height - 1);
    const beside = smoothY ? (y % 2 === 0 ? row - 1 : row + 1) : row;
    quadrupled(samples, row, Math.min(Math.max(beside, 0), samples.height - 1), line);
    const to = target.first + y * width * target.step;
    if (smoothX) spreadLine(line, width, target.values, to, target.step);
    else repeatLine(line, width, spreadX, target.values, to, target.step);
  }
}

/** Three times the near row and once the far one: four times the value between them. */
function quadrupled({ values, stride }: Samples, near: number, far: number, line: Int32Array): void {
  const nearAt = near * stride;
  const farAt = far * stride;
  for (let x = 0; x < line.length; x++) line[x] = (values[nearAt + x] ?? 0) * 3 + (values[farAt + x] ?? 0);
}

function spreadLine(line: Int32Array, width: number, values: Uint16Array, to: number, step: number): void {
  const last = line.length - 1;
  let left = line[0] ?? 0;
  let middle = left;
  for (let x = 0, at = to; x < width;) {
    const right = line[Math.min((x >> 1) + 1, last)] ?? 0;
    values[at] = (middle * 3 + left + 8) >> 4;
    at += step;
    if (++x >= width) break;
    values[at] = (middle * 3 + right + 7) >> 4;
    at += step;
    x++;
    left = middle;
    middle = right;
  }
}

function repeatLine(
  line: Int32Array,
  width: number,
  spread: number,
  values: Uint16Array,
  to: number,
  step: number,
): void {
  if (spread === 1) {
    for (let x = 0, at = to; x < width; x++, at += step) values[at] = ((line[x] ?? 0) + 2) >> 2;
    return;
  }
  const last = line.length - 1;
  for (let x = 0, at = to; x < width; x++, at += step)
    values[at] = ((line[Math.min(Math.floor(x / spread), last)] ?? 0) + 2) >> 2;
}
