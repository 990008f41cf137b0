import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Judging, JudgedVerdict } from '../../../preload/contract/judgings.ts';
import type { Input } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';

type Asked = Pick<Input<'judging.start'>, 'chips' | 'where'>;

/** Hits of the query on screen, judged one by one. */
export class Judgings {
  #client: Client;
  #asked = '';
  #judging = $state.raw<Judging | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  isOpen = $state(false);
  isWaiting = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  get judging(): Judging | null {
    return this.#judging;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  /** The next that nobody has judged. */
  get next(): Judging['items'][number] | undefined {
    return this.#judging?.items.find(({ verdict }) => verdict === null);
  }

  /** Precision of the hits above the line, where enough was judged to say it. */
  above(line: number): Judging['curve'][number] | undefined {
    return this.#judging?.curve.findLast(({ lift }) => lift >= line);
  }

  /** Shows what was judged of a query before, if anything was. */
  async follow(asked: Asked): Promise<void> {
    const key = JSON.stringify(asked);
    if (key === this.#asked) return;
    this.#asked = key;
    this.#judging = null;
    this.#error = null;
    try {
      const { judging } = await this.#client('judging.ofQuery', asked);
      if (key === this.#asked) this.#judging = judging;
    } catch {
      // A query that cannot be resolved says so where its hits would be.
    }
  }

  async open(asked: Asked): Promise<void> {
    await this.follow(asked);
    this.isOpen = true;
    if (!this.#judging) await this.#put(() => this.#client('judging.start', asked));
  }

  judge(verdict: JudgedVerdict): Promise<void> {
    const judgingId = this.#judging?.judgingId;
    const itemId = this.next?.item.itemId;
    if (judgingId === undefined || itemId === undefined) return Promise.resolve();
    return this.#put(() => this.#client('judging.judge', { judgingId, itemId, verdict }));
  }

  undo(): Promise<void> {
    const judgingId = this.#judging?.judgingId;
    if (judgingId === undefined) return Promise.resolve();
    return this.#put(async () => (await this.#client('judging.undo', { judgingId })).judging);
  }

  /** One call after the other: a key that is pressed twice judges two items, not one twice. */
  async #put(work: () => Promise<Judging>): Promise<void> {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.#error = null;
    try {
      this.#judging = await work();
    } catch (thrown) {
      this.#error = refusal(thrown);
    } finally {
      this.isWaiting = false;
    }
  }
}
