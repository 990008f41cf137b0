// Maps here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { PanelRun } from '../../../preload/contract/labels.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import type { QueueEntry, Review as Decision, Verdict } from '../../../preload/contract/reviews.ts';
import { refusal, type Client } from '../../client/client.ts';

export type QueueOrder = NonNullable<Input<'review.queue'>['order']>;
const KEY = 'vitrine.reader';
const MOST = 200;
const NEAREST = 6;
type Nearest = Output<'review.nearest'>;

/** A queue of items to decide, one after another. A decision counts when the core has it on the disk. */
export class Review {
  #client: Client;
  #failed: (error: ArchiveError | null) => void;
  #run = $state.raw<PanelRun | null>(null);
  #entries = $state.raw<readonly QueueEntry[]>([]);
  #answers = $state.raw<ReadonlyMap<number, Decision>>(new Map());
  #progress = $state.raw<Output<'review.progress'> | null>(null);
  #at = $state(0);
  #left = $state(0);
  #decided = $state(0);
  #busy = false;
  #shownAt = performance.now();
  #picture = $state<string | null>(null);
  #nearest = $state.raw<Nearest | null>(null);
  #looking: AbortController | undefined;
  order = $state<QueueOrder>('uncertainty');
  onlyUncertain = $state(false);
  onePerPatient = $state(false);
  second = $state(false);
  /** Scores and order of the suggestion are not shown. */
  hidden = $state(false);
  autoAdvance = $state(true);
  reader = $state(loadReader());

  constructor(client: Client, failed: (error: ArchiveError | null) => void) {
    this.#client = client;
    this.#failed = failed;
  }

  get run(): PanelRun | null {
    return this.#run;
  }
  get entries(): readonly QueueEntry[] {
    return this.#entries;
  }
  get entry(): QueueEntry | undefined {
    return this.#entries[this.#at];
  }
  get at(): number {
    return this.#at;
  }
  /** Decided of this queue by this reader, and what is left. */
  get decided(): number {
    return this.#decided;
  }
  get left(): number {
    return this.#left;
  }
  get progress(): Output<'review.progress'> | null {
    return this.#progress;
  }
  /** Below the media base; null until it is there. */
  get picture(): string | null {
    return this.#picture;
  }
  /** Settled items like the one on screen; null while they are not known. */
  get nearest(): Nearest | null {
    return this.#nearest;
  }
  answerOf(itemId: number): Decision | undefined {
    return this.#answers.get(itemId);
  }

  setReader(name: string): void {
    this.reader = name.trim().slice(0, 60) || 'reader 1';
    try {
      localStorage.setItem(KEY, this.reader);
    } catch {
      // Without storage the name lasts as long as the window.
    }
    void this.reload();
  }

  async load(run: PanelRun): Promise<void> {
    this.#run = run;
    await this.reload();
  }

  async reload(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    await this.#attempt(async () => {
      const { entries, left, decided } = await this.#client('review.queue', {
        runId: run.runId,
        reader: this.reader,
        order: this.order,
        onlyUncertain: this.onlyUncertain,
        onePerPatient: this.onePerPatient,
        second: this.second,
        limit: MOST,
      });
      if (this.#run !== run) return;
      this.#entries = entries;
      this.#answers = new Map();
      this.#left = left;
      this.#decided = decided;
      this.#progress = await this.#client('review.progress', { panel: run.panel.name });
      this.go(0);
    });
  }

  go(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#entries.length));
    this.#shownAt = performance.now();
    this.#picture = null;
    this.#nearest = null;
    this.#looking?.abort();
    const entry = this.entry;
    if (!entry) return;
    void this.#show(entry);
    void this.#lookAround(entry);
  }

  async decide(verdict: Verdict, labels: readonly string[] = []): Promise<void> {
    const [run, entry] = [this.#run, this.entry];
    if (!run || !entry || this.#busy) return;
    this.#busy = true;
    await this.#attempt(async () => {
      const decision = await this.#client('review.decide', {
        runId: run.runId,
        itemId: entry.itemId,
        verdict,
        labels: [...labels],
        reader: this.reader,
        blinded: this.hidden,
        tookMs: Math.min(86_400_000, performance.now() - this.#shownAt),
      });
      const counted = (one: Decision | undefined) => one !== undefined && one.verdict !== 'skip';
      const change = Number(counted(decision)) - Number(counted(this.#answers.get(entry.itemId)));
      this.#decided += change;
      this.#left -= change;
      this.#answers = new Map([...this.#answers, [entry.itemId, decision]]);
      if (this.autoAdvance || verdict === 'skip') this.go(this.#at + 1);
    });
    this.#busy = false;
    if (this.#at >= this.#entries.length && this.#left > 0) await this.reload();
  }

  /** Takes back the reader's latest decision, today's or an earlier one, and returns to its item. */
  async undo(): Promise<void> {
    await this.#attempt(async () => {
      const undone = await this.#client('review.undo', { reader: this.reader });
      if (!undone) return;
      if (undone.verdict !== 'skip' && this.#answers.has(undone.itemId)) {
        this.#decided -= 1;
        this.#left += 1;
      }
      this.#answers = new Map([...this.#answers].filter(([itemId]) => itemId !== undone.itemId));
      const at = this.#entries.findIndex(({ itemId }) => itemId === undone.itemId);
      if (at >= 0) this.go(at);
      else await this.reload();
    });
  }

  async #show(entry: QueueEntry): Promise<void> {
    try {
      const { path } = await this.#client('item.picture', { itemId: entry.itemId, as: 'full' });
      if (this.entry === entry) this.#picture = path;
    } catch (thrown) {
      refusal(thrown);
      // A slide has no one picture, and an original may be away: its thumbnail stands for it.
      if (this.entry === entry) this.#picture = entry.thumb;
    }
  }

  async #lookAround({ itemId }: QueueEntry): Promise<void> {
    const run = this.#run;
    if (!run) return;
    const { signal } = (this.#looking = new AbortController());
    try {
      const found = await this.#client(
        'review.nearest',
        { runId: run.runId, itemId, limit: NEAREST },
        signal,
      );
      if (!signal.aborted) this.#nearest = found;
    } catch (thrown) {
      // Without a vector, or with the next item on screen: nothing is shown then.
      refusal(thrown);
    }
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.#failed(null);
    } catch (thrown) {
      this.#failed(refusal(thrown));
    }
  }
}

function loadReader(): string {
  try {
    return localStorage.getItem(KEY) ?? 'reader 1';
  } catch {
    return 'reader 1';
  }
}
