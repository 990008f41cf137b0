import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { BundleManifest, Precision } from './bundle.ts';
import type { Availability } from './devices.ts';
import { fullPrecision, isProven } from './precision.ts';
import { deviceOrder, type DeviceName, type Measurement } from './encoder-messages.ts';

/** How pictures are encoded on this machine. Worth remembering: finding it out takes seconds. */
export interface ImagePlan {
  readonly device: DeviceName;
  readonly precision: Precision;
  /** Pictures at a time. */
  readonly batchSize: number;
  /** Measured; null for a plan that was not. */
  readonly msPerPicture: number | null;
  /** Why this device, in words. */
  readonly reason: string;
}

/** What came of trying a device with the bundle. */
export interface DeviceReport extends Availability {
  readonly precision: Precision | null;
  readonly batchSize: number | null;
  readonly msPerPicture: number | null;
  /** Smallest cosine between its vectors and the processor's; null where it was not compared. */
  readonly cosine: number | null;
}

export interface ProbeResult {
  readonly vectors: Float32Array;
  readonly measured: Measurement;
}

/** Runs the bundle's image graph on a device: the injectable half, since it needs the device. */
export type Probe = (device: DeviceName, precision: Precision) => Promise<ProbeResult>;

const leastCosine: Readonly<Record<Precision, number>> = { fp32: 0.9999, fp16: 0.999, int8: 0.99 };

/**
 * Tries every available device with the bundle: a real run, compared with the processor's vectors, and timed.
 *
 * @param precision - when given, the only one that is tried.
 */
export async function probeDevices(
  manifest: BundleManifest,
  availability: readonly Availability[],
  probe: Probe,
  precision?: Precision,
): Promise<DeviceReport[]> {
  const { cpu, expected } = await probeProcessor(manifest, probe, precision);
  const reports: DeviceReport[] = [];
  for (const candidate of availability) {
    if (candidate.device === 'cpu') reports.push(cpu);
    else if (!candidate.available) reports.push({ ...candidate, ...untried });
    else reports.push(await probeOther(candidate.device, manifest, probe, expected, precision));
  }
  return reports;
}

const untried = { precision: null, batchSize: null, msPerPicture: null, cosine: null };

async function probeProcessor(manifest: BundleManifest, probe: Probe, precision?: Precision) {
  const full = precision ?? fullPrecision(manifest);
  const first = await probe('cpu', full);
  const base = { device: 'cpu' as const, available: true, cosine: null };
  const report = { ...base, precision: full, ...first.measured, reason: `Processor, ${full}` };
  const cpu = (await int8Report(manifest, probe, first, precision)) ?? report;
  return { cpu: cpu as DeviceReport, expected: first.vectors };
}

/** The processor in int8, when the bundle has it, it passed its check and it is quicker here. */
async function int8Report(
  manifest: BundleManifest,
  probe: Probe,
  full: ProbeResult,
  precision?: Precision,
): Promise<DeviceReport | undefined> {
  if (precision !== undefined || !isProven(manifest, 'int8') || manifest.precisions.fp32 === undefined)
    return undefined;
  const { vectors, measured } = await probe('cpu', 'int8');
  const cosine = smallestCosine(vectors, full.vectors, manifest.dimensions);
  const factor = full.measured.msPerPicture / measured.msPerPicture;
  if (factor <= 1) return undefined;
  const reason = `Processor, int8, ${factor.toFixed(1)} times as fast as fp32`;
  return { device: 'cpu', available: true, reason, precision: 'int8', ...measured, cosine };
}

async function probeOther(
  device: DeviceName,
  manifest: BundleManifest,
  probe: Probe,
  expected: Float32Array,
  only?: Precision,
): Promise<DeviceReport> {
  const precisions = only ? [only] : graphicsPrecisions(manifest);
  let reason = `${device}: the bundle has no precision for it`;
  for (const precision of precisions) {
    try {
      const { vectors, measured } = await probe(device, precision);
      const cosine = smallestCosine(vectors, expected, manifest.dimensions);
      if (cosine >= leastCosine[precision]) {
        return { device, available: true, reason: `${device}, ${precision}`, precision, ...measured, cosine };
      }
      reason = `${device}: in ${precision} its vectors differ from the processor's (cosine ${cosine.toFixed(4)})`;
    } catch (thrown) {
      if (thrown instanceof ArchiveError && thrown.code === 'request.cancelled') throw thrown;
      reason = `${device}: ${wordsOf(thrown)}`;
    }
  }
  return { device, available: false, reason, ...untried };
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof ArchiveError) return String(thrown.details['reason'] ?? thrown.message);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

const graphicsPrecisions = (manifest: BundleManifest): Precision[] =>
  (['fp16', 'fp32'] as const).filter((one) => isProven(manifest, one) || one === fullPrecision(manifest));

/**
 * The best of the tried devices: the first in order that is quicker than the processor, else the processor.
 *
 * @param wanted - a device chosen by the user, taken if it works even when it is slower.
 * @throws ArchiveError `device.unavailable` when the wanted device does not work.
 */
export function chooseDevice(reports: readonly DeviceReport[], wanted?: DeviceName): ImagePlan {
  const cpu = reports.find(({ device }) => device === 'cpu');
  const inOrder = reports.toSorted((a, b) => deviceOrder.indexOf(a.device) - deviceOrder.indexOf(b.device));
  const limit = cpu?.msPerPicture ?? Infinity;
  const best =
    wanted === undefined
      ? (inOrder.find(({ available, msPerPicture }) => available && (msPerPicture ?? Infinity) < limit) ??
        cpu)
      : reports.find(({ device }) => device === wanted);
  if (!best?.available || best.precision === null) {
    throw new ArchiveError('device.unavailable', {
      device: wanted ?? 'cpu',
      reason: best?.reason ?? 'not tried',
    });
  }
  const { device, precision, batchSize, msPerPicture, reason } = best;
  return { device, precision, batchSize: batchSize ?? 1, msPerPicture, reason };
}

function smallestCosine(a: Float32Array, b: Float32Array, dimensions: number): number {
  let smallest = a.length === b.length && a.length > 0 ? 1 : -1;
  for (let row = 0; row * dimensions < a.length; row += 1) {
    let dot = 0;
    for (let at = row * dimensions; at < (row + 1) * dimensions; at += 1) dot += (a[at] ?? 0) * (b[at] ?? 0);
    smallest = Math.min(smallest, dot);
  }
  return smallest;
}
