import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BundleManifest, Precision } from './bundle.ts';
import { bundleIdentity } from './bundle-identity.ts';
import { cudaFolder, listAvailability, requireDevice } from './devices.ts';
import type { DeviceName, EncoderNotice, TowerCall } from './encoder-messages.ts';
import { provisionalPlan, rememberedPlan } from './first-plan.ts';
import { chooseDevice, probeDevices, type DeviceReport, type ImagePlan } from './image-plan.ts';
import { fullPrecision, requirePrecision, runsTogether } from './precision.ts';
import { createTextCache, type TextVectors } from './text-cache.ts';
import { createTowerPool, type TowerKey } from './tower-pool.ts';
import { verifyBundle } from './verify-bundle.ts';

export interface EncoderOptions {
  /** The bundle's folder. */
  readonly folder: string;
  /** The only precision to use; left out, each device gets the one that suits it. */
  readonly precision?: Precision;
  /** The only device to use for pictures; left out, `prepareImages` finds the best. */
  readonly device?: string;
  /** Threads of one run on the processor; left out, one per physical core. */
  readonly threads?: number;
  /** Folder in the user's data with provider libraries that `addCuda` put there. */
  readonly runtimes?: string;
  /** What `prepareImages` found the last time on this machine with this bundle. */
  readonly remembered?: ImagePlan;
  readonly onNotice?: (notice: EncoderNotice) => void;
  readonly log?: (message: string, cause: unknown) => void;
}

/**
 * A bundle, ready to turn pictures and texts into vectors. Pictures and texts run in a worker thread each, so that a
 * query does not wait for an import; a thread and its graph are loaded by the first call that needs them.
 *
 * Every call throws ArchiveError `model.failed` when the runtime fails, its thread ends or its vectors are not of
 * unit length, and `request.cancelled` when the signal ends it; the next call starts anew.
 */
export interface Encoder {
  readonly manifest: BundleManifest;
  /** Vectors of encoders with the same identity can be compared; see `bundleIdentity`. */
  readonly identity: string;
  /** Words of the texts it was trained on, lower case; null where they are not known. */
  readonly learnedWords: ReadonlySet<string> | null;
  /** Where pictures are encoded, and why there. */
  readonly device: { readonly name: DeviceName; readonly reason: string };
  /** How texts are encoded. */
  readonly texts: { readonly device: DeviceName; readonly precision: Precision };
  /**
   * Chooses device, precision and batch size by trying them; to be called before a long job. Calls of
   * `encodeImages` work without it, on the processor and one picture at a time.
   */
  prepareImages(signal?: AbortSignal): Promise<ImagePlan>;
  /** Tries all devices with this bundle. */
  listDevices(signal?: AbortSignal): Promise<DeviceReport[]>;
  /**
   * @param pixels - what `preprocess` gave, picture after picture: `count * sizePx * sizePx * 3` bytes. The array's
   *   buffer is moved to the worker and is empty afterwards; shared memory stays, and is to be left alone until the
   *   answer is there.
   * @returns `count * dimensions` values, rows of unit length.
   */
  encodeImages(pixels: Uint8Array, count: number, signal?: AbortSignal): Promise<Float32Array>;
  /** The same from `toTensor`'s values, `count * 3 * sizePx * sizePx`. */
  encodeTensors(values: Float32Array, count: number, signal?: AbortSignal): Promise<Float32Array>;
  encodeTexts(texts: readonly string[], signal?: AbortSignal): Promise<TextVectors>;
  /** Ends the threads: after their batch, cancelling what waits, or after all calls. */
  close(when?: { readonly afterCalls: boolean }): Promise<void>;
}

const MOST_ROWS: Readonly<Record<DeviceName, number>> = { cuda: 64, coreml: 16, dml: 32, webgpu: 16, cpu: 8 };
const TEXT_ROWS = 16;

/**
 * Opens a bundle after comparing all its files with their checksums.
 *
 * @throws ArchiveError `model.missing`, `model.invalid`, `model.altered`; `model.precision`, `device.unavailable` when
 *   what the options ask for cannot be had.
 */
