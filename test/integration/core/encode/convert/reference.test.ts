// Long because the numbers of one reference are held against every form of its checkpoint, side by side.
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import type { Precision } from '../../../../../main/core/encode/bundle.ts';
import { openCheckpoint } from '../../../../../main/core/encode/convert/checkpoint.ts';
import { convertCheckpoint, type Converted } from '../../../../../main/core/encode/convert/convert.ts';
import { readTensor } from '../../../../../main/core/encode/convert/tensor.ts';
import { createEncoder } from '../../../../../main/core/encode/encoder.ts';
import { readNpy } from '../../../../../main/core/encode/npy.ts';
import { floatEntry, writeSafetensors, type TensorEntry } from '../../../../support/safetensors.ts';
import { hasShared, shared } from '../../../../support/shared.ts';

const into = mkdtempSync(join(tmpdir(), 'converted-'));
const biomedclip = (file = '') => shared('reference', 'tiny-biomedclip', file);
const clip = (file = '') => shared('reference', 'openai-clip-tiny', file);
const array = async (path: string) => (await readNpy(path)).data;

/** A folder with the configuration and tokenizer of a reference, and one checkpoint; `renamed` as [from, to]. */
function folderWith(of: (file?: string) => string, renamed: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  for (const file of readdirSync(of())) {
    const isExpected = /^(expected|images)/.test(file) || /\.(bin|safetensors)$/.test(file);
    if (!isExpected && statSync(of(file)).isFile()) copyFileSync(of(file), join(folder, file));
  }
  for (const [from, to] of Object.entries(renamed)) {
    copyFileSync(of(from), join(folder, to));
  }
  return folder;
}

/** Of the embeddings of both references. */
const DIMENSIONS = 32;

interface Agreement {
  readonly image: number;
  readonly text: number;
  /** Largest absolute difference of a component of either. */
  readonly most: number;
}

/**
 * Encodes the reference's pictures and prompts with a bundle, and compares with arrays of its original program.
 *
 * @param asks - which prompts are compared.
 */
async function agreement(
  id: string,
  precision: Precision,
  of: (file?: string) => string,
  expected: { readonly image: string; readonly text: string },
  asks: (text: string) => boolean = () => true,
): Promise<Agreement> {
  const encoder = await createEncoder({ folder: join(into, id), precision, device: 'cpu', threads: 1 });
  try {
    const pixels = (await array(biomedclip('images_u8.npy'))) as Uint8Array;
    const count = pixels.length / (224 * 224 * 3);
    const { prompts } = JSON.parse(readFileSync(of('expected.json'), 'utf8')) as {
      prompts: { text: string }[];
    };
    const image = await encoder.encodeImages(pixels, count);
    const text = (await encoder.encodeTexts(prompts.map((prompt) => prompt.text))).vectors;
    const isAsked = (row: number) => asks(prompts[row]?.text ?? '');
    const found = compare(image, (await array(of(expected.image))) as Float32Array, () => true);
    const foundText = compare(text, (await array(of(expected.text))) as Float32Array, isAsked);
    return { image: found.cosine, text: foundText.cosine, most: Math.max(found.most, foundText.most) };
  } finally {
    await encoder.close();
  }
}

/** The expected rows may be of any length; their direction is compared. */
function compare(found: Float32Array, expected: Float32Array, isAsked: (row: number) => boolean) {
  expect(found).toHaveLength(expected.length);
  let [cosine, most] = [1, 0];
  for (let first = 0; first < found.length; first += DIMENSIONS) {
    if (!isAsked(first / DIMENSIONS)) continue;
    const wanted = expected.subarray(first, first + DIMENSIONS);
    const length = Math.hypot(...wanted);
    let dot = 0;
    wanted.forEach((value, at) => {
      dot += (value / length) * (found[first + at] ?? NaN);
      most = Math.max(most, Math.abs(value / length - (found[first + at] ?? NaN)));
    });
    cosine = Math.min(cosine, dot);
  }
  return { cosine, most };
}

const norm = { image: 'expected_image_norm.npy', text: 'expected_text_norm.npy' };
const fp16Storage = {
  image: 'expected_image_raw_fp16_storage.npy',
  text: 'expected_text_raw_fp16_storage.npy',
};
const gelu = { image: 'expected_image_raw_gelu.npy', text: 'expected_text_raw_gelu.npy' };

