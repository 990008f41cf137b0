/** Which frames of a file stand for it in search. */
export interface FramePolicy {
  /** Most frames that are chosen, at least 1. */
  readonly most: number;
  /** `spread`: first, last and evenly between (the default); `middle`: around the middle one only. */
  readonly choose?: 'spread' | 'middle' | undefined;
  /** Chooses among every nth frame only; 1 by default. */
  readonly every?: number | undefined;
}

/** First, middle and last. */
export const defaultFramePolicy: FramePolicy = { most: 3 };

/**
 * The frames that stand for a multi-frame file, ascending, without repetition, at least one. Evenly spaced, so a
 * cine is sampled over its whole length; one frame alone is the middle one, as the ends are often empty.
 *
 * @param frames - number of frames, at least 1.
 */
export function representativeFrames(frames: number, policy: FramePolicy = defaultFramePolicy): number[] {
  const every = Math.max(1, Math.floor(policy.every ?? 1));
  const candidates = Math.max(1, Math.ceil(frames / every));
  const most = Math.min(Math.max(1, Math.floor(policy.most)), candidates);
  const chosen = Array.from({ length: most }, (_, index) => {
    if (most === 1) return (candidates - 1) >> 1;
    if (policy.choose === 'middle') return ((candidates - most) >> 1) + index;
    return Math.round((index * (candidates - 1)) / (most - 1));
  });
  return chosen.map((index) => index * every);
}

/** How a file becomes regions: which frames stand for it, and in which windows a CT is shown to the model. */
export interface Sampling {
  readonly frames: FramePolicy;
  /** Names of presets; each gives a region of its own. Empty: the one window of the policy. */
  readonly ctWindows: readonly string[];
}

/** Five frames, first to last, evenly between; a CT in the window of the policy. */
export const defaultSampling: Sampling = { frames: { most: 5 }, ctWindows: [] };
