import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type * as Runtime from 'onnxruntime-node';

import type { DeviceName, TowerName } from './encoder-messages.ts';
import { exactInt8 } from './exact-int8.ts';

export type Feeds = Readonly<
  Record<string, { readonly values: Float32Array | BigInt64Array; readonly shape: readonly number[] }>
>;

/** A loaded graph. `run` blocks the thread it is called on: use it in a worker. */
export interface Graph {
  run(feeds: Feeds): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface GraphOptions {
  readonly tower: TowerName;
  readonly device: DeviceName;
  readonly threads: number | null;
  readonly cudaFolder: string | null;
}

/**
 * Loads an ONNX file, with its external data from beside it.
 *
 * @throws Error with the runtime's words when the file, the device or its libraries are not usable.
 */
export async function openGraph(path: string, options: GraphOptions): Promise<Graph> {
  const runtime = await loadRuntime(options.cudaFolder);
  const { InferenceSession, Tensor } = runtime;
  const session = await InferenceSession.create(path, sessionOptions(options, await exactInt8(runtime)));
  // The output's name is in the contract of bundles; an exporter's own graph has just one, whatever its name.
  const output = session.outputNames.includes(options.tower) ? options.tower : session.outputNames[0];

  async function run(feeds: Feeds): Promise<Float32Array> {
    const tensors = Object.entries(feeds).map(([name, { values, shape }]) => [
      name,
      values instanceof Float32Array
        ? new Tensor('float32', values, shape)
        : new Tensor('int64', values, shape),
    ]);
    const results = await session.run(Object.fromEntries(tensors));
    const data = results[output ?? '']?.data;
    if (!(data instanceof Float32Array)) throw new Error(`the graph has no float32 output ${options.tower}`);
    return data;
  }

  return { run, release: () => session.release() };
}

function sessionOptions(
  { device, threads }: GraphOptions,
  int8: Readonly<Record<string, string>>,
): Runtime.InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    // DirectML's own conditions.
    ...(device === 'dml' ? { enableMemPattern: false, executionMode: 'sequential' as const } : {}),
    // Decoders have the same cores: threads that wait at full speed for the next operator take a third more of the
    // processor, and beside other work a picture takes twice as long (int8, two threads: 406 ms, without 186 ms). A query of 12 tokens
    // would gain a tenth alone (19 to 17 ms) and lose as much as it takes beside an import (48 to 85 ms).
    extra: { session: { ...int8, intra_op: { allow_spinning: '0' } } },
  };
}

let loading: Promise<typeof Runtime> | undefined;

/** Loads the runtime, once per thread. Its messages to the terminal are off: what matters is thrown. */
function loadRuntime(cudaFolder: string | null): Promise<typeof Runtime> {
  loading ??= (async () => {
    if (cudaFolder !== null) useProvidersFrom(cudaFolder);
    const loaded = await import('onnxruntime-node');
    loaded.env.logLevel = 'fatal';
    return loaded;
  })();
  return loading;
}

/**
 * Makes the runtime look for its provider libraries in a folder of our choice.
 *
 * It looks only in the folder from which `libonnxruntime` itself was loaded, which may not be writable, and
 * LD_LIBRARY_PATH is read only when a process starts. So the folder gets links to the runtime's own two files, and
 * the binding is loaded through its link: the loader then takes `libonnxruntime` from beside the link ($ORIGIN),
 * and the package's own `require` finds the same library already loaded. It must come before any other load of the
 * runtime in the process.
 */
export function useProvidersFrom(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['libonnxruntime.so.1', 'onnxruntime_binding.node']) {
    try {
      symlinkSync(join(runtimeFolder(), name), join(folder, name));
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    }
  }
  process.dlopen({ exports: {} }, join(folder, 'onnxruntime_binding.node'));
}

/** Where the runtime's native files are; in a packed program outside of the archive file. */
export function runtimeFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const binaries = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch);
  return binaries.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}
