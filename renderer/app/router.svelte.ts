export const sections = [
  'search',
  'saved',
  'labels',
  'evaluation',
  'import',
  'quarantine',
  'settings',
  'start',
] as const;
export type Section = (typeof sections)[number];

export interface Route {
  readonly section: Section;
  /** What the section shows: a job's number, a settings page. */
  readonly detail: string;
}

function parse(hash: string): Route {
  const [, name = '', detail = ''] = hash.replace(/^#/, '').split('/');
  const section = sections.find((known) => known === name) ?? 'search';
  return { section, detail: decoded(detail) };
}

/** The address may have been typed by hand. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Where the window is, kept in the address after `#`, so that reload and the back button work. */
export class Router {
  #route = $state.raw<Route>(parse(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#route = parse(location.hash)));
  }

  get route(): Route {
    return this.#route;
  }

  go(section: Section, detail = ''): void {
    location.hash = href(section, detail);
  }
}

export const href = (section: Section, detail = ''): string =>
  `#/${section}${detail === '' ? '' : `/${encodeURIComponent(detail)}`}`;
