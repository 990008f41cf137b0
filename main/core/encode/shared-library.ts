/**
 * Why a shared library cannot be loaded, in the words of the system's loader; null when it can.
 *
 * `process.dlopen` is for addons: it loads the library, finds that it is none, says so, and closes it again. That
 * answer is the success.
 *
 * @param library - a path, or a name to be looked for where the system keeps libraries.
 */
export function loadError(library: string): string | null {
  try {
    process.dlopen({ exports: {} }, library);
    return null;
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    return words.includes('did not self-register') ? null : words;
  }
}
