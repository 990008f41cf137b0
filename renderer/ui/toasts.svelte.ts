const SHOWN_MS = 8_000;

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'problem';
  readonly text: string;
  readonly action?: { readonly text: string; readonly run: () => void };
}

/** Short results of actions. Each goes by itself unless it is held by pointer or focus. */
export class Toasts {
  #next = 1;
  #shown = $state.raw<readonly Toast[]>([]);
  // Not shown, hence not reactive.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  get shown(): readonly Toast[] {
    return this.#shown;
  }

  done(text: string, action?: Toast['action']): void {
    // What was done before has been seen, and its action may no longer mean what it says.
    for (const { id, kind } of this.#shown) if (kind === 'done') this.dismiss(id);
    this.#add({ id: this.#next++, kind: 'done', text, ...(action && { action }) });
  }

  problem(text: string): void {
    if (this.#shown.some((toast) => toast.text === text)) return;
    this.#add({ id: this.#next++, kind: 'problem', text });
  }

  /** Runs an action; a refusal becomes a toast. Answers whether it was done. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      if (thrown.code !== 'request.cancelled') this.problem(thrown.message);
      return false;
    }
  }

  dismiss(id: number): void {
    this.hold(id);
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }

  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS),
    );
  }

  #add(toast: Toast): void {
    this.#shown = [...this.#shown, toast].slice(-3);
    this.release(toast.id);
  }
}

/** An ArchiveError, told by its name: this folder does not know the contract. */
function isRefusal(thrown: unknown): thrown is Error & { readonly code: string } {
  return thrown instanceof Error && thrown.name === 'ArchiveError' && 'code' in thrown;
}
