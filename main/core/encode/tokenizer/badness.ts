/**
 * Which runs of characters look like UTF-8 that was read in a single-byte encoding.
 *
 * @see ftfy 6.3 (Apache-2.0, Robyn Speer), badness.py and chardata.py: its character classes and its rules, which
 *   open_clip's text cleaning applies to every prompt, written again for JavaScript's regular expressions.
 */

const common = '\\xa0\\xad·´–—―…’';
const c1 = '\\x80-\\x9f';
const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\\ufffdªº';
const law = '¶§';
const currency = '¢£¥₧€';
const opening = '¡«¿©΄΅‘‚“„•‹\\uf8ff';
const closing = '®»˝”›™';
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№';
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°';
const upperAccented = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lowerAccented = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ';
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я';
const lowerCommon = 'α-ωάέήίΰа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓';
const accented = lowerAccented + upperAccented;

/** White space as Python's `\s`, which differs from JavaScript's in the separators, NEL and the byte-order mark. */
export const pythonSpace =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const badRules = [
  `[${c1}]`,
  `[${bad}${accented}${box}${opening}${closing}${currency}${numeric}${law}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${accented}${box}${opening}${closing}${currency}${numeric}${law}]`,
  `[${lowerAccented}${lowerCommon}${box}${closing}${currency}${numeric}][${upperAccented}]`,
  `[${box}${closing}${currency}${numeric}][${lowerAccented}]`,
  `[${lowerAccented}${box}${closing}][${currency}]`,
  `[${pythonSpace}][${upperAccented}][${currency}]`,
  `[${upperAccented}${box}][${numeric}${law}]`,
  `[${accented}${box}${currency}${closing}][${opening}][${numeric}]`,
  `[${accented}${currency}${numeric}${box}${law}][${closing}][${opening}]`,
  `[${currency}${numeric}${box}][${opening}]`,
  `[a-z][${upperAccented}][${opening}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${accented}${currency}${numeric}${opening}${closing}${law}][${box}]`,
  `[${box}][${closing}]`,
  `[${accented}][${opening}${closing}][\\p{L}\\p{N}_]`,
  // The ligature œ when not followed by an unaccented letter; the degree sign after a capital.
  '[Œœ][^A-Za-z]',
  `[${upperAccented}]°`,
  // Windows-1252 pairs and multiplication signs, then Arabic words, which need four characters, then South Asian ones.
  `[ÂÃÎÐ][€œŠš¢£Ÿž\\xa0\\xad®©°·»${opening}${closing}–—´]`,
  '×[²³]',
  `(?:[ØÙ][${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»]){2}`,
  'à[²µ¹¼½¾]',
  // MacRoman.
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  // Windows-1251: U+2000 and up, Cyrillic in Cyrillic, and twice over.
  'вЂ',
  `[ВГРС][${c1}${bad}${opening}${closing}${currency}°µ][ВГРС]`,
  'ГўВЂВ.[A-Za-z ]',
  // Windows-1252 forms of à, á and the no-break space, also where the space became a plain one.
  'Ã[\\xa0¡]',
  `[a-z][${pythonSpace}]?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${closing}]Â[ ${opening}${closing}]`,
  // Windows-1253 and 1257.
  'β€[™\\xa0Ά\\xad®°]',
  `[ΒΓΞΟ][${c1}${bad}${opening}${closing}${currency}°][ΒΓΞΟ]`,
  'ā€',
];

const badness = new RegExp(badRules.join('|'), 'u');

/** Whether the text holds a sequence that is far likelier to be mojibake than meant. */
export function isBad(text: string): boolean {
  return badness.test(text);
}

// Characters that the lead bytes of two, three and four, and the bytes that follow, become in those encodings.
const leadsTwo =
  'ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×' +
  'ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ';
const leadsThree = 'áăâäàāąåãæćčçďéěêëėèēęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп';
const leadsFour = 'đðğóšπσру';
const followsStrictly =
  '\\x80-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™';
const follows = `${followsStrictly} –—―‘’‚“”„•…`;

/** Runs that look like UTF-8 in a single-byte encoding even where the rest of the text does not. */
export const embeddedUtf8 = new RegExp(
  `(?<![${followsStrictly}])` +
    `(?:[${leadsTwo}][${follows}]|[${leadsThree}][${follows}]{2}|[${leadsFour}][${follows}]{3})+`,
  'gu',
);
