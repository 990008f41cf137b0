import type { SlideDesk } from './slide-desk.svelte.ts';

/** What of the viewer's surroundings keys reach. */
export interface Around {
  readonly back: () => void;
  readonly step: (by: number) => void;
  readonly focusPhrase: () => void;
  readonly failed: (thrown: unknown) => void;
}

const ZOOM_STEP = 1.5;
/** Share of what is seen that an arrow key moves by. */
const PAN_STEP = 0.2;
/** Objective powers of the keys 1 to 7. */
const powers = [1.25, 2.5, 5, 10, 20, 40, 80] as const;

/** What keys do to the slide that is active. */
export function slideActions(desk: SlideDesk, around: Around): Readonly<Record<string, () => void>> {
  const { look } = desk;
  const stage = () => desk.active?.stage;

  /** One level back: drawing, rectangle, second slide, viewer. */
  function escape() {
    const { active } = desk;
    if (active?.drawing) active.drawing = false;
    else if (active?.rectangle) active.rectangle = null;
    else if (desk.paired) desk.single();
    else around.back();
  }

  function draw() {
    const { active } = desk;
    if (!active) return;
    // Without a pointer: the middle of what is seen.
    if (active.drawing) active.rectangle = stage()?.middle() ?? null;
    active.drawing = !active.drawing;
  }

  async function showTissue() {
    look.showMask = !look.showMask;
    if (look.showMask) await Promise.all(desk.viewers.map((viewer) => viewer.loadMask()));
  }

  async function showGrid() {
    look.showGrid = !look.showGrid;
    if (look.showGrid) await Promise.all(desk.viewers.map((viewer) => viewer.loadGrid()));
  }

  return {
    Escape: escape,
    h: () => (look.showHeat = !look.showHeat),
    m: () => void showTissue().catch(around.failed),
    g: () => void showGrid().catch(around.failed),
    n: () => desk.active?.jump(1),
    p: () => desk.active?.jump(-1),
    r: draw,
    s: () => void desk.active?.searchRectangle(),
    j: () => void desk.active?.staining.measure(),
    c: () => (desk.paired ? desk.single() : (desk.choosing = true)),
    x: () => desk.paired && desk.swap(),
    'Ctrl+Alt+S': () => desk.paired && desk.toggleLinked(),
    '/': around.focusPhrase,
    '0': () => stage()?.fit(),
    ...Object.fromEntries(powers.map((power, index) => [String(index + 1), () => stage()?.toPower(power)])),
    '+': () => stage()?.zoomBy(ZOOM_STEP),
    '=': () => stage()?.zoomBy(ZOOM_STEP),
    '-': () => stage()?.zoomBy(1 / ZOOM_STEP),
    '>': () => stage()?.rotateBy(90),
    '<': () => stage()?.rotateBy(-90),
    ArrowLeft: () => stage()?.panBy(-PAN_STEP, 0),
    ArrowRight: () => stage()?.panBy(PAN_STEP, 0),
    ArrowUp: () => stage()?.panBy(0, -PAN_STEP),
    ArrowDown: () => stage()?.panBy(0, PAN_STEP),
    PageUp: () => around.step(-1),
    PageDown: () => around.step(1),
  };
}
