import { z } from 'zod';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { readJson } from './json-file.ts';
import { HEAD_WIDTH, type Configuration } from './model-plan.ts';

const FILE = 'open_clip_config.json';
const OLD_FILE = 'open_clip_config.old-keys.json';

const OPENAI_MEAN: [number, number, number] = [0.48145466, 0.4578275, 0.40821073];
const OPENAI_STD: [number, number, number] = [0.26862954, 0.26130258, 0.27577711];
const Triple = z.tuple([z.number(), z.number(), z.number()]);

// Strict objects: an option that is not known here could change the model, and would be missed in silence.
const Preprocess = z
  .strictObject({
    mean: Triple.default(OPENAI_MEAN),
    std: Triple.default(OPENAI_STD),
    interpolation: z.enum(['bicubic', 'bilinear']).default('bicubic'),
    resize_mode: z.enum(['shortest', 'squash']).default('shortest'),
    mode: z.literal('RGB').optional(),
    size: z.union([z.int(), z.array(z.int())]).optional(),
    fill_color: z.number().optional(),
  })
  .prefault({});

const TimmVision = z.strictObject({
  timm_model_name: z.string().regex(/^vit_/),
  timm_model_pretrained: z.boolean().optional(),
  timm_pool: z.enum(['', 'token']),
  timm_proj: z.literal('linear'),
  image_size: z.int().positive(),
});
const BertText = z.strictObject({
  hf_model_name: z.string(),
  hf_tokenizer_name: z.string().optional(),
  hf_model_pretrained: z.boolean().optional(),
  hf_proj_type: z.literal('mlp'),
  hf_pooler_type: z.literal('cls_last_hidden_state_pooler'),
  context_length: z.int().positive().default(77),
  tokenizer_kwargs: z.strictObject({ clean: z.enum(['whitespace', 'lower']).optional() }).optional(),
});

const ClipVision = z.strictObject({
  image_size: z.int().positive(),
  layers: z.int().positive(),
  width: z.int().positive(),
  patch_size: z.int().positive(),
  head_width: z.int().positive().default(HEAD_WIDTH),
  mlp_ratio: z.number().optional(),
});
const ClipText = z.strictObject({
  context_length: z.int().positive().default(77),
  vocab_size: z.int().positive(),
  width: z.int().positive(),
  heads: z.int().positive(),
  layers: z.int().positive(),
  mlp_ratio: z.number().optional(),
});

/** In circulation with and without the prefix `hf_` for two of the keys. */
const renameOldKeys = (text: unknown): unknown => {
  if (typeof text !== 'object' || text === null) return text;
  const { proj, pooler_type, ...rest } = text as Record<string, unknown>;
  return {
    ...(proj === undefined ? {} : { hf_proj_type: proj }),
    ...(pooler_type === undefined ? {} : { hf_pooler_type: pooler_type }),
    ...rest,
  };
};

const common = { embed_dim: z.int().positive(), custom_text: z.boolean().optional() };
const TimmBert = z.object({
  model_cfg: z.strictObject({
    ...common,
    vision_cfg: TimmVision,
    text_cfg: z.preprocess(renameOldKeys, BertText),
  }),
  preprocess_cfg: Preprocess,
});
const Clip = z.object({
  model_cfg: z.strictObject({
    ...common,
    quick_gelu: z.boolean().default(false),
    vision_cfg: ClipVision,
    text_cfg: ClipText,
  }),
  preprocess_cfg: Preprocess,
});

/** Head counts and epsilons, where whoever made the checkpoint wrote them down. */
const Architecture = z.object({
  vision: z.object({ heads: z.int().positive(), layer_norm_eps: z.number().positive() }).partial(),
  text: z.object({ heads: z.int().positive(), layer_norm_eps: z.number().positive() }).partial(),
});

/** @throws ArchiveError `checkpoint.config` */
export function readBiomedclipConfig(folder: string): Configuration {
  const { file, parsed } = readOpenClip(folder, TimmBert);
  const { vision_cfg, text_cfg } = parsed.model_cfg;
  const architecture = readJson(folder, 'architecture.json', Architecture);
  return {
    files: architecture ? [file, 'architecture.json'] : [file],
    preprocessing: preprocessing(parsed.preprocess_cfg, vision_cfg.image_size),
    contextLength: text_cfg.context_length,
    heads: { vision: architecture?.vision.heads ?? null, text: architecture?.text.heads ?? null },
    epsilon: {
      vision: architecture?.vision.layer_norm_eps ?? null,
      text: architecture?.text.layer_norm_eps ?? null,
    },
    activation: { vision: 'gelu', text: 'gelu' },
    pooling: { at: 'first' },
    clean: text_cfg.tokenizer_kwargs?.clean ?? 'whitespace',
    modelName: `${vision_cfg.timm_model_name} + ${text_cfg.hf_model_name}`,
  };
}

/** @throws ArchiveError `checkpoint.config` */
export function readOpenClipConfig(folder: string): Configuration {
  const { file, parsed } = readOpenClip(folder, Clip);
  const { vision_cfg, text_cfg, quick_gelu } = parsed.model_cfg;
  const activation = quick_gelu ? 'quick_gelu' : 'gelu';
  return {
    files: [file],
    preprocessing: preprocessing(parsed.preprocess_cfg, vision_cfg.image_size),
    contextLength: text_cfg.context_length,
    heads: { vision: vision_cfg.width / vision_cfg.head_width, text: text_cfg.heads },
    epsilon: { vision: null, text: null },
    activation: { vision: activation, text: activation },
    pooling: { at: 'largest' },
    clean: 'lower',
    modelName: null,
  };
}

function readOpenClip<S extends z.ZodType>(folder: string, schema: S): { file: string; parsed: z.output<S> } {
  for (const file of [FILE, OLD_FILE]) {
    const parsed = readJson(folder, file, schema);
    if (parsed) return { file, parsed };
  }
  throw new ArchiveError('checkpoint.config', { missing: FILE });
}

function preprocessing(config: z.output<typeof Preprocess>, sizePx: number): Configuration['preprocessing'] {
  const { mean, std, interpolation, resize_mode: resize } = config;
  return { version: '1', sizePx, resize, interpolation, cropRounding: 'open_clip', mean, std };
}
