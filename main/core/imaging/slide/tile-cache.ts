/** Remembers decoded tiles up to a number of bytes, the least recently used leaving first. */
export function tileCache(mostBytes: number) {
  const known = new Map<string, { readonly value: Promise<Uint8Array | null>; bytes: number }>();
  let held = 0;

  function drop(key: string): void {
    const entry = known.get(key);
    if (!entry) return;
    known.delete(key);
    held -= entry.bytes;
  }

  return {
    /** The tile, decoded at most once at a time; a tile that failed is not remembered. */
    get(key: string, decode: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
      const found = known.get(key);
      if (found) {
        known.delete(key);
        known.set(key, found);
        return found.value;
      }
      const entry = { value: decode(), bytes: 0 };
      known.set(key, entry);
      entry.value.then(
        (tile) => {
          if (known.get(key) !== entry) return;
          entry.bytes = tile?.length ?? 0;
          held += entry.bytes;
          for (const oldest of known.keys()) {
            if (held <= mostBytes) break;
            drop(oldest);
          }
        },
        () => {
          if (known.get(key) === entry) known.delete(key);
        },
      );
      return entry.value;
    },
    get bytes(): number {
      return held;
    },
    clear(): void {
      known.clear();
      held = 0;
    },
  };
}
export type TileCache = ReturnType<typeof tileCache>;
