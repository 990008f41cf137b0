/** Shown while no answer has brought a line of its own. */
const FIRST_LINE = 3.1;
const HIGHEST_LINE = 20;
const SETTLES_MS = 60;

/** Keeps a line within what the contract takes. */
const withinReach = (line: number): number => Math.max(0, Math.min(HIGHEST_LINE, line));

/** Where results stop standing out: drawn for the query, or where somebody put it. */
export class Line {
  #byHand = $state<number | null>(null);
  #drawn = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** In spreads above the background's median. */
  get at(): number {
    return this.#byHand ?? this.#drawn ?? FIRST_LINE;
  }

  /** Where somebody put it; null leaves it to the query. */
  get byHand(): number | null {
    return this.#byHand;
  }

  /** An answer has drawn it. */
  drawn(at: number | null): void {
    this.#drawn = at;
  }

  restore(byHand: number | null): void {
    this.#byHand = byHand;
  }

  /** Puts it there and, when the hand rests, calls back. */
  put(at: number, onsettled: () => void): void {
    this.#byHand = Math.round(withinReach(at) * 10) / 10;
    this.unsettle();
    this.#timer = setTimeout(onsettled, SETTLES_MS);
  }

  /** What has not settled comes with the next answer. */
  unsettle(): void {
    clearTimeout(this.#timer);
  }
}
