import type koffi from 'koffi';

/** The part of OpenSlide's C interface (3.4 and 4.0 alike) that is used, each call on a thread of koffi's own. */
export interface OpenSlideLibrary {
  /** Where it was found. */
  readonly name: string;
  readonly version: string;
  detectVendor(path: string): Promise<string | null>;
  open(path: string): Promise<unknown>;
  error(handle: unknown): Promise<string | null>;
  levelCount(handle: unknown): Promise<number>;
  levelSize(handle: unknown, level: number): Promise<{ width: number; height: number }>;
  property(handle: unknown, name: string): Promise<string | null>;
  propertyNames(handle: unknown): Promise<string[]>;
  associatedNames(handle: unknown): Promise<string[]>;
  /** Premultiplied ARGB in the machine's byte order; x and y in pixels of level 0. */
  readRegion(
    handle: unknown,
    into: Uint32Array,
    x: number,
    y: number,
    level: number,
    w: number,
    h: number,
  ): Promise<void>;
  close(handle: unknown): Promise<void>;
}

const names: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libopenslide.so.1', 'libopenslide.so.0', 'libopenslide.so'],
  darwin: [
    'libopenslide.1.dylib', '/opt/homebrew/lib/libopenslide.1.dylib', '/usr/local/lib/libopenslide.1.dylib',
    'libopenslide.dylib', '/opt/homebrew/lib/libopenslide.dylib',
  ],
  win32: ['libopenslide-1.dll', 'libopenslide-0.dll'],
}; // prettier-ignore

const MOST_NAMES = 4096;

let chosen: string | undefined;

/** Where this thread looks from now on, unless VITRINE_OPENSLIDE says otherwise; null: under the usual names. */
export function chooseOpenSlide(path: string | null): void {
  chosen = path ?? undefined;
}

// Once per thread. A library that was not there may be installed while the program runs, and is looked for again.
const loaded = new Map<string, Promise<OpenSlideLibrary>>();

/**
 * The installed libopenslide, or null where there is none. What calls it is loaded here and not before: most slides are
 * read without it.
 *
 * @param path - of the library file; left out: the environment variable VITRINE_OPENSLIDE ('none' to do without), then
 *   the file that was chosen, else the names it is installed under.
 */
export async function findOpenSlide(
  path = process.env['VITRINE_OPENSLIDE'] || chosen,
): Promise<OpenSlideLibrary | null> {
  if (path === 'none') return null;
  for (const name of path ? [path] : (names[process.platform] ?? [])) {
    const loading = loaded.get(name) ?? bind(name);
    loaded.set(name, loading);
    try {
      return await loading;
    } catch {
      // Not there, of another architecture, or another library of that name: all the same to the caller.
      loaded.delete(name);
    }
  }
  return null;
}

async function bind(name: string): Promise<OpenSlideLibrary> {
  const { default: native } = await import('koffi');
  const library = native.load(name);
  const call = <T>(declaration: string) => {
    const bound = library.func(declaration);
    return (...parameters: unknown[]) =>
      new Promise<T>((resolve, reject) => {
        bound.async(...parameters, (error: unknown, value: T) => {
          if (error) reject(error instanceof Error ? error : new Error(String(error)));
          else resolve(value);
        });
      });
  };
  const version = library.func('const char *openslide_get_version()') as unknown as () => string;
  const detectVendor = call<string | null>('const char *openslide_detect_vendor(const char *path)');
  const open = call<unknown>('void *openslide_open(const char *path)');
  const error = call<string | null>('const char *openslide_get_error(void *osr)');
  const levelCount = call<number>('int32_t openslide_get_level_count(void *osr)');
  const levelSize = call<undefined>(
    'void openslide_get_level_dimensions(void *osr, int32_t level, _Out_ int64_t *w, _Out_ int64_t *h)',
  );
  const property = call<string | null>(
    'const char *openslide_get_property_value(void *osr, const char *name)',
  );
  const associated = call<unknown>('void *openslide_get_associated_image_names(void *osr)');
  const properties = call<unknown>('void *openslide_get_property_names(void *osr)');
  const readRegion = call<undefined>(
    'void openslide_read_region(void *osr, _Out_ uint32_t *dest, int64_t x, int64_t y, int32_t level, int64_t w, int64_t h)',
  );
  const close = call<undefined>('void openslide_close(void *osr)');
  return {
    name,
    version: version(),
    detectVendor,
    open,
    error,
    levelCount,
    levelSize: async (handle, level) => {
      const width = [0];
      const height = [0];
      await levelSize(handle, level, width, height);
      return { width: Number(width[0]), height: Number(height[0]) };
    },
    property,
    propertyNames: async (handle) => namesAt(native, await properties(handle)),
    associatedNames: async (handle) => namesAt(native, await associated(handle)),
    readRegion: async (handle, into, x, y, level, w, h) => {
      await readRegion(handle, into, x, y, level, w, h);
    },
    close: async (handle) => {
      await close(handle);
    },
  };
}

/** A list of strings that ends with a null pointer. */
function namesAt(native: typeof koffi, list: unknown): string[] {
  const found: string[] = [];
  for (let index = 0; list && index < MOST_NAMES; index++) {
    const next: unknown = native.decode(list, index * native.sizeof('void *'), 'const char *');
    if (typeof next !== 'string') break;
    found.push(next);
  }
  return found;
}
