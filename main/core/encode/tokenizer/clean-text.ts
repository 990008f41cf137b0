import type { BundleManifest } from '../bundle.ts';
import { pythonSpace } from './badness.ts';
import { fixText } from './fix-text.ts';
import { unescapeHtml } from './html.ts';

const whiteSpace = new RegExp(`[${pythonSpace}]+`, 'g');

/**
 * A prompt as open_clip hands it to its tokenizers: accidents of text undone, HTML references replaced, white
 * space runs one blank each, none at the ends. transformers cleans nothing ('none').
 *
 * @see open_clip, tokenizer.py: basic_clean, whitespace_clean; 'lower' is its `_clean_lower`.
 */
export function cleanText(text: string, clean: BundleManifest['tokenizer']['clean']): string {
  if (clean === 'none') return text;
  const cleaned = unescapeHtml(unescapeHtml(fixText(text)))
    .replace(whiteSpace, ' ')
    .replace(/^ | $/g, '');
  return clean === 'lower' ? cleaned.toLowerCase() : cleaned;
}
