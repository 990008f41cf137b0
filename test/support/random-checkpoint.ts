import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { randomNumbers } from '../../main/core/encode/convert/parity-probe.ts';
import { floatEntry, writeSafetensors } from './safetensors.ts';

/** Sizes of a model of BiomedCLIP's architecture; heads are 64 wide or as `heads` says. */
export interface ModelSizes {
  readonly sizePx: number;
  readonly patchPx: number;
  readonly width: number;
  readonly layers: number;
  readonly textWidth: number;
  readonly textLayers: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly positions: number;
  readonly projection: number;
  readonly dimensions: number;
}

/** BiomedCLIP as published: ViT-B/16 and BERT base. */
export const fullSize: ModelSizes = {
  sizePx: 224,
  patchPx: 16,
  width: 768,
  layers: 12,
  textWidth: 768,
  textLayers: 12,
  heads: 12,
  vocabulary: 30_522,
  positions: 512,
  projection: 640,
  dimensions: 512,
};

/** A few thousand weights: converts in a blink. The vocabulary fits `tinyTokenizer`. */
export const smallSize: ModelSizes = {
  sizePx: 32,
  patchPx: 16,
  width: 16,
  layers: 2,
  textWidth: 12,
  textLayers: 2,
  heads: 2,
  vocabulary: 24,
  positions: 16,
  projection: 10,
  dimensions: 8,
};

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Every float tensor of the checkpoint, in the order of the published file. */
export function biomedclipTensors(sizes: ModelSizes): TensorSpec[] {
  const { width, textWidth, patchPx, dimensions, projection } = sizes;
  const tensors: TensorSpec[] = [{ name: 'logit_scale', shape: [] }];
  const add = (name: string, ...shape: number[]) => void tensors.push({ name, shape });
  function layer(name: string, out: number, into: number): void {
    add(`${name}.weight`, out, into);
    add(`${name}.bias`, out);
  }
  function norm(name: string, size: number): void {
    add(`${name}.weight`, size);
    add(`${name}.bias`, size);
  }

  const vision = 'visual.trunk';
  add(`${vision}.cls_token`, 1, 1, width);
  add(`${vision}.pos_embed`, 1, (sizes.sizePx / patchPx) ** 2 + 1, width);
  add(`${vision}.patch_embed.proj.weight`, width, 3, patchPx, patchPx);
  add(`${vision}.patch_embed.proj.bias`, width);
  for (let block = 0; block < sizes.layers; block += 1) {
    const name = `${vision}.blocks.${block}`;
    norm(`${name}.norm1`, width);
    layer(`${name}.attn.qkv`, 3 * width, width);
    layer(`${name}.attn.proj`, width, width);
    norm(`${name}.norm2`, width);
    layer(`${name}.mlp.fc1`, 4 * width, width);
    layer(`${name}.mlp.fc2`, width, 4 * width);
  }
  norm(`${vision}.norm`, width);
  add('visual.head.proj.weight', dimensions, width);

  const text = 'text.transformer';
  add(`${text}.embeddings.word_embeddings.weight`, sizes.vocabulary, textWidth);
  add(`${text}.embeddings.position_embeddings.weight`, sizes.positions, textWidth);
  add(`${text}.embeddings.token_type_embeddings.weight`, 2, textWidth);
  norm(`${text}.embeddings.LayerNorm`, textWidth);
  for (let block = 0; block < sizes.textLayers; block += 1) {
    const name = `${text}.encoder.layer.${block}`;
    for (const part of ['query', 'key', 'value'])
      layer(`${name}.attention.self.${part}`, textWidth, textWidth);
    layer(`${name}.attention.output.dense`, textWidth, textWidth);
    norm(`${name}.attention.output.LayerNorm`, textWidth);
    layer(`${name}.intermediate.dense`, 4 * textWidth, textWidth);
    layer(`${name}.output.dense`, textWidth, 4 * textWidth);
    norm(`${name}.output.LayerNorm`, textWidth);
  }
  add('text.proj.0.weight', projection, textWidth);
  add('text.proj.2.weight', dimensions, projection);
  return tensors;
}

/**
 * Random numbers for a tensor, scaled so that activations keep their size through the layers and inputs still tell
 * apart at the end. The same in every run.
 */
export function randomTensor({ name, shape }: TensorSpec): Float32Array<ArrayBuffer> {
  if (name === 'logit_scale') return Float32Array.of(2.5);
  const count = shape.reduce((product, size) => product * size, 1);
  const seed = [...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), 7);
  const random = randomNumbers(seed);
  // The sum of three has variance 1/4 about its mean.
  const normal = () => 2 * (random() + random() + random() - 1.5);
  if (/norm\d?\.weight$/i.test(name)) return Float32Array.from({ length: count }, () => 1 + 0.2 * normal());
  const scale = /bias$|pos_embed|cls_token|type_embed/.test(name)
    ? 0.2
    : /embeddings/.test(name)
      ? 1
      : 1.3 / Math.sqrt(count / (shape[0] ?? 1));
  return Float32Array.from({ length: count }, () => scale * normal());
}

/**
 * Writes a random checkpoint as a folder: `open_clip_model.safetensors`, its configuration and a tokenizer.
 *
 * @param tokenizer - a `tokenizer.json` whose ids fit the vocabulary.
 */
export function writeRandomCheckpoint(folder: string, sizes: ModelSizes, tokenizer: string): void {
  mkdirSync(folder, { recursive: true });
  const entries = biomedclipTensors(sizes).map((tensor) =>
    floatEntry(tensor.name, tensor.shape, () => randomTensor(tensor)),
  );
  writeSafetensors(join(folder, 'open_clip_model.safetensors'), entries);
  writeConfiguration(folder, sizes);
  copyFileSync(tokenizer, join(folder, 'tokenizer.json'));
}

/** `open_clip_config.json` and the head counts beside it. */
export function writeConfiguration(folder: string, sizes: ModelSizes): void {
  const config = {
    model_cfg: {
      embed_dim: sizes.dimensions,
      vision_cfg: {
        timm_model_name: 'vit_base_patch16_224',
        timm_pool: '',
        timm_proj: 'linear',
        image_size: sizes.sizePx,
      },
      text_cfg: {
        hf_model_name: 'random',
        hf_proj_type: 'mlp',
        hf_pooler_type: 'cls_last_hidden_state_pooler',
        context_length: Math.min(256, sizes.positions),
      },
    },
    preprocess_cfg: { mean: [0.48, 0.46, 0.41], std: [0.27, 0.26, 0.28] },
  };
  writeFileSync(join(folder, 'open_clip_config.json'), JSON.stringify(config));
  const heads = { heads: sizes.heads };
  writeFileSync(join(folder, 'architecture.json'), JSON.stringify({ vision: heads, text: heads }));
}

/** A `tokenizer.json` of as many entries as `smallSize` has rows, cut from the tiny bundle's. */
export function writeSmallTokenizer(path: string): void {
  const whole = join(import.meta.dirname, '../fixtures/models/tiny/tokenizer.json');
  const json = JSON.parse(readFileSync(whole, 'utf8'));
  const entries = Object.keys(json.model.vocab).slice(0, smallSize.vocabulary);
  json.model.vocab = Object.fromEntries(entries.map((entry, id) => [entry, id]));
  writeFileSync(path, JSON.stringify(json));
}
