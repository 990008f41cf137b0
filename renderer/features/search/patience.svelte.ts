/** How long the running search takes: nothing changes at first, then skeletons, then words, then a way to stop. */
export type Wait = 'none' | 'quiet' | 'skeletons' | 'words' | 'stop';
const WAITS_MS: readonly (readonly [number, Wait])[] = [
  [150, 'skeletons'],
  [1_000, 'words'],
  [5_000, 'stop'],
];

/** One running piece of work, ended by the next one, and how patient somebody has to be with it. */
export class Patience {
  #abort: AbortController | undefined;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #wait = $state<Wait>('none');

  get wait(): Wait {
    return this.#wait;
  }

  get signal(): AbortSignal | undefined {
    return this.#abort?.signal;
  }

  /** Ends what ran before. Without `shows`, work that nobody waits for: no skeletons, no words. */
  begin(shows = true): AbortSignal {
    this.#end();
    this.#wait = 'quiet';
    if (shows) this.#timers = WAITS_MS.map(([ms, wait]) => setTimeout(() => (this.#wait = wait), ms));
    return (this.#abort = new AbortController()).signal;
  }

  /** Called by the work itself when it is over; one that was replaced has nothing to say. */
  done(signal: AbortSignal): void {
    if (this.#abort?.signal !== signal) return;
    this.#stopTimers();
    this.#wait = 'none';
  }

  stop(): void {
    this.#end();
    this.#wait = 'none';
  }

  #end(): void {
    this.#abort?.abort();
    this.#stopTimers();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
