/** The beginning of a text, at most so many UTF-16 units of it; a character of two units is left out rather than halved. */
export const beginningOf = (text: string, most: number): string =>
  text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
