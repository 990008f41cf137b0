import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Configuration, ModelPlan } from './model-plan.ts';

/** What people are told of a model. All of it can be given; what is not is looked for beside the checkpoint. */
export interface About {
  readonly title?: string;
  readonly licence?: string;
  readonly origin?: string;
  readonly notice?: string;
}

export function aboutModel(folder: string, plan: ModelPlan, config: Configuration, given: About) {
  const name = basename(folder);
  const isPublished = /BiomedNLP-(BiomedBERT|PubMedBERT)/.test(config.modelName ?? '');
  return {
    title: given.title ?? (plan.family === 'biomedclip' && isPublished ? 'BiomedCLIP' : name),
    licence: given.licence ?? licenceOf(folder) ?? 'not stated beside the checkpoint',
    origin: given.origin ?? (config.modelName ? `${name} (${config.modelName})` : name),
    notice: given.notice ?? null,
  };
}

/** Model cards name their licence in the front matter of README.md. */
function licenceOf(folder: string): string | null {
  try {
    const [, front = ''] =
      /^---\n([\s\S]*?)\n---/.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? [];
    return /^license:\s*["']?([\w.-]+)/m.exec(front)?.[1] ?? null;
  } catch {
    return null;
  }
}
