const REFRESH_EVERY_MS = 1_500;

interface Archive {
  readonly path: string;
  readonly generation: number;
}

interface Listener {
  /** Another archive was opened; not called for the first. */
  readonly left: () => void;
  readonly opened: () => void;
  /** It has changed; not called more often than people can follow. */
  readonly changed: () => void;
}

/** Which archive is open, and whether it has changed since the hits on screen were found. */
export class ArchiveWatch {
  #path: string | undefined;
  #now = $state(-1);
  #foundAt = $state(-1);
  #refreshedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get generation(): number {
    return this.#now;
  }

  get hasMoved(): boolean {
    return this.#foundAt !== this.#now;
  }

  /** Hits were found; at this generation they were asked for. */
  found(generation: number): void {
    this.#foundAt = generation;
  }

  refreshed(): void {
    this.#refreshedAt = Date.now();
  }

  follow({ path, generation }: Archive): void {
    if (path !== this.#path) {
      if (this.#path !== undefined) this.#listener.left();
      this.#path = path;
      this.#now = generation;
      this.#listener.opened();
    } else if (generation !== this.#now) {
      this.#now = generation;
      clearTimeout(this.#timer);
      const wait = Math.max(0, this.#refreshedAt + REFRESH_EVERY_MS - Date.now());
      this.#timer = setTimeout(() => this.#listener.changed(), wait);
    }
  }
}
