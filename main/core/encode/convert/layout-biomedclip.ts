import type { Configuration, ModelPlan, Tensors, TextShape, VisionShape } from './model-plan.ts';
import { addBlocks, checkGrid, countLayers, headCount, shapeOf, weightCollector } from './plan-builder.ts';

const VISION = 'visual.trunk.';
const TEXT = 'text.transformer.';

/** The tensor by which this layout is told from others. */
export const biomedclipMark = `${VISION}patch_embed.proj.weight`;

/**
 * open_clip's custom text model as BiomedCLIP uses it: timm's ViT with a linear projection, and BERT with an MLP
 * projection of the first token's last state.
 *
 * @throws ArchiveError `checkpoint.tensors`, `checkpoint.config`
 */
export function planBiomedclip(tensors: Tensors, config: Configuration): ModelPlan {
  const vision = visionShape(tensors, config);
  const text = textShape(tensors, config);
  const [dimensions = 0] = shapeOf(tensors, 'visual.head.proj.weight', 2);
  const collector = weightCollector();
  const { add, addNorm } = collector;
  const { width, patchPx, sizePx } = vision;

  add('vision.patch.weight', biomedclipMark, [width, 3, patchPx, patchPx]);
  add('vision.patch.bias', `${VISION}patch_embed.proj.bias`, [width]);
  add('vision.class', `${VISION}cls_token`, [1, 1, width]);
  add('vision.position', `${VISION}pos_embed`, [1, (sizePx / patchPx) ** 2 + 1, width]);
  addBlocks(collector, 'vision', vision, (layer) => `${VISION}blocks.${layer}.`, {
    norm1: 'norm1',
    qkv: 'attn.qkv',
    out: 'attn.proj',
    norm2: 'norm2',
    fc1: 'mlp.fc1',
    fc2: 'mlp.fc2',
  });
  addNorm('vision.norm', `${VISION}norm`, width);
  add('vision.projection', 'visual.head.proj.weight', [dimensions, width]);

  add('text.token', `${TEXT}embeddings.word_embeddings.weight`, [text.vocabulary, text.width]);
  add('text.position', `${TEXT}embeddings.position_embeddings.weight`, [text.positions, text.width]);
  add('text.type', `${TEXT}embeddings.token_type_embeddings.weight`, [2, text.width]);
  addNorm('text.embeddingNorm', `${TEXT}embeddings.LayerNorm`, text.width);
  // BERT's norms stand behind the sums: the first belongs to the attention's output, the second to the MLP's.
  addBlocks(collector, 'text', text, (layer) => `${TEXT}encoder.layer.${layer}.`, {
    qkv: ['attention.self.query', 'attention.self.key', 'attention.self.value'],
    out: 'attention.output.dense',
    norm1: 'attention.output.LayerNorm',
    fc1: 'intermediate.dense',
    fc2: 'output.dense',
    norm2: 'output.LayerNorm',
  });
  const inner = text.projectionHidden ?? 0;
  add('text.projectionHidden', 'text.proj.0.weight', [inner, text.width]);
  add('text.projection', 'text.proj.2.weight', [dimensions, inner]);

  return {
    family: 'biomedclip',
    vision,
    text,
    dimensions,
    weights: collector.weights,
    logitScale: 'logit_scale',
    ignored: /^text\.transformer\.embeddings\.(position_ids|token_type_ids)$/,
  };
}

function visionShape(tensors: Tensors, config: Configuration): VisionShape {
  const [width = 0, , patchPx = 0] = shapeOf(tensors, biomedclipMark, 4);
  const [, rows = 0] = shapeOf(tensors, `${VISION}pos_embed`, 3);
  const [hidden = 0] = shapeOf(tensors, `${VISION}blocks.0.mlp.fc1.weight`, 2);
  const { sizePx } = config.preprocessing;
  checkGrid(rows, patchPx, sizePx);
  return {
    width,
    hidden,
    patchPx,
    sizePx,
    layers: countLayers(tensors, `${VISION}blocks.`),
    heads: headCount(config.heads.vision, width),
    epsilon: config.epsilon.vision ?? 1e-6,
    activation: config.activation.vision,
    patchBias: true,
    preNorm: false,
  };
}

function textShape(tensors: Tensors, config: Configuration): TextShape {
  const [vocabulary = 0, width = 0] = shapeOf(tensors, `${TEXT}embeddings.word_embeddings.weight`, 2);
  const [positions = 0] = shapeOf(tensors, `${TEXT}embeddings.position_embeddings.weight`, 2);
  const [hidden = 0] = shapeOf(tensors, `${TEXT}encoder.layer.0.intermediate.dense.weight`, 2);
  const [projectionHidden = 0] = shapeOf(tensors, 'text.proj.0.weight', 2);
  return {
    kind: 'bert',
    width,
    hidden,
    vocabulary,
    positions,
    contextLength: Math.min(config.contextLength ?? positions, positions),
    layers: countLayers(tensors, `${TEXT}encoder.layer.`),
    heads: headCount(config.heads.text, width),
    epsilon: config.epsilon.text ?? 1e-12,
    activation: config.activation.text,
    pooling: { at: 'first' },
    projectionHidden,
  };
}
