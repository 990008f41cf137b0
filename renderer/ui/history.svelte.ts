const KEPT = 100;

/** Something that was done and can be taken back, by the name that toast and tooltip say. */
export interface Step {
  readonly name: string;
  readonly undo: () => Promise<unknown>;
  readonly redo: () => Promise<unknown>;
}

/** What can be taken back in this window, newest last. One step at a time runs; a step that is refused stays. */
export class History {
  #done = $state.raw<readonly Step[]>([]);
  #undone = $state.raw<readonly Step[]>([]);
  #running = false;

  /** What would be taken back next. */
  get last(): string | undefined {
    return this.#done.at(-1)?.name;
  }

  /** What would be done again next. */
  get next(): string | undefined {
    return this.#undone.at(-1)?.name;
  }

  /** Something was done; what was undone before it cannot be done again. */
  add(step: Step): void {
    this.#done = [...this.#done, step].slice(-KEPT);
    this.#undone = [];
  }

  /** Takes the last step back; its name, or undefined when there is none. @throws what the step throws. */
  async undo(): Promise<string | undefined> {
    return this.#move(this.#done, 'undo', (step) => {
      this.#done = this.#done.slice(0, -1);
      this.#undone = [...this.#undone, step];
    });
  }

  /** Does again what was undone last. */
  async redo(): Promise<string | undefined> {
    return this.#move(this.#undone, 'redo', (step) => {
      this.#undone = this.#undone.slice(0, -1);
      this.#done = [...this.#done, step];
    });
  }

  /** Another archive: nothing of the old one can be taken back in it. */
  clear(): void {
    this.#done = [];
    this.#undone = [];
  }

  async #move(
    from: readonly Step[],
    way: 'undo' | 'redo',
    then: (step: Step) => void,
  ): Promise<string | undefined> {
    const step = from.at(-1);
    if (!step || this.#running) return undefined;
    this.#running = true;
    try {
      await step[way]();
      then(step);
      return step.name;
    } finally {
      this.#running = false;
    }
  }
}
