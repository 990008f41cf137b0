import type { Input } from '../../../preload/contract/methods.ts';
import type { StainName } from '../../../preload/contract/slide-preparations.ts';
import type { Client } from '../../client/client.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';

type Budget = NonNullable<Input<'slide.embed'>['budget']>;

export type ReadingState =
  | { readonly is: 'none' }
  | { readonly is: 'underWay'; readonly stain: StainName; readonly jobId: number | null }
  /** The job ended and there are no such tiles. */
  | { readonly is: 'ended'; readonly stain: StainName; readonly why: string };

/** One tile in so many; 1 is all. */
const budgetOf = (every: number): Budget => (every > 1 ? { is: 'every', n: every } : { is: 'all' });

/** Has the tiles of a slide read by the model, and follows what becomes of it. */
export class SlideReading {
  #client: Client;
  #viewer: SlideViewer;
  state = $state.raw<ReadingState>({ is: 'none' });

  constructor(client: Client, viewer: SlideViewer) {
    this.#client = client;
    this.#viewer = viewer;
  }

  async setMpp(mpp: number, folder: boolean): Promise<void> {
    await this.#client('slide.setMpp', { itemId: this.#viewer.item.itemId, mpp, folder });
    await this.#viewer.refresh();
  }

  estimate(every: number) {
    const itemIds = [this.#viewer.item.itemId];
    return this.#client('slide.estimate', { itemIds, budget: budgetOf(every) });
  }

  /** The tiles of the preparation that the look names. */
  async start(every: number): Promise<void> {
    await this.#start(budgetOf(every));
  }

  /** The same tiles as were read as scanned, prepared as the look says; all where none were. */
  async startAlike(): Promise<void> {
    const [plain] = this.#viewer.detail?.grids ?? [];
    const some = plain !== undefined && plain.tiles > 0 && plain.tiles < plain.tissueTiles;
    await this.#start(some ? { is: 'most', n: plain.tiles } : { is: 'all' });
  }

  async #start(budget: Budget): Promise<void> {
    const { item, look } = this.#viewer;
    const { stain } = look;
    const { jobId } = await this.#client('slide.embed', { itemIds: [item.itemId], budget, stain });
    this.state = { is: 'underWay', stain, jobId };
  }

  /** After what is known of the slide was asked for again: did the job bring its tiles? */
  async settle(): Promise<void> {
    const { state } = this;
    if (state.is !== 'underWay') return;
    if (this.#viewer.hasTiles(state.stain)) {
      this.state = { is: 'none' };
      return;
    }
    if (state.jobId === null) return;
    const job = await this.#client('job.get', { jobId: state.jobId as Input<'job.get'>['jobId'] });
    if (job.endedAt === null || this.state !== state) return;
    const why = job.fault?.message ?? job.notices.at(-1) ?? 'The job ended without tiles.';
    this.state = { is: 'ended', stain: state.stain, why };
  }
}
