/** First seeds of the draws. They lie so far apart that no picture is in two of them. */
export const seeds = {
  /** 24,000 pictures from here are what the starter model was trained on. */
  training: 0,
  /** 2,000 pictures: what its figures are measured on. */
  heldOut: 1_000_000,
  demo: 2_000_000,
  demoSlide: 2_000_001,
} as const;
