import type { BundleManifest, Precision } from './bundle.ts';
import { listAvailability } from './devices.ts';
import type { DeviceName } from './encoder-messages.ts';
import type { ImagePlan } from './image-plan.ts';
import { fullPrecision, isProven, runsTogether } from './precision.ts';

/** The plan that was found the last time, if it still answers what is asked now. */
export function rememberedPlan(
  remembered: ImagePlan | undefined,
  precision: Precision | undefined,
  runtimes: string | null,
  wanted: DeviceName | undefined,
): ImagePlan | undefined {
  if (!remembered || (precision !== undefined && remembered.precision !== precision)) return undefined;
  if (wanted !== undefined && remembered.device !== wanted) return undefined;
  const now = listAvailability(runtimes).find(({ device }) => device === remembered.device);
  if (!runsTogether(remembered.precision) && remembered.batchSize > 1) return undefined;
  return now?.available ? remembered : undefined;
}

/** How pictures are encoded until devices have been tried. */
export function provisionalPlan(
  manifest: BundleManifest,
  precision: Precision | undefined,
  wanted: DeviceName = 'cpu',
): ImagePlan {
  const suited = wanted === 'cpu' ? 'int8' : 'fp16';
  return {
    device: wanted,
    precision: precision ?? (isProven(manifest, suited) ? suited : fullPrecision(manifest)),
    batchSize: 1,
    msPerPicture: null,
    reason: wanted === 'cpu' ? 'Processor, until the devices are tried' : 'As chosen in the settings',
  };
}
