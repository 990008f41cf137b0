const LOOKED_AT = 2_000;
/** A text in Latin letters has a zero beside nearly every one of them. */
const ZEROS_SHARE = 0.4;

/** What Windows-1252 has from 0x80 on, where Latin-1 has no signs; Node 24 decodes the one as the other. */
const SIGNS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * The text of a file that does not say how it is encoded: UTF-8, UTF-16 by its mark or by its zeros, and where it is none
 * of them, Windows-1252, as spreadsheets save it. A mark at the start is left out.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = utf16Of(bytes) ?? (isUtf8(bytes) ? 'utf-8' : null);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  return new TextDecoder('latin1')
    .decode(bytes)
    .replaceAll(/[\x80-\x9f]/g, (sign) => SIGNS[sign.charCodeAt(0) - 0x80] ?? sign);
}

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const pairs = Math.min(LOOKED_AT, bytes.length) >> 1;
  const zeros = [0, 0];
  for (let at = 0; at < 2 * pairs; at += 1) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (pairs === 0 || Math.max(even, odd) < pairs * ZEROS_SHARE) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
