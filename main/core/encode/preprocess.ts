import type { Preprocessing } from './bundle.ts';
import { inputSpan, resample, resampleWeights, type Source, type Span, type Weights } from './resample.ts';

/** A decoded picture: 8-bit samples, row-major, channels interleaved (grey, RGB or RGB with straight alpha). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** What of the picture the model sees: the size it is resized to, and the square kept of that. */
export interface Framing {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly columns: Span;
  readonly rows: Span;
}

/**
 * Where a picture's resize and crop fall.
 *
 * @see open_clip `image_transform` (torchvision Resize and CenterCrop) and transformers' CLIPImageProcessorPil:
 *   the long side is truncated, and the crop's offset is rounded half to even by the first, down by the second.
 */
export function framing(width: number, height: number, rule: Preprocessing): Framing {
  const size = rule.sizePx;
  const whole = { from: 0, to: size };
  if (rule.resize === 'squash') return { widthPx: size, heightPx: size, columns: whole, rows: whole };
  const short = Math.min(width, height);
  const widthPx = width === short ? size : Math.trunc((size * width) / short);
  const heightPx = height === short ? size : Math.trunc((size * height) / short);
  return { widthPx, heightPx, columns: centred(widthPx, rule), rows: centred(heightPx, rule) };
}

function centred(length: number, { sizePx, cropRounding }: Preprocessing): Span {
  const spare = length - sizePx;
  const down = Math.floor(spare / 2);
  // Half to even: an odd spare has its half at down + 0.5.
  const from = cropRounding === 'open_clip' && spare % 2 !== 0 && down % 2 !== 0 ? down + 1 : down;
  return { from, to: from + sizePx };
}

/**
 * A picture as the model's input bytes: resized, cropped, three channels. Equal byte for byte to Pillow's.
 * Alpha is treated as the reference does, premultiplied while resizing and then dropped, so a caller that wants
 * transparent parts to be white lays the picture over white before.
 *
 * @returns RGB bytes, row-major, `sizePx * sizePx * 3` long, before scaling and normalising.
 * @throws RangeError when the picture is empty or its data do not fit its size.
 */
export function preprocess(picture: Picture, rule: Preprocessing): Uint8Array {
  const { width, height, channels, data } = picture;
  if (!(width >= 1 && height >= 1) || data.length !== width * height * channels) {
    throw new RangeError(`${data.length} bytes are not ${width} x ${height} pixels of ${channels} channels`);
  }
  const { widthPx, heightPx, columns, rows } = framing(width, height, rule);
  const across = widthPx === width ? columns : resampleWeights(rule.interpolation, width, widthPx, columns);
  const down = heightPx === height ? rows : resampleWeights(rule.interpolation, height, heightPx, rows);
  // Only a resize premultiplies: Pillow leaves a picture of the right size as it is.
  const resized = widthPx !== width || heightPx !== height;
  const premultiplied = channels === 4 && resized;
  const pixels = premultiplied ? premultiply(data, width * 4, 'taps' in down ? inputSpan(down) : rows) : data;
  const source = { data: pixels, rowBytes: width * channels, channels };
  // Pillow's shortcut for very tall pictures, which rounds in the other order.
  const upright = height > width * 100 && heightPx < height;
  const cropped = upright ? columnsFirst(source, width, across, down) : resample(source, across, down);
  return toRgb(cropped, channels, premultiplied);
}

function columnsFirst(
  source: Source,
  width: number,
  across: Weights | Span,
  down: Weights | Span,
): Uint8Array {
  const lowered = resample(source, { from: 0, to: width }, down);
  return resample({ ...source, data: lowered }, across, { from: 0, to: lowered.length / source.rowBytes });
}

/** Pillow's RGBA to RGBa: colour times alpha / 255, rounded; rows that are not read stay empty. */
function premultiply(data: Uint8Array, rowBytes: number, rows: Span): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let at = rows.from * rowBytes; at < rows.to * rowBytes; at += 4) {
    const alpha = data[at + 3] as number;
    out[at + 3] = alpha;
    for (let channel = at; channel < at + 3; channel += 1) {
      const product = (data[channel] as number) * alpha + 128;
      out[channel] = ((product >> 8) + product) >> 8;
    }
  }
  return out;
}

function toRgb(pixels: Uint8Array, channels: number, premultiplied: boolean): Uint8Array {
  if (channels === 3) return pixels;
  const out = new Uint8Array((pixels.length / channels) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += channels, to += 3) {
    const alpha = channels === 4 && premultiplied ? (pixels[from + 3] as number) : 255;
    for (let channel = 0; channel < 3; channel += 1) {
      const value = pixels[channels === 1 ? from : from + channel] as number;
      out[to + channel] =
        alpha === 0 || alpha === 255 ? value : Math.min(255, Math.trunc((255 * value) / alpha));
    }
  }
  return out;
}

/**
 * Input bytes as the model's tensor: scaled to [0, 1], normalised, channels first.
 *
 * @param bytes - what `preprocess` gave, for one picture.
 * @param out - receives `3 * sizePx * sizePx` values from `offset` on.
 */
export function toTensor(bytes: Uint8Array, rule: Preprocessing, out: Float32Array, offset: number): void {
  const plane = rule.sizePx * rule.sizePx;
  if (bytes.length !== plane * 3 || out.length < offset + plane * 3) {
    throw new RangeError(`${bytes.length} bytes do not fit a tensor of ${plane * 3} values`);
  }
  const [red, green, blue] = levelsOf(rule);
  let to = offset;
  for (let from = 0; from < bytes.length; from += 3, to += 1) {
    out[to] = red[bytes[from] as number] as number;
    out[to + plane] = green[bytes[from + 1] as number] as number;
    out[to + 2 * plane] = blue[bytes[from + 2] as number] as number;
  }
}

type Levels = readonly [red: Float32Array, green: Float32Array, blue: Float32Array];
/** By rule: they are the same for every picture, and making them takes as long as using them. */
const knownLevels = new WeakMap<Preprocessing, Levels>();

function levelsOf(rule: Preprocessing): Levels {
  const known = knownLevels.get(rule);
  if (known) return known;
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    levels(rule.mean[channel] as number, rule.std[channel] as number),
  ) as [Float32Array, Float32Array, Float32Array];
  knownLevels.set(rule, [red, green, blue]);
  return [red, green, blue];
}

/** The 256 values a byte can become, in float32 as torch computes them: scale first, then subtract and divide. */
function levels(mean: number, std: number): Float32Array {
  const mean32 = Math.fround(mean);
  const std32 = Math.fround(std);
  return Float32Array.from({ length: 256 }, (_, byte) =>
    Math.fround(Math.fround(Math.fround(byte / 255) - mean32) / std32),
  );
}
