const KEY = 'vitrine.look';

export type Theme = 'dark' | 'light' | 'system';
export type Density = 'comfortable' | 'compact';

interface Look {
  readonly theme: Theme;
  readonly density: Density;
  /** Asked-for size of a picture in the grid, px. */
  readonly tilePx: number;
  readonly filters: boolean;
  readonly inspector: boolean;
}

export const TILE_MIN_PX = 88;
export const TILE_MAX_PX = 320;

const initial: Look = {
  theme: 'dark',
  density: 'comfortable',
  tilePx: 116,
  filters: true,
  inspector: true,
};

/** How the window looks on this machine. Kept in the browser's own storage, which may be switched off. */
export class Preferences {
  #look = $state.raw<Look>(load());
  #systemDark = $state(true);

  constructor() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = dark.matches;
    dark.addEventListener('change', () => {
      this.#systemDark = dark.matches;
      this.#apply();
    });
    this.#apply();
  }

  get look(): Look {
    return this.#look;
  }

  /** The theme in use: `system` resolved. */
  get shownTheme(): 'dark' | 'light' {
    if (this.#look.theme !== 'system') return this.#look.theme;
    return this.#systemDark ? 'dark' : 'light';
  }

  set(change: Partial<Look>): void {
    const tilePx = Math.max(TILE_MIN_PX, Math.min(TILE_MAX_PX, change.tilePx ?? this.#look.tilePx));
    this.#look = { ...this.#look, ...change, tilePx };
    this.#apply();
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#look));
    } catch {
      // Without storage the look lasts as long as the window.
    }
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.shownTheme;
    document.documentElement.dataset['density'] = this.#look.density;
  }
}

function load(): Look {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Look>) };
  } catch {
    return initial;
  }
}
