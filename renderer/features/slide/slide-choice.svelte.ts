import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Item } from '../../../preload/contract/items.ts';
import { refusal, type Client } from '../../client/client.ts';
import { baseName } from '../../ui/format.ts';

const MOST = 300;

/** The slides that may be laid beside one: those that look like it first, where its tiles were read. */
export class SlideChoice {
  #slides = $state.raw<readonly Item[] | null>(null);
  #total = $state(0);
  bySimilarity = $state(false);
  error = $state.raw<ArchiveError | null>(null);
  typed = $state('');

  constructor(client: Client, beside: Item) {
    void this.#load(client, beside).catch((thrown: unknown) => (this.error = refusal(thrown)));
  }

  /** Null while they are looked for. */
  get slides(): readonly Item[] | null {
    const wanted = this.typed.trim().toLowerCase();
    return this.#slides?.filter(({ path }) => baseName(path).toLowerCase().includes(wanted)) ?? null;
  }
  /** Slides beyond those that are listed. */
  get unlisted(): number {
    return this.#total - (this.#slides?.length ?? 0);
  }

  async #load(client: Client, beside: Item): Promise<void> {
    const where = ['kind=slide'];
    const like = await client('search.run', {
      logged: false,
      chips: [{ type: 'item', itemId: beside.itemId }],
      where,
      limit: MOST,
    }).catch(() => null);
    const { items, total } = await client('items.list', { where, limit: MOST });
    const first: readonly Item[] = like?.hits ?? [];
    this.bySimilarity = first.length > 0;
    const others = items.filter(
      ({ itemId }) => itemId !== beside.itemId && !first.some((one) => one.itemId === itemId),
    );
    this.#slides = [...first, ...others].slice(0, MOST);
    this.#total = total - 1;
  }
}
