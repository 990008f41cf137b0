import type { StainName } from '../../../preload/contract/slide-preparations.ts';

/** How far apart the ends of the colours are where two phrases are compared: as far as on the fixed scale. */
const MOST_DIFFERENCE = 6;
const FIRST_ABOVE = 2;

export interface Scale {
  readonly from: number;
  readonly to: number;
}

/** What slides are lit up by and how that is drawn: the same for all slides on the stage. */
export class SlideLook {
  phrase = $state('');
  /** Other words: shown is where the phrase fits better, and where they do. */
  minus = $state('');
  /** How the colours of the tiles are prepared that are compared. */
  stain = $state<StainName>('none');
  showHeat = $state(true);
  opacity = $state(0.7);
  /** Spreads above the background from which tiles are drawn; of two phrases, how far they are apart. */
  above = $state(FIRST_ABOVE);
  /** Wished for; two slides side by side have the fixed scale all the same. */
  stretch = $state(false);
  /** Two slides are compared: what would not be comparable is not offered. */
  paired = $state(false);
  showMask = $state(false);
  showGrid = $state(false);
  showUnread = $state(false);
  showBlurred = $state(false);
  showPen = $state(false);

  get stretches(): boolean {
    return this.stretch && !this.paired;
  }

  /** Values at the ends of the colours. */
  scaleOf(lifts: readonly number[], fixed: Scale, isDifference: boolean): Scale {
    if (!this.stretches) return isDifference ? { from: -MOST_DIFFERENCE, to: MOST_DIFFERENCE } : fixed;
    let from = Infinity;
    let to = -Infinity;
    for (const lift of lifts) {
      from = Math.min(from, lift);
      to = Math.max(to, lift);
    }
    if (!(to > from)) return fixed;
    // The middle of a difference is no difference.
    const most = Math.max(Math.abs(from), Math.abs(to));
    return isDifference ? { from: -most, to: most } : { from, to };
  }
}
