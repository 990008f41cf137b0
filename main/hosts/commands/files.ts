import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import type { Input } from '../../../preload/contract/methods.ts';
import { ArchiveError, type FaultCode } from '../../../preload/contract/faults.ts';
import { define, wholeNumber } from './context.ts';
import { readText } from './given-file.ts';

export function addFiles(program: Command): void {
  addInspect(program);
  addRender(program);
  addEncode(program);
}

function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .argument('<files...>')
    .description('read files without an archive and print what they hold, in numbers')
    .option('--frame <n>', 'from 0', wholeNumber(0), 0);
  define<{ frame: number }>(command, 'none', async ({ call }, { frame }, paths = []) => {
    const { files } = await call('file.inspect', { paths, frame });
    const [only] = files;
    if (files.length === 1 && only?.fault)
      throw new ArchiveError(only.fault.code as FaultCode, only.fault.details);
    const json =
      files.length === 1
        ? only?.inspection
        : {
            files: files.map(({ path, inspection, fault }) =>
              inspection ? { path, ...inspection } : { path, fault },
            ),
          };
    return { json, text: JSON.stringify(json, null, 2) };
  });
}

interface RenderOptions {
  readonly as: NonNullable<Input<'file.render'>['as']>;
  readonly frame: number;
  readonly window?: string;
  readonly region?: Input<'file.render'>['region'];
  readonly level: number;
  readonly model?: string;
  readonly out: string;
}

function addRender(program: Command): void {
  const command = program
    .command('render')
    .argument('<file|item>', 'a path, or the number of an item with --archive')
    .description('write one picture as PNG')
    .option('--as <what>', 'full, thumb or model-view', oneOf(['full', 'thumb', 'model-view']), 'full')
    .option('--frame <n>', 'from 0', wholeNumber(0), 0)
    .option('--window <name|c,w>', 'a preset’s name, or centre and width')
    .option('--region <x,y,w,h>', 'pixels of the level', region)
    .option('--level <n>', 'of a slide, from 0', wholeNumber(0), 0)
    .option('--model <id>', 'whose preparation model-view shows')
    .requiredOption('--out <file>');
  define<RenderOptions>(command, 'optional', async ({ call }, options, [what = ''] = []) => {
    const { as, frame, window, region, level, model, out } = options;
    const given = 'archive' in options && /^\d+$/.test(what) ? { itemId: Number(what) } : { path: what };
    const made = await call('file.render', {
      ...(given as object),
      as,
      frame,
      level,
      out: resolve(out),
      ...(window === undefined ? {} : { window }),
      ...(region === undefined ? {} : { region }),
      ...(model === undefined ? {} : { modelId: model }),
    });
    const { path, width, height } = made;
    return { json: made, text: `${path}: ${width} × ${height}` };
  });
}

interface EncodeOptions {
  readonly model: string;
  readonly precision?: 'fp32' | 'fp16' | 'int8';
  readonly texts?: string;
  readonly images?: string[];
  readonly tensors?: string;
  readonly out: string;
}

function addEncode(program: Command): void {
  const command = program
    .command('encode')
    .description('write the vectors of texts, pictures or prepared pictures as .npy, float32 [n, d]')
    .requiredOption('--model <id>')
    .option('--precision <name>', 'fp32, fp16 or int8', oneOf(['fp32', 'fp16', 'int8']))
    .option('--texts <file>', 'a JSON string a line')
    .option('--images <files...>', 'picture files')
    .option('--tensors <file>', '.npy: uint8 [n,h,w,3] before scaling, or float32 [n,3,h,w] after')
    .requiredOption('--out <file>');
  define<EncodeOptions>(command, 'none', async ({ call, note }, options) => {
    const { model, precision, out } = options;
    const encoded = await call('model.encode', {
      modelId: model,
      ...(precision === undefined ? {} : { precision }),
      input: encodeInput(options),
      out: resolve(out),
    });
    const { path, rows, dimensions, device, tookMs, truncatedWords } = encoded;
    truncatedWords.forEach((words, index) => {
      if (words > 0) note(`text ${index + 1}: the last ${words} words were not read`);
    });
    const text = `${path}: ${rows} × ${dimensions} on ${device} in ${(tookMs / 1000).toFixed(1)} s`;
    return { json: encoded, text };
  });
}

function encodeInput({ texts, images, tensors }: EncodeOptions): Input<'model.encode'>['input'] {
  if (texts !== undefined) return { is: 'texts', texts: readTexts(texts) };
  if (tensors !== undefined) return { is: 'tensors', path: resolve(tensors) };
  if (images !== undefined) return { is: 'images', paths: images.map((path) => resolve(path)) };
  throw new ArchiveError('request.invalid', { why: 'one of --texts, --images, --tensors is needed' });
}

/** @throws ArchiveError `request.invalid` with the line that is no JSON string; as `readText`. */
function readTexts(path: string): string[] {
  return readText(path)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        const text: unknown = JSON.parse(line);
        if (typeof text === 'string') return [text];
      } catch {
        // Told below, like a value of another type.
      }
      throw new ArchiveError('request.invalid', { at: `line ${index + 1}`, why: 'not a JSON string' });
    });
}

const oneOf =
  <T extends string>(allowed: readonly T[]) =>
  (text: string): T => {
    const found = allowed.find((one) => one === text);
    if (found === undefined) throw new InvalidArgumentError(`expected one of ${allowed.join(', ')}`);
    return found;
  };

function region(text: string): { x: number; y: number; w: number; h: number } {
  const [x = NaN, y = NaN, w = NaN, h = NaN, ...rest] = text.split(',').map(Number);
  if (![x, y, w, h].every(Number.isInteger) || w < 1 || h < 1 || rest.length > 0)
    throw new InvalidArgumentError('expected x,y,w,h in whole pixels');
  return { x, y, w, h };
}
