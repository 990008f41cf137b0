/** What a stage shows of its slide. */
export interface View {
  /** The middle of the stage, in pixels of level 0. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the screen per pixel of level 0. */
  readonly scale: number;
  /** Turned clockwise. */
  readonly degrees: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A slide as far as another one can follow it. */
export interface Followable {
  readonly width: number;
  readonly height: number;
  /** µm per pixel of level 0; null where nobody said it. */
  readonly mppX: number | null;
}

/**
 * How one slide lies on another: a place of the one is a place of the other, and stays so while both are moved, enlarged
 * and turned. Lengths are µm where both slides say how large their pixels are, else pixels.
 */
export interface Link {
  readonly is: 'µm' | 'px';
  /** A place of the one, in pixels of its level 0, … */
  readonly from: Point;
  /** … and what lies under it on the other. */
  readonly to: Point;
  /** Degrees that the other is turned further than the one. */
  readonly turn: number;
  /** Length per pixel of the screen of the other, divided by that of the one. */
  readonly ratio: number;
  /** Lengths per pixel of level 0. */
  readonly unitFrom: number;
  readonly unitTo: number;
}

function unitsOf(one: Followable, other: Followable): Pick<Link, 'is' | 'unitFrom' | 'unitTo'> {
  return one.mppX !== null && other.mppX !== null
    ? { is: 'µm', unitFrom: one.mppX, unitTo: other.mppX }
    : { is: 'px', unitFrom: 1, unitTo: 1 };
}

/** Middle on middle, as they were scanned; of the same size on the screen where they cannot be of the same scale. */
export function centred(one: Followable, other: Followable): Link {
  const units = unitsOf(one, other);
  return {
    ...units,
    from: { x: one.width / 2, y: one.height / 2 },
    to: { x: other.width / 2, y: other.height / 2 },
    turn: 0,
    ratio: units.is === 'µm' ? 1 : Math.max(other.width, other.height) / Math.max(one.width, one.height),
  };
}

/**
 * As the two are shown now.
 *
 * @param sameScale - the other is brought to the scale of the one, which needs µm.
 */
export function linkOf(
  one: Followable,
  shown: View,
  other: Followable,
  beside: View,
  sameScale: boolean,
): Link {
  const units = unitsOf(one, other);
  const ratio = units.unitTo / beside.scale / (units.unitFrom / shown.scale);
  return {
    ...units,
    from: { x: shown.x, y: shown.y },
    to: { x: beside.x, y: beside.y },
    turn: beside.degrees - shown.degrees,
    ratio: sameScale && units.is === 'µm' ? 1 : ratio,
  };
}

/** The same link seen from the other slide. */
export const reversed = ({ is, from, to, turn, ratio, unitFrom, unitTo }: Link): Link => ({
  is,
  from: to,
  to: from,
  turn: -turn,
  ratio: 1 / ratio,
  unitFrom: unitTo,
  unitTo: unitFrom,
});

/** The place of the other slide under a place of the one. */
export function across({ from, to, turn, ratio, unitFrom, unitTo }: Link, { x, y }: Point): Point {
  // The other shows it in the same direction on the screen, so on the slide it is turned back.
  const radians = (-turn * Math.PI) / 180;
  const length = (ratio * unitFrom) / unitTo;
  const right = (x - from.x) * length;
  const down = (y - from.y) * length;
  return {
    x: to.x + right * Math.cos(radians) - down * Math.sin(radians),
    y: to.y + right * Math.sin(radians) + down * Math.cos(radians),
  };
}

/** What the other is to show. */
export function followed(link: Link, view: View): View {
  return {
    ...across(link, view),
    scale: (view.scale * link.unitTo) / (link.unitFrom * link.ratio),
    degrees: view.degrees + link.turn,
  };
}

/** How far the other lies off from middle on middle, in the link's unit, along its own axes; all 0 when it does not. */
export function offsetOf(link: Link, one: Followable, other: Followable) {
  const middle = across(link, { x: one.width / 2, y: one.height / 2 });
  return {
    right: (middle.x - other.width / 2) * link.unitTo,
    down: (middle.y - other.height / 2) * link.unitTo,
    turn: ((((link.turn + 180) % 360) + 360) % 360) - 180,
  };
}
