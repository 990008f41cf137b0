import type { CtWindow, Sampling } from '../../../preload/contract/dicom.ts';
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { PrivacyStatus } from '../../../preload/contract/privacy.ts';
import { refusal, type Client } from '../../client/client.ts';

export type Policy = PrivacyStatus['policy'];
export type Choose = NonNullable<Sampling['frames']['choose']>;

/** As the contract has it. */
const MOST_FRAMES = 1000;

const isNumberOfFrames = (value: number | null): value is number =>
  value !== null && Number.isInteger(value) && value >= 1 && value <= MOST_FRAMES;

/** How files become regions, and what is held back. Begins with what the archive has, or a new one would have. */
export class ImportOptions {
  #client: Client;
  #before = $state.raw<Sampling | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  /** False: the one window that the policy chooses by body part. */
  named = $state(false);
  windows = $state.raw<readonly CtWindow[]>([]);
  /** Null while the field is empty. */
  most = $state<number | null>(null);
  every = $state<number | null>(null);
  choose = $state<Choose>('spread');
  identity = $state<Policy>('strict');

  constructor(client: Client, fresh: boolean, signal: AbortSignal) {
    this.#client = client;
    void this.#load(fresh, signal);
  }

  get loaded(): boolean {
    return this.#before !== null;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  /** What has to be put right before an import can start, in words; empty when nothing has. */
  get complaint(): string {
    if (!this.loaded) return '';
    if (this.named && this.windows.length === 0) return 'Choose at least one window.';
    if (!isNumberOfFrames(this.most) || !isNumberOfFrames(this.every))
      return `Frames are whole numbers from 1 to ${MOST_FRAMES}.`;
    return '';
  }

  toggle(window: CtWindow): void {
    this.windows = this.windows.includes(window)
      ? this.windows.filter((one) => one !== window)
      : [...this.windows, window];
  }

  /** Into the open archive, where it differs from what that has. */
  async save(): Promise<void> {
    const [before, { most, every }] = [this.#before, this];
    if (!before || !isNumberOfFrames(most) || !isNumberOfFrames(every)) return;
    const after: Sampling = {
      frames: { most, choose: this.choose, every },
      ctWindows: this.named ? [...this.windows] : [],
    };
    const { frames, ctWindows } = before;
    const same =
      most === frames.most &&
      this.choose === (frames.choose ?? 'spread') &&
      every === (frames.every ?? 1) &&
      after.ctWindows.join() === ctWindows.join();
    if (!same) this.#before = await this.#client('dicom.setSampling', after);
  }

  async #load(fresh: boolean, signal: AbortSignal): Promise<void> {
    try {
      const sampling = await this.#client('dicom.sampling', { fresh }, signal);
      if (!fresh) this.identity = (await this.#client('privacy.status', {}, signal)).policy;
      this.named = sampling.ctWindows.length > 0;
      this.windows = sampling.ctWindows as CtWindow[]; // The core stores no other.
      this.most = sampling.frames.most;
      this.every = sampling.frames.every ?? 1;
      this.choose = sampling.frames.choose ?? 'spread';
      this.#before = sampling;
    } catch (thrown) {
      if (!signal.aborted) this.#error = refusal(thrown);
    }
  }
}