export async function createEncoder(options: EncoderOptions): Promise<Encoder> {
  const { folder, threads = null, runtimes = null, onNotice = () => {}, log = () => {} } = options;
  const { manifest } = await verifyBundle(folder);
  if (options.precision) requirePrecision(manifest, options.precision);
  const wanted = options.device === undefined ? undefined : requireDevice(options.device, runtimes);
  const { dimensions, preprocessing } = manifest;
  const perPicture = 3 * preprocessing.sizePx ** 2;

  const found = rememberedPlan(options.remembered, options.precision, runtimes, wanted);
  let plan = found ?? provisionalPlan(manifest, options.precision, wanted);
  let preparing = found && Promise.resolve(found);
  /** Devices that gave up and left the work to the processor, and why. */
  const left = new Map<DeviceName, string>();

  const pool = createTowerPool({
    common: { folder, manifest, threads, cudaFolder: cudaFolder(runtimes) },
    onNotice: (key, notice) => {
      if (notice.is === 'device-left' && key.tower === 'image') left.set(key.device, notice.reason);
      onNotice(notice);
    },
    log,
  });
  const imageKey = ({ device, precision }: Pick<ImagePlan, 'device' | 'precision'>): TowerKey => ({
    tower: 'image',
    device,
    precision,
  });
  // Texts stay on the processor: short ones take it milliseconds, and to other devices every new length is a new
  // graph to compile. CUDA does not mind.
  const textKey: TowerKey = {
    tower: 'text',
    device: plan.device === 'cuda' ? 'cuda' : 'cpu',
    precision: options.precision ?? fullPrecision(manifest),
  };
  const cache = createTextCache();

  async function tryDevices(only: DeviceName | undefined, signal?: AbortSignal): Promise<DeviceReport[]> {
    const candidates = listAvailability(runtimes).filter(
      ({ device }) => only === undefined || device === only || device === 'cpu',
    );
    const probe = async (device: DeviceName, precision: Precision) => {
      const link = pool.link(imageKey({ device, precision }), 1);
      const mostRows = runsTogether(precision) ? MOST_ROWS[device] : 1;
      const call = { kind: 'measure', mostRows } as const;
      const { vectors, measured } = await link.call(call, [], signal);
      const reason = left.get(device);
      if (measured === null || reason !== undefined) throw new Error(reason ?? 'nothing was measured');
      return { vectors, measured };
    };
    return await probeDevices(manifest, candidates, probe, options.precision);
  }

  async function listDevices(signal?: AbortSignal): Promise<DeviceReport[]> {
    try {
      return await tryDevices(undefined, signal);
    } finally {
      await pool.keepImages(imageKey(plan));
    }
  }

  async function prepare(signal?: AbortSignal): Promise<ImagePlan> {
    try {
      plan = chooseDevice(await tryDevices(wanted, signal), wanted);
      return plan;
    } catch (thrown) {
      preparing = undefined;
      throw thrown;
    } finally {
      await pool.keepImages(imageKey(plan));
    }
  }

  async function encode(
    data: Uint8Array | Float32Array,
    count: number,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    if (data.length !== count * perPicture) {
      throw new RangeError(
        `${data.length} values are not ${count} pictures of ${preprocessing.sizePx} pixels`,
      );
    }
    if (count === 0) return new Float32Array(0);
    await preparing?.catch(() => {}); // Its own caller hears of it.
    const owned = ownBuffer(data);
    const call: TowerCall =
      owned instanceof Uint8Array
        ? { kind: 'images', pixels: owned, count }
        : { kind: 'tensors', values: owned, count };
    return (await pool.link(imageKey(plan), plan.batchSize).call(call, transferable(owned), signal)).vectors;
  }

  return {
    manifest,
    identity: bundleIdentity(manifest),
    learnedWords: await readWords(folder, manifest),
    texts: textKey,
    get device(): Encoder['device'] {
      const reason = left.get(plan.device);
      return reason === undefined ? { name: plan.device, reason: plan.reason } : { name: 'cpu', reason };
    },
    prepareImages: (signal) => (preparing ??= prepare(signal)),
    listDevices,
    encodeImages: encode,
    encodeTensors: encode,
    encodeTexts: (wantedTexts, signal) =>
      cache.through(wantedTexts, dimensions, (missing) =>
        pool.link(textKey, TEXT_ROWS).call({ kind: 'texts', texts: missing }, [], signal),
      ),
    close: pool.close,
  };
}

async function readWords(
  folder: string,
  { learnedWords }: BundleManifest,
): Promise<ReadonlySet<string> | null> {
  if (!learnedWords) return null;
  return new Set((await readFile(join(folder, learnedWords.file), 'utf8')).trimEnd().split('\n'));
}

/** The same values in a buffer that holds nothing else, so that it can be moved; shared memory needs no moving. */
function ownBuffer<T extends Uint8Array | Float32Array>(data: T): T {
  if (data.buffer instanceof SharedArrayBuffer) return data;
  const whole = data.byteOffset === 0 && data.byteLength === data.buffer.byteLength;
  return (whole ? data : data.slice()) as T;
}

const transferable = ({ buffer }: Uint8Array | Float32Array): ArrayBuffer[] =>
  buffer instanceof ArrayBuffer ? [buffer] : [];
