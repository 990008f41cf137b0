const MOST_ZOOM = 32;

/** How far a picture is zoomed and where it is held; 1 is "fits the stage". */
export class PanZoom {
  readonly #least: number;
  #zoom = $state(1);
  #x = $state(0);
  #y = $state(0);

  /** @param least - the smallest zoom; at it the picture lies in the middle. */
  constructor(least: number) {
    this.#least = least;
  }

  get zoom(): number {
    return this.#zoom;
  }
  /** Offset from the middle of the stage, px. */
  get offset(): { readonly x: number; readonly y: number } {
    return { x: this.#x, y: this.#y };
  }

  /** Zooms by a factor and keeps the point (px from the stage's middle) where it is. */
  zoomBy(factor: number, x = 0, y = 0): void {
    const zoom = Math.max(this.#least, Math.min(MOST_ZOOM, this.#zoom * factor));
    const ratio = zoom / this.#zoom;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#zoom = zoom;
    if (zoom === this.#least) this.#x = this.#y = 0;
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

/** Where the pointer is, in px from the middle of an element. */
export function fromMiddle(event: MouseEvent, element: Element): { readonly x: number; readonly y: number } {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
}

/** The zoom factor of a turn of the wheel. */
export const wheelFactor = (event: WheelEvent): number => Math.exp(-event.deltaY * 0.0015);

/** Takes the wheel away from scrolling: Svelte's own wheel handlers are passive. */
export function onwheel(handler: (event: WheelEvent) => void) {
  return (element: HTMLElement) => {
    const handle = (event: WheelEvent) => {
      event.preventDefault();
      handler(event);
    };
    element.addEventListener('wheel', handle, { passive: false });
    return () => element.removeEventListener('wheel', handle);
  };
}
