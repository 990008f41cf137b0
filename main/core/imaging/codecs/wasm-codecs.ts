import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { ArchiveError } from '../../../../preload/contract/faults.ts';

/** What the codecs report about a decoded frame. */
export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

export interface WasmFrame {
  readonly info: FrameInfo;
  /** A copy, outside the codec's memory: one byte per sample up to 8 bits, else little-endian words. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** JPEG-LS: true where the planes follow each other. */
  readonly planar: boolean;
}

export type WasmCodec = 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** The interface that the Emscripten builds of @cornerstonejs share; their packages bring no types. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
}

interface CodecModule {
  readonly HEAPU8: Uint8Array;
  readonly decoder: new () => Decoder;
}

const packages = {
  'jpeg-ls': { script: '@cornerstonejs/codec-charls/decodewasmjs', wasm: '@cornerstonejs/codec-charls/decodewasm', type: 'JpegLSDecoder' },
  'jpeg-2000': { script: '@cornerstonejs/codec-openjpeg/decodewasmjs', wasm: '@cornerstonejs/codec-openjpeg/decodewasm', type: 'J2KDecoder' },
  htj2k: { script: '@cornerstonejs/codec-openjph/wasmjs', wasm: '@cornerstonejs/codec-openjph/wasm', type: 'HTJ2KDecoder' },
} as const; // prettier-ignore

/** A codec whose memory grew beyond this is given up after use: WebAssembly memory never shrinks. */
const KEPT_MEMORY = 256 * 1024 * 1024;

const require = createRequire(import.meta.url);

// One instance of each codec per thread, made when first needed.
const loaded = new Map<WasmCodec, Promise<CodecModule>>();

function load(codec: WasmCodec): Promise<CodecModule> {
  const known = loaded.get(codec);
  if (known) return known;
  const fresh = instantiate(codec);
  loaded.set(codec, fresh);
  return fresh;
}

async function instantiate(codec: WasmCodec): Promise<CodecModule> {
  const { script, wasm, type } = packages[codec];
  const silent = () => undefined;
  const create = require(script) as (options: object) => Promise<Record<string, unknown>>;
  const wasmBinary = await readFile(require.resolve(wasm));
  const module = await create({ wasmBinary, print: silent, printErr: silent });
  return {
    get HEAPU8() {
      return module['HEAPU8'] as Uint8Array;
    },
    decoder: module[type] as new () => Decoder,
  };
}

/**
 * Decodes one frame with a WebAssembly codec. The caller has compared the codestream's size with the header's.
 *
 * @throws ArchiveError `image.unreadable`: these codecs do not say what was wrong.
 */
export async function decodeWasm(codec: WasmCodec, encoded: Uint8Array): Promise<WasmFrame> {
  const module = await load(codec);
  try {
    const decoder = new module.decoder();
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const info = { ...decoder.getFrameInfo() };
    const bytes = new Uint8Array(decoder.getDecodedBuffer());
    const planar = decoder.getInterleaveMode?.() === 0;
    decoder.delete();
    if (module.HEAPU8.length > KEPT_MEMORY) loaded.delete(codec);
    return { info, bytes, planar };
  } catch (error) {
    // After a trap nothing about the instance can be relied on.
    loaded.delete(codec);
    throw new ArchiveError('image.unreadable', { codec }, { cause: error });
  }
}