describe.skipIf(!hasShared)('BiomedCLIP in every form of storage', () => {
  test.each([
    ['bin', 'open_clip_pytorch_model.bin', norm],
    ['legacy', 'open_clip_pytorch_model.legacy.bin', norm],
    ['views', 'open_clip_pytorch_model.views.bin', norm],
    ['safetensors', 'open_clip_model.safetensors', norm],
    ['fp16-storage', 'open_clip_pytorch_model.fp16.bin', fp16Storage],
  ])('%s', async (id, file, expected) => {
    const folder = folderWith(biomedclip, { [file]: file });
    await convertCheckpoint({ folder, into, id, precisions: ['fp32'] });
    const { image, text, most } = await agreement(id, 'fp32', biomedclip, expected);
    expect(Math.min(image, text)).toBeGreaterThan(0.999_999);
    expect(most).toBeLessThan(1e-4);
  });

  test('with the older configuration keys', async () => {
    const folder = folderWith(biomedclip, {
      'open_clip_config.old-keys.json': 'open_clip_config.json',
      'open_clip_model.safetensors': 'open_clip_model.safetensors',
    });
    await convertCheckpoint({ folder, into, id: 'old-keys', precisions: ['fp32'] });
    expect((await agreement('old-keys', 'fp32', biomedclip, norm)).most).toBeLessThan(1e-4);
  });

  test('in every precision, with the expected numbers beside it as a gate', async () => {
    const made: Converted = await convertCheckpoint({ folder: biomedclip(), into, id: 'whole' });
    expect(made.precisions).toEqual(['fp32', 'fp16', 'int8']);
    expect(made.parity.fp32?.against).toBe('plain forward pass and expected.json of tiny-biomedclip');
    expect(made.parity.fp32?.imageCosine).toBeGreaterThan(0.999_99);
    expect(made.parity.int8?.rankAgreement).toBeGreaterThan(0.9);
    const fp16 = await agreement('whole', 'fp16', biomedclip, norm);
    expect(Math.min(fp16.image, fp16.text)).toBeGreaterThan(0.9999);
    // It was asked for by name, so it is not fp32 that answers on the processor.
    expect(fp16.most).toBeGreaterThan(1e-5);
    const int8 = await agreement('whole', 'int8', biomedclip, norm);
    expect(int8.image).toBeGreaterThan(0.995);
    expect(int8.text).toBeGreaterThan(0.999_999);
  });

  test('reads the logit scale instead of assuming one', () => {
    const { logitScale } = JSON.parse(readFileSync(join(into, 'whole', 'bundle.json'), 'utf8'));
    expect(logitScale).toBeCloseTo(Math.exp(2.35), 4);
  });
});

describe.skipIf(!hasShared)('CLIP as transformers stores it', () => {
  test.each([
    ['clip', { 'model.safetensors': 'model.safetensors' }, norm],
    ['clip-fp16', { 'pytorch_model.fp16.bin': 'pytorch_model.bin' }, fp16Storage],
    [
      'clip-eos',
      { 'model.safetensors': 'model.safetensors', 'config.explicit-eos.json': 'config.json' },
      norm,
    ],
  ])('%s', async (id, renamed, expected) => {
    await convertCheckpoint({ folder: folderWith(clip, renamed), into, id, precisions: ['fp32'] });
    const { image, text, most } = await agreement(id, 'fp32', clip, expected);
    expect(Math.min(image, text)).toBeGreaterThan(0.999_999);
    expect(most).toBeLessThan(1e-4);
  });

  test('with the activation that its configuration names', async () => {
    const folder = folderWith(clip, { 'model.safetensors': 'model.safetensors' });
    const config = readFileSync(clip('config.json'), 'utf8');
    writeFileSync(join(folder, 'config.json'), config.replaceAll('"quick_gelu"', '"gelu"'));
    await convertCheckpoint({ folder, into, id: 'clip-gelu', precisions: ['fp32'] });
    expect((await agreement('clip-gelu', 'fp32', clip, gelu)).most).toBeLessThan(1e-4);
    expect((await agreement('clip-gelu', 'fp32', clip, norm)).most).toBeGreaterThan(1e-3);
  });

  test('the same weights under open_clip`s own names', async () => {
    const folder = await openClipFolder();
    await convertCheckpoint({ folder, into, id: 'clip-native', precisions: ['fp32'] });
    // open_clip cleans texts before it tokenizes them, transformers does not: where that changes nothing, they agree.
    const isPlain = (prompt: string) => /^[ -~]*$/.test(prompt) && !prompt.includes('&lt;');
    const { image, text, most } = await agreement('clip-native', 'fp32', clip, norm, isPlain);
    expect(Math.min(image, text)).toBeGreaterThan(0.999_999);
    expect(most).toBeLessThan(1e-4);
  });
});

