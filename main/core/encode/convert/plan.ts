import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { readBiomedclipConfig, readOpenClipConfig } from './config-open-clip.ts';
import { readTransformersConfig } from './config-transformers.ts';
import { biomedclipMark, planBiomedclip } from './layout-biomedclip.ts';
import { openClip, planClip, transformersClip } from './layout-clip.ts';
import type { Configuration, ModelPlan, Tensors } from './model-plan.ts';
import { checkTensors } from './weights.ts';

/**
 * Recognises a checkpoint by its tensors, reads the configuration that belongs to that form and compares both.
 *
 * @throws ArchiveError `checkpoint.tensors`, `checkpoint.config`
 */
export function planModel(folder: string, tensors: Tensors): { plan: ModelPlan; config: Configuration } {
  const found = recognise(folder, tensors);
  checkTensors(tensors, found.plan);
  return found;
}

function recognise(folder: string, tensors: Tensors): { plan: ModelPlan; config: Configuration } {
  if (tensors.has(biomedclipMark)) {
    const config = readBiomedclipConfig(folder);
    return { config, plan: planBiomedclip(tensors, config) };
  }
  if (tensors.has(transformersClip.patch)) {
    const config = readTransformersConfig(folder);
    return { config, plan: planClip(tensors, config, transformersClip) };
  }
  if (tensors.has(openClip.patch)) {
    const config = readOpenClipConfig(folder);
    return { config, plan: planClip(tensors, config, openClip) };
  }
  throw new ArchiveError('checkpoint.tensors', {
    missing: [biomedclipMark, transformersClip.patch, openClip.patch].join(' or '),
  });
}
