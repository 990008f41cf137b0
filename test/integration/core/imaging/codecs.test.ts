import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

import { openDicom } from '../../../../main/core/imaging/dicom/open-dicom.ts';
import { buildDicom } from '../../../support/dicom-builder.ts';
import { temporaryFiles } from './temporary-files.ts';

const require = createRequire(import.meta.url);
const file = temporaryFiles();

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
  readonly isUsingColorTransform: boolean;
}

/** The encoders that the codecs' packages bring beside their decoders; without types. */
interface Encoder {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality?(reversible: boolean, quantisation: number): void;
  setNearLossless?(near: number): void;
  setDecompositions?(levels: number): void;
  setInterleaveMode?(mode: number): void;
}

type Module = Record<string, new () => Encoder>;

const encoders = {
  'JPEG-LS': [
    '@cornerstonejs/codec-charls/wasmjs',
    '@cornerstonejs/codec-charls/wasm',
    'JpegLSEncoder',
    '80',
  ],
  'JPEG 2000': [
    '@cornerstonejs/codec-openjpeg/wasmjs',
    '@cornerstonejs/codec-openjpeg/wasm',
    'J2KEncoder',
    '90',
  ],
  HTJ2K: ['@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-openjph/wasm', 'HTJ2KEncoder', '201'],
} as const;

async function encode(name: keyof typeof encoders, info: FrameInfo, bytes: Uint8Array): Promise<Uint8Array> {
  const [script, wasm, type] = encoders[name];
  const { readFileSync } = await import('node:fs');
  const create = require(script) as (options: object) => Promise<Module>;
  const module = await create({ wasmBinary: readFileSync(require.resolve(wasm)), print: () => undefined });
  const Type = module[type];
  if (!Type) throw new Error(`no ${type}`);
  const encoder = new Type();
  encoder.getDecodedBuffer(info).set(bytes);
  encoder.setQuality?.(true, 0);
  encoder.setNearLossless?.(0);
  // A picture this small has no room for the usual five.
  encoder.setDecompositions?.(2);
  // By sample, as the pixels lie; without it planes are expected.
  encoder.setInterleaveMode?.(info.componentCount === 3 ? 2 : 0);
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}

const WIDTH = 37;
const HEIGHT = 21;
const names = Object.keys(encoders) as (keyof typeof encoders)[];

test.each(
  names.flatMap((name) =>
    [
      { bits: 8, signed: false, samples: 1 },
      { bits: 12, signed: false, samples: 1 },
      { bits: 16, signed: false, samples: 1 },
      { bits: 16, signed: true, samples: 1 },
      { bits: 8, signed: false, samples: 3 },
    ].map((form) => ({ name, ...form })),
  ),
)('$name gives back $samples × $bits bits, signed $signed', async ({ name, bits, signed, samples }) => {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const values = Array.from(
    { length: WIDTH * HEIGHT * samples },
    (_, index) => low + ((index * 977) % 2 ** bits),
  );
  const stored = bits <= 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer);
  const info = {
    width: WIDTH,
    height: HEIGHT,
    bitsPerSample: bits,
    componentCount: samples,
    // JPEG-LS has no sign; values are coded as the bits they are.
    isSigned: signed && name !== 'JPEG-LS',
    isUsingColorTransform: samples === 3,
  };
  const path = file(
    `${name}-${bits}-${samples}-${signed}`,
    buildDicom({
      columns: WIDTH,
      rows: HEIGHT,
      samples: samples as 1 | 3,
      bitsAllocated: bits <= 8 ? 8 : 16,
      bitsStored: bits,
      signed,
      transferSyntaxUid: `1.2.840.10008.1.2.4.${encoders[name][3]}`,
      fragments: [await encode(name, info, stored)],
    }),
  );
  const decoded = await (await openDicom(path)).stored(0);
  expect([...decoded.values]).toEqual(values);
  if (samples === 3) expect(decoded.colour).toBe('rgb');
});
