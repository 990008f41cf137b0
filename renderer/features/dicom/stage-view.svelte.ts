const MIN_ZOOM = 0.25;
const MAX_ZOOM = 32;

/** How far a picture is zoomed and where it is held; 1 is "fits the stage". */
export class StageView {
  #zoom = $state(1);
  #x = $state(0);
  #y = $state(0);

  get zoom(): number {
    return this.#zoom;
  }
  /** Offset from the middle of the stage, px. */
  get offset(): { readonly x: number; readonly y: number } {
    return { x: this.#x, y: this.#y };
  }

  /** Zooms by a factor and keeps the point (px from the stage's middle) where it is. */
  zoomBy(factor: number, x = 0, y = 0): void {
    const zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, this.#zoom * factor));
    const ratio = zoom / this.#zoom;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#zoom = zoom;
  }

  panBy(x: number, y: number): void {
    this.#x += x;
    this.#y += y;
  }

  fit(): void {
    this.#zoom = 1;
    this.#x = this.#y = 0;
  }
}
