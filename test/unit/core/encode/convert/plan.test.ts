import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import type { Tensors } from '../../../../../main/core/encode/convert/model-plan.ts';
import { planModel } from '../../../../../main/core/encode/convert/plan.ts';
import { rowMajorStrides, type StoredTensor } from '../../../../../main/core/encode/convert/tensor.ts';
import {
  biomedclipTensors,
  fullSize,
  smallSize,
  writeConfiguration,
  type ModelSizes,
} from '../../../../support/random-checkpoint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  writeConfiguration(folder, smallSize);
});

/** Only shapes: planning reads no numbers. */
function tensorsOf(sizes: ModelSizes): Map<string, StoredTensor> {
  const source = { name: 'made.bin', sizeBytes: 0, read: () => new Uint8Array(), close: () => {} };
  return new Map(
    biomedclipTensors(sizes).map(({ name, shape }) => {
      const storage = { source, type: 'float32', length: 0, start: 0 } as const;
      return [name, { storage, shape, strides: rowMajorStrides(shape), offset: 0 }];
    }),
  );
}
const reshaped = (tensors: Tensors, name: string, shape: readonly number[]): Tensors => {
  const tensor = tensors.get(name);
  return tensor ? new Map([...tensors, [name, { ...tensor, shape }]]) : tensors;
};

test('reads all sizes from the tensors', () => {
  const { plan } = planModel(folder, tensorsOf(smallSize));
  expect(plan).toMatchObject({
    family: 'biomedclip',
    dimensions: 8,
    vision: { width: 16, layers: 2, heads: 2, hidden: 64, patchPx: 16, sizePx: 32, epsilon: 1e-6 },
    text: { width: 12, layers: 2, heads: 2, hidden: 48, vocabulary: 24, positions: 16, epsilon: 1e-12 },
  });
});

test('knows that heads are 64 wide where no file says their count', () => {
  const unsaid = mkdtempSync(join(tmpdir(), 'plan-'));
  writeConfiguration(unsaid, fullSize);
  writeFileSync(join(unsaid, 'architecture.json'), JSON.stringify({ vision: {}, text: {} }));
  const { plan } = planModel(unsaid, tensorsOf(fullSize));
  expect([plan.vision.heads, plan.text.heads]).toEqual([12, 12]);
});

describe('names the tensors that do not fit', () => {
  const norm = 'visual.trunk.blocks.1.norm2.weight';
  const query = 'text.transformer.encoder.layer.0.attention.self.query.weight';

  test('missing', () => {
    const tensors = tensorsOf(smallSize);
    tensors.delete(norm);
    tensors.delete('logit_scale');
    expect(() => planModel(folder, tensors)).toThrow(
      expect.objectContaining({ code: 'checkpoint.tensors', details: { missing: `logit_scale, ${norm}` } }),
    );
  });

  test('unexpected', () => {
    const tensors = tensorsOf(smallSize);
    const some = tensors.get(norm);
    if (some) tensors.set('visual.trunk.reg_token', some);
    expect(() => planModel(folder, tensors)).toThrow(
      expect.objectContaining({ details: { unexpected: 'visual.trunk.reg_token' } }),
    );
  });

  test('mis-shaped, with both shapes', () => {
    expect(() => planModel(folder, reshaped(tensorsOf(smallSize), query, [12, 13]))).toThrow(
      expect.objectContaining({ details: { misshapen: `${query} [12, 13] instead of [12, 12]` } }),
    );
  });

  test('many, as a number after the first dozen', () => {
    const tensors = tensorsOf(smallSize);
    for (const name of tensors.keys())
      if (name.includes('.encoder.layer.1.') && !name.includes('output.dense.weight')) tensors.delete(name);
    expect(() => planModel(folder, tensors)).toThrow(
      expect.objectContaining({
        details: { missing: expect.stringMatching(/^(text\S+, ){11}text\S+ and \d+ more$/) },
      }),
    );
  });

  test('none of a known model', () => {
    expect(() => planModel(folder, new Map())).toThrow(
      expect.objectContaining({
        details: { missing: expect.stringContaining('patch_embed.proj.weight or') },
      }),
    );
  });

  test('position ids may be there or not', () => {
    const tensors = tensorsOf(smallSize);
    const some = tensors.get('logit_scale');
    if (some) tensors.set('text.transformer.embeddings.position_ids', some);
    expect(planModel(folder, tensors).plan.family).toBe('biomedclip');
  });
});

describe('a configuration that is not understood', () => {
  const edit = (change: (config: ReturnType<typeof JSON.parse>) => void) => {
    const path = join(folder, 'open_clip_config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    change(config);
    writeFileSync(path, JSON.stringify(config));
  };
  test.each([
    ['an option that could change the model', (c) => (c.model_cfg.vision_cfg.timm_drop_path = 0.1)],
    ['another pooling', (c) => (c.model_cfg.text_cfg.hf_pooler_type = 'mean_pooler')],
    ['another picture size than the positions', (c) => (c.model_cfg.vision_cfg.image_size = 48)],
    ['a resize that is not ours', (c) => (c.preprocess_cfg.resize_mode = 'longest')],
  ] as const satisfies [string, Parameters<typeof edit>[0]][])('%s', (_what, change) => {
    edit(change);
    expect(() => planModel(folder, tensorsOf(smallSize))).toThrow(
      expect.objectContaining({ code: 'checkpoint.config' }),
    );
  });

  test('heads that do not divide the width', () => {
    writeFileSync(join(folder, 'architecture.json'), JSON.stringify({ vision: { heads: 3 }, text: {} }));
    expect(() => planModel(folder, tensorsOf(smallSize))).toThrow(
      expect.objectContaining({ details: { reason: '3 heads do not divide a width of 16' } }),
    );
  });

  test('the older names of two keys are the same', () => {
    edit(({ model_cfg: { text_cfg } }) => {
      text_cfg.proj = text_cfg.hf_proj_type;
      text_cfg.pooler_type = text_cfg.hf_pooler_type;
      delete text_cfg.hf_proj_type;
      delete text_cfg.hf_pooler_type;
    });
    expect(planModel(folder, tensorsOf(smallSize)).plan.dimensions).toBe(8);
  });
});