/** What open_clip calls the parts of a block, by what transformers calls them. */
const blockNames: readonly (readonly [from: string, to: string])[] = [
  ['layer_norm1', 'ln_1'],
  ['layer_norm2', 'ln_2'],
  ['self_attn.out_proj', 'attn.out_proj'],
  ['mlp.fc1', 'mlp.c_fc'],
  ['mlp.fc2', 'mlp.c_proj'],
];

/**
 * The reference's CLIP weights in the form of open_clip's own checkpoints: queries, keys and values in one matrix,
 * projections the other way round. @see convert_clip_original_pytorch_to_hf.py of transformers, read backwards
 */
async function openClipFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'open-clip-'));
  for (const file of ['vocab.json', 'merges.txt']) copyFileSync(clip(file), join(folder, file));
  const { tensors, close } = await openCheckpoint(clip(), 'model.safetensors');
  const values = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`no ${name}`);
    return { shape: tensor.shape, data: readTensor(tensor) };
  };
  const entries: TensorEntry[] = [];
  const put = (to: string, shape: readonly number[], data: Float32Array<ArrayBuffer>) =>
    void entries.push(floatEntry(to, shape, () => data));
  const copy = (from: string, to: string) => put(to, values(from).shape, values(from).data);
  const turn = (from: string, to: string) => {
    const { shape, data } = values(from);
    const [rows = 0, columns = 0] = shape;
    const turned = data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0);
    put(to, [columns, rows], turned);
  };
  const both = (from: string, to: string) =>
    ['weight', 'bias'].forEach((part) => copy(`${from}.${part}`, `${to}.${part}`));

  copy('logit_scale', 'logit_scale');
  copy('vision_model.embeddings.patch_embedding.weight', 'visual.conv1.weight');
  copy('vision_model.embeddings.class_embedding', 'visual.class_embedding');
  copy('vision_model.embeddings.position_embedding.weight', 'visual.positional_embedding');
  both('vision_model.pre_layrnorm', 'visual.ln_pre');
  both('vision_model.post_layernorm', 'visual.ln_post');
  turn('visual_projection.weight', 'visual.proj');
  copy('text_model.embeddings.token_embedding.weight', 'token_embedding.weight');
  copy('text_model.embeddings.position_embedding.weight', 'positional_embedding');
  both('text_model.final_layer_norm', 'ln_final');
  turn('text_projection.weight', 'text_projection');
  for (const [tower, prefix] of [
    ['vision_model', 'visual.transformer'],
    ['text_model', 'transformer'],
  ] as const) {
    for (let layer = 0; tensors.has(`${tower}.encoder.layers.${layer}.mlp.fc1.weight`); layer += 1) {
      const [from, to] = [`${tower}.encoder.layers.${layer}`, `${prefix}.resblocks.${layer}`];
      for (const [theirs, ours] of blockNames) both(`${from}.${theirs}`, `${to}.${ours}`);
      for (const part of ['weight', 'bias']) {
        const parts = ['q', 'k', 'v'].map((one) => values(`${from}.self_attn.${one}_proj.${part}`));
        const data = Float32Array.from(parts.flatMap((one) => [...one.data]));
        const [rows = 0, ...rest] = parts[0]?.shape ?? [];
        put(`${to}.attn.in_proj_${part}`, [3 * rows, ...rest], data);
      }
    }
  }
  writeSafetensors(join(folder, 'open_clip_model.safetensors'), entries);
  close();

  const { vision_config, text_config, projection_dim } = JSON.parse(
    readFileSync(clip('config.json'), 'utf8'),
  );
  const { image_mean: mean, image_std: std } = JSON.parse(
    readFileSync(clip('preprocessor_config.json'), 'utf8'),
  );
  const model_cfg = {
    embed_dim: projection_dim,
    quick_gelu: true,
    vision_cfg: {
      image_size: vision_config.image_size,
      layers: vision_config.num_hidden_layers,
      width: vision_config.hidden_size,
      head_width: vision_config.hidden_size / vision_config.num_attention_heads,
      patch_size: vision_config.patch_size,
    },
    text_cfg: {
      context_length: text_config.max_position_embeddings,
      vocab_size: text_config.vocab_size,
      width: text_config.hidden_size,
      heads: text_config.num_attention_heads,
      layers: text_config.num_hidden_layers,
    },
  };
  writeFileSync(
    join(folder, 'open_clip_config.json'),
    JSON.stringify({ model_cfg, preprocess_cfg: { mean, std } }),
  );
  return folder;
}

afterAll(() => {
  rmSync(into, { recursive: true, force: true });
});
