import { windows1252Of } from './charmaps.ts';
import { htmlEntity } from './html-entities.ts';

const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;

/**
 * Replaces every character reference by what it stands for, as browsers and Python's `html.unescape` do, also
 * where the semicolon is missing ('&copy 2024').
 *
 * @see HTML standard, 13.2.5.72 to 13.2.5.80 (character reference states).
 */
export function unescapeHtml(text: string): string {
  return text.replace(reference, (_, body: string) => (body.startsWith('#') ? numbered(body) : named(body)));
}

function numbered(body: string): string {
  const digits = body.replace(/^#[xX]?|;$/g, '');
  const code = Number.parseInt(digits, /^#[xX]/.test(body) ? 16 : 10);
  if (code === 0) return '\ufffd';
  if (code === 0x0d) return '\r';
  if (code >= 0x80 && code <= 0x9f) return windows1252Of(String.fromCharCode(code));
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

function isNoCharacter(code: number): boolean {
  const control =
    (code >= 1 && code <= 8) || code === 0x0b || (code >= 0x0e && code <= 0x1f) || code === 0x7f;
  return control || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}

function named(body: string): string {
  const whole = htmlEntity(body);
  if (whole !== undefined) return whole;
  // The longest name that the text begins with, of those that need no semicolon.
  for (let length = body.length - 1; length > 1; length -= 1) {
    const part = htmlEntity(body.slice(0, length));
    if (part !== undefined) return part + body.slice(length);
  }
  return `&${body}`;
}

const closedReference = /&#?[0-9A-Za-z]{1,24};/g;

/**
 * The cautious form: only references that end in a semicolon, and names that were put into capitals
 * ('P&EACUTE;REZ').
 *
 * @see ftfy 6.3 (Apache-2.0), fixes.unescape_html.
 */
export function unescapeClosedHtml(text: string): string {
  return text.replace(closedReference, (found) => {
    if (found.startsWith('&#')) {
      const character = unescapeHtml(found);
      return character.includes(';') ? found : character;
    }
    const name = found.slice(1);
    return htmlEntity(name) ?? capitalEntity(name) ?? found;
  });
}

function capitalEntity(name: string): string | undefined {
  const lower = name.toLowerCase();
  // Where another name is the beginning of this one ('AMPER;'), capitals are no evidence.
  if (name !== lower.toUpperCase() || unescapeHtml(`&${name}`) !== `&${name}`) return undefined;
  return htmlEntity(lower)?.toUpperCase();
}
