import koffi from 'koffi';

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

// Loaded once per thread; the answer to "is it there" does not change while the program runs.
const loaded = new Map<string, OpenSlideLibrary | null>();

/**
 * The installed libopenslide, or null where there is none.
 *
 * @param path - of the library file; left out: the environment variable VITRINE_OPENSLIDE ('none' to do without), then
 *   the names it is installed under.
 */
export function findOpenSlide(path = process.env['VITRINE_OPENSLIDE'] || undefined): OpenSlideLibrary | null {
  const key = path ?? '';
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const candidates = path === 'none' ? [] : path ? [path] : (names[process.platform] ?? []);
  let library: OpenSlideLibrary | null = null;
  for (const name of candidates) {
    library = tryLoad(name);
    if (library) break;
  }
  loaded.set(key, library);
  return library;
}

function tryLoad(name: string): OpenSlideLibrary | null {
  try {
    return bind(name);
  } catch {
    // Not there, of another architecture, or another library of that name: all the same to the caller.
    return null;
  }
}

function bind(name: string): OpenSlideLibrary {
  const library = koffi.load(name);
  const call = <T>(declaration: string) => {
    const native = library.func(declaration);
    return (...parameters: unknown[]) =>
      new Promise<T>((resolve, reject) => {
        native.async(...parameters, (error: unknown, value: T) => {
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
    propertyNames: async (handle) => namesAt(await properties(handle)),
    associatedNames: async (handle) => namesAt(await associated(handle)),
    readRegion: async (handle, into, x, y, level, w, h) => {
      await readRegion(handle, into, x, y, level, w, h);
    },
    close: async (handle) => {
      await close(handle);
    },
  };
}

/** A list of strings that ends with a null pointer. */
function namesAt(list: unknown): string[] {
  const found: string[] = [];
  for (let index = 0; list && index < MOST_NAMES; index++) {
    const next: unknown = koffi.decode(list, index * koffi.sizeof('void *'), 'const char *');
    if (typeof next !== 'string') break;
    found.push(next);
  }
  return found;
}
