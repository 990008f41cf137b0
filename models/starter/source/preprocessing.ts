import type { Preprocessing } from '../../../main/core/encode/bundle.ts';

/** How the starter model sees a picture; the converter reads the same from its `open_clip_config.json`. */
export const preprocessing: Preprocessing = {
  version: 'starter-source',
  sizePx: 112,
  resize: 'shortest',
  interpolation: 'bicubic',
  cropRounding: 'open_clip',
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
