import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type { Pooling, PoolingName } from '../../../preload/contract/slide-preparations.ts';
import { refusal, type Client } from '../../client/client.ts';
import { bytesOf } from '../../client/read-file.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';

export type LikesState =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  | { readonly is: 'shown'; readonly hits: Output<'slide.similar'>['hits']; readonly of: number }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** Slides that are like one, by the vectors that stand for whole slides. */
export class SlideLikes {
  #client: Client;
  #viewer: SlideViewer;
  poolings = $state.raw<readonly Pooling[] | null>(null);
  pooling = $state<PoolingName>('contrast');
  found = $state.raw<LikesState>({ is: 'none' });

  constructor(client: Client, viewer: SlideViewer) {
    this.#client = client;
    this.#viewer = viewer;
  }

  nameOf(pooling: Pick<Pooling, 'name' | 'kind'>): string {
    if (pooling.kind === 'contrast') return 'Contrast: what stands out';
    if (pooling.kind === 'mean') return 'Mean: every tile alike';
    return `Attention ${pooling.name.slice('attention-'.length)}`;
  }

  async load(): Promise<void> {
    this.poolings = (await this.#client('slide.poolings', {})).poolings;
  }

  /** Looks for slides like this one; gives slides their vectors by this pooling first where they have none. */
  async find(): Promise<void> {
    const { item, look } = this.#viewer;
    const { pooling } = this;
    const { stain } = look;
    const busy: LikesState = { is: 'busy' };
    this.found = busy;
    let found: LikesState;
    try {
      if (pooling !== 'contrast') await this.#client('slide.pool', { pooling, stain });
      const { hits, of } = await this.#client('slide.similar', { itemId: item.itemId, pooling, stain });
      found = { is: 'shown', hits, of };
    } catch (thrown) {
      found = { is: 'refused', error: refusal(thrown) };
    }
    // Other vectors were chosen meanwhile: this is no answer about them.
    if (this.found === busy) this.found = found;
  }

  /** Takes weights of attention pooling from a file and pools by them. */
  async addWeights(file: File): Promise<void> {
    this.found = { is: 'busy' };
    try {
      const bytes = await bytesOf(file);
      const { name } = await this.#client('slide.addPooling', { name: file.name, bytes });
      await this.load();
      this.pooling = name;
    } catch (thrown) {
      this.found = { is: 'refused', error: refusal(thrown) };
      return;
    }
    await this.find();
  }
}
