export interface HeldImage {
  /** Of the file's bytes; the id by which a chip names it. */
  readonly sha256: string;
  readonly name: string;
  /** Of the model that made the vector; another model cannot use it. */
  readonly modelIdentity: string;
  readonly vector: Float32Array;
  /** The model's input of it, for preparing its colours like those of tiles; absent where there is no one picture. */
  readonly pixels?: Uint8Array;
  /** A derived picture that may be kept: the identity check cleared it. */
  readonly thumb?: string | null;
  /** Items it was learned from, which an answer leaves out. */
  readonly ownItems?: readonly number[];
}

const MOST_IMAGES = 64;

/** Pictures given as query parts, which are not imported. The one used longest ago makes room for a new one. */
export function heldImages() {
  const held = new Map<string, HeldImage>();
  return {
    put(image: HeldImage): void {
      held.delete(image.sha256);
      held.set(image.sha256, image);
      for (const oldest of held.keys()) {
        if (held.size <= MOST_IMAGES) break;
        held.delete(oldest);
      }
    },
    get(sha256: string): HeldImage | undefined {
      const image = held.get(sha256);
      if (image) {
        held.delete(sha256);
        held.set(sha256, image);
      }
      return image;
    },
  };
}
export type HeldImages = ReturnType<typeof heldImages>;
