import type { Configuration, ModelPlan, Tensors } from './model-plan.ts';
import {
  addBlocks,
  checkGrid,
  countLayers,
  headCount,
  shapeOf,
  weightCollector,
  type BlockNames,
} from './plan-builder.ts';

/** What the two ways of naming a CLIP model's tensors differ in. */
interface ClipNames {
  readonly patch: string;
  readonly classToken: string;
  readonly visionPosition: string;
  readonly preNorm: string;
  readonly visionBlocks: string;
  readonly visionNorm: string;
  readonly visionProjection: string;
  readonly token: string;
  readonly textPosition: string;
  readonly textBlocks: string;
  readonly textNorm: string;
  readonly textProjection: string;
  readonly block: BlockNames;
  /** The projections are stored [in, out]. */
  readonly turned: boolean;
  readonly ignored: RegExp;
}

/** transformers' `CLIPModel`: the form of OpenAI's own conversions, PLIP and QuiltNet. */
export const transformersClip: ClipNames = {
  patch: 'vision_model.embeddings.patch_embedding.weight',
  classToken: 'vision_model.embeddings.class_embedding',
  visionPosition: 'vision_model.embeddings.position_embedding.weight',
  preNorm: 'vision_model.pre_layrnorm',
  visionBlocks: 'vision_model.encoder.layers.',
  visionNorm: 'vision_model.post_layernorm',
  visionProjection: 'visual_projection.weight',
  token: 'text_model.embeddings.token_embedding.weight',
  textPosition: 'text_model.embeddings.position_embedding.weight',
  textBlocks: 'text_model.encoder.layers.',
  textNorm: 'text_model.final_layer_norm',
  textProjection: 'text_projection.weight',
  block: {
    norm1: 'layer_norm1',
    qkv: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
    out: 'self_attn.out_proj',
    norm2: 'layer_norm2',
    fc1: 'mlp.fc1',
    fc2: 'mlp.fc2',
  },
  turned: false,
  ignored: /^(text|vision)_model\.embeddings\.position_ids$/,
};

/** open_clip's own `CLIP`, which is OpenAI's first form. */
export const openClip: ClipNames = {
  patch: 'visual.conv1.weight',
  classToken: 'visual.class_embedding',
  visionPosition: 'visual.positional_embedding',
  preNorm: 'visual.ln_pre',
  visionBlocks: 'visual.transformer.resblocks.',
  visionNorm: 'visual.ln_post',
  visionProjection: 'visual.proj',
  token: 'token_embedding.weight',
  textPosition: 'positional_embedding',
  textBlocks: 'transformer.resblocks.',
  textNorm: 'ln_final',
  textProjection: 'text_projection',
  block: {
    norm1: 'ln_1',
    qkv: 'attn.in_proj_',
    out: 'attn.out_proj',
    norm2: 'ln_2',
    fc1: 'mlp.c_fc',
    fc2: 'mlp.c_proj',
  },
  turned: true,
  ignored: /^(input_resolution|context_length|vocab_size|attn_mask)$/,
};

/** @throws ArchiveError `checkpoint.tensors`, `checkpoint.config` */
export function planClip(tensors: Tensors, config: Configuration, names: ClipNames): ModelPlan {
  const [width = 0, , patchPx = 0] = shapeOf(tensors, names.patch, 4);
  const [rows = 0] = shapeOf(tensors, names.visionPosition, 2);
  const [hidden = 0] = shapeOf(tensors, `${names.visionBlocks}0.${names.block.fc1}.weight`, 2);
  const [vocabulary = 0, textWidth = 0] = shapeOf(tensors, names.token, 2);
  const [positions = 0] = shapeOf(tensors, names.textPosition, 2);
  const [textHidden = 0] = shapeOf(tensors, `${names.textBlocks}0.${names.block.fc1}.weight`, 2);
  const dimensions = shapeOf(tensors, names.visionProjection, 2)[names.turned ? 1 : 0] ?? 0;
  const { sizePx } = config.preprocessing;
  checkGrid(rows, patchPx, sizePx);

  const vision = {
    width,
    hidden,
    patchPx,
    sizePx,
    layers: countLayers(tensors, names.visionBlocks),
    heads: headCount(config.heads.vision, width),
    epsilon: config.epsilon.vision ?? 1e-5,
    activation: config.activation.vision,
    patchBias: false,
    preNorm: true,
  };
  const text = {
    kind: 'clip' as const,
    width: textWidth,
    hidden: textHidden,
    vocabulary,
    positions,
    contextLength: Math.min(config.contextLength ?? positions, positions),
    layers: countLayers(tensors, names.textBlocks),
    heads: headCount(config.heads.text, textWidth),
    epsilon: config.epsilon.text ?? 1e-5,
    activation: config.activation.text,
    pooling: config.pooling,
    projectionHidden: null,
  };

  const collector = weightCollector();
  const { add, addNorm } = collector;
  add('vision.patch.weight', names.patch, [width, 3, patchPx, patchPx]);
  add('vision.class', names.classToken, [width]);
  add('vision.position', names.visionPosition, [rows, width]);
  addNorm('vision.preNorm', names.preNorm, width);
  addBlocks(collector, 'vision', vision, (layer) => `${names.visionBlocks}${layer}.`, names.block);
  addNorm('vision.norm', names.visionNorm, width);
  add('vision.projection', names.visionProjection, [dimensions, width], names.turned);

  add('text.token', names.token, [vocabulary, textWidth]);
  add('text.position', names.textPosition, [positions, textWidth]);
  addBlocks(collector, 'text', text, (layer) => `${names.textBlocks}${layer}.`, names.block);
  addNorm('text.norm', names.textNorm, textWidth);
  add('text.projection', names.textProjection, [dimensions, textWidth], names.turned);

  const { weights } = collector;
  return {
    family: 'clip',
    vision,
    text,
    dimensions,
    weights,
    logitScale: 'logit_scale',
    ignored: names.ignored,
  };
}
