import { z } from 'zod';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { readJson } from './json-file.ts';
import type { Configuration } from './model-plan.ts';

const Act = z.enum(['quick_gelu', 'gelu']);
const tower = {
  num_attention_heads: z.int().positive(),
  hidden_act: Act.default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
};

/**
 * `config.json` of transformers' `CLIPModel`. Defaults are those of `CLIPTextConfig` and `CLIPVisionConfig`: saved
 * files leave out what equals them.
 */
const Config = z.object({
  model_type: z.literal('clip'),
  _name_or_path: z.string().optional(),
  text_config: z.object({
    ...tower,
    num_attention_heads: z.int().positive().default(8),
    max_position_embeddings: z.int().positive().default(77),
    eos_token_id: z.int().nonnegative().default(49_407),
  }),
  vision_config: z.object({
    ...tower,
    num_attention_heads: z.int().positive().default(12),
    image_size: z.int().positive().default(224),
  }),
});

const Triple = z.tuple([z.number(), z.number(), z.number()]);
const Square = z.object({ height: z.int(), width: z.int() });
const Preprocessor = z.object({
  image_mean: Triple,
  image_std: Triple,
  do_resize: z.literal(true).default(true),
  do_normalize: z.literal(true).default(true),
  do_center_crop: z.boolean().default(true),
  rescale_factor: z.number().optional(),
  /** PIL's numbers: 2 bilinear, 3 bicubic. */
  resample: z.union([z.literal(2), z.literal(3)]).default(3),
  size: z.union([z.int(), z.object({ shortest_edge: z.int() }), Square]),
  crop_size: z.union([z.int(), Square]).optional(),
});

/**
 * transformers' configuration: `config.json` and `preprocessor_config.json`.
 *
 * @throws ArchiveError `checkpoint.config`
 */
export function readTransformersConfig(folder: string): Configuration {
  const config = readJson(folder, 'config.json', Config);
  if (!config) throw new ArchiveError('checkpoint.config', { missing: 'config.json' });
  const { text_config: text, vision_config: vision } = config;
  return {
    files: ['config.json', 'preprocessor_config.json'],
    preprocessing: readPreprocessing(folder, vision.image_size),
    contextLength: text.max_position_embeddings,
    heads: { vision: vision.num_attention_heads, text: text.num_attention_heads },
    epsilon: { vision: vision.layer_norm_eps, text: text.layer_norm_eps },
    activation: { vision: vision.hidden_act, text: text.hidden_act },
    // Conversions of OpenAI's weights say 2, which is not the end token: transformers then takes the largest id.
    pooling: text.eos_token_id === 2 ? { at: 'largest' } : { at: 'end', endId: text.eos_token_id },
    clean: 'none',
    modelName: config._name_or_path ?? null,
  };
}

function readPreprocessing(folder: string, sizePx: number): Configuration['preprocessing'] {
  const file = 'preprocessor_config.json';
  const config = readJson(folder, file, Preprocessor);
  if (!config) throw new ArchiveError('checkpoint.config', { missing: file });
  const { size, crop_size: crop = sizePx, image_mean: mean, image_std: std } = config;
  const isSquare = typeof size === 'object' && 'height' in size;
  const short = typeof size === 'number' ? size : isSquare ? size.height : size.shortest_edge;
  const cropped = typeof crop === 'number' ? crop : crop.height;
  const fits = short === sizePx && (!config.do_center_crop || cropped === sizePx);
  const isWhole = isSquare ? size.width === size.height : config.do_center_crop;
  if (!fits || !isWhole)
    throw new ArchiveError('checkpoint.config', { file, reason: 'resizes to another size' });
  return {
    version: '1',
    sizePx,
    resize: isSquare ? 'squash' : 'shortest',
    interpolation: config.resample === 3 ? 'bicubic' : 'bilinear',
    cropRounding: 'floor',
    mean,
    std,
  };
}
