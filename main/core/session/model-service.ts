import { ArchiveError } from '../../../preload/contract/faults.ts';
import { bundleIdentity } from '../encode/bundle-identity.ts';
import { findBundle, listBundles, type BundlePlaces, type UsableBundle } from '../encode/bundles.ts';
import { createEncoder, type Encoder } from '../encode/encoder.ts';
import type { EncoderNotice } from '../encode/encoder-messages.ts';
import type { ImagePlan } from '../encode/image-plan.ts';
import type { Log } from '../log.ts';
import type { UserSettings } from './user-settings.ts';

/** The bundle that is used until the user chooses: it comes with the program. */
const DEFAULT_MODEL = 'starter';

export interface ModelServiceOptions {
  readonly places: BundlePlaces;
  /** Folder for CUDA's provider libraries. */
  readonly runtimes: string;
  readonly settings: UserSettings;
  /** A device for this run only, as given on a command line. */
  readonly device?: string;
  readonly log: Log;
  readonly onNotice: (notice: EncoderNotice) => void;
}

/** Bundles by id, each opened (its files compared with their checksums) when it is first needed, and once. */
export function createModelService(options: ModelServiceOptions) {
  const { places, settings, log } = options;
  const opened = new Map<string, Promise<Encoder>>();
  const retired = new Set<Promise<Encoder>>();

  const device = () => options.device ?? settings.get().device ?? undefined;
  const planKey = (identity: string) => `${identity} ${device() ?? 'any'}`;

  async function open(bundle: UsableBundle): Promise<Encoder> {
    const wanted = device();
    const remembered = settings.get().plans[planKey(bundleIdentity(bundle.manifest))];
    return createEncoder({
      folder: bundle.folder,
      runtimes: options.runtimes,
      ...(wanted === undefined ? {} : { device: wanted }),
      ...(remembered === undefined ? {} : { remembered }),
      onNotice: options.onNotice,
      log: (message, cause) => log.error(message, cause),
    });
  }

  return {
    places,
    runtimes: options.runtimes,
    device,
    list: () => listBundles(places),

    /** The id of the bundle to use where nobody chose one. @throws ArchiveError `model.missing` */
    async defaultId(): Promise<string> {
      const usable = (await listBundles(places)).filter((bundle) => !('fault' in bundle));
      const found = usable.find(({ id }) => id === DEFAULT_MODEL) ?? usable[0];
      if (!found) throw new ArchiveError('model.missing', { model: DEFAULT_MODEL });
      return found.id;
    },

    /** @throws ArchiveError `model.missing`, `model.invalid`, `model.altered`, `device.unavailable`. */
    async encoder(id: string): Promise<Encoder> {
      const known = opened.get(id);
      if (known) return known;
      const opening = findBundle(id, places).then(open);
      opened.set(id, opening);
      // A bundle that could not be opened may be mended; the next call looks again.
      opening.catch(() => opened.get(id) === opening && opened.delete(id));
      return opening;
    },

    /** The best plan for pictures, remembered for the next start. */
    async planImages(encoder: Encoder, signal?: AbortSignal): Promise<ImagePlan> {
      const plan = await encoder.prepareImages(signal);
      const key = planKey(encoder.identity);
      if (settings.get().plans[key] !== plan)
        settings.set({ plans: { ...settings.get().plans, [key]: plan } });
      return plan;
    },

    /**
     * Opened encoders have their device for good: the next call opens them with the one that was chosen. A job that has
     * an encoder already finishes with it.
     */
    reopen(): void {
      for (const encoder of opened.values()) {
        retired.add(encoder);
        void encoder.then(
          (one) => one.close({ afterCalls: true }),
          () => undefined,
        );
      }
      opened.clear();
    },

    /** Ends a bundle's threads; the next call opens it anew. */
    async forget(id: string): Promise<void> {
      const encoder = opened.get(id);
      opened.delete(id);
      await encoder?.then(
        (one) => one.close(),
        () => undefined,
      );
    },

    async close(): Promise<void> {
      const all = [...opened.values(), ...retired];
      opened.clear();
      retired.clear();
      await Promise.allSettled(all.map(async (encoder) => (await encoder).close()));
    },
  };
}
export type ModelService = ReturnType<typeof createModelService>;
