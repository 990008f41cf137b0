import type { IdentityField } from '../domain/identity.ts';
import type { DescribedPair } from './described-identity.ts';

/** What the attributes and elements inside an element are about, whatever their own names (OME model 2016-06). */
const holders: ReadonlyMap<string, IdentityField> = new Map([
  ['experimenter', 'person'],
  ['experimentergroup', 'institution'],
  ['person', 'person'],
]);
/** Inside those, what is none of a person: references, and what the holder's own kind does not fit. */
const inHolder: ReadonlyMap<string, IdentityField | null> = new Map([
  ['id', null],
  ['institution', 'institution'],
]);

const files: ReadonlySet<string> = new Set(['image', 'uuid', 'dataset', 'project', 'folder', 'plate']);

/**
 * Attributes and texts of XML by their names: of `<Attribute Name="N">` and `<M K="N">` (Philips, OME) by the name that
 * stands in the attribute. A scanner for text, not a parser: entities stay as they are written, and damage costs no more
 * than what is damaged. Names are matched whole or not at all: one of megabytes would be tried from each of its letters.
 */
export function* xmlPairs(xml: string): Generator<DescribedPair> {
  const parts = /<!--[\s\S]*?(?:-->|$)|<(\/?)([\w:.-]+)(?![\w:.-])([^<>]*)>|([^<>]+)/g;
  let element = '';
  let named = '';
  let holder: IdentityField | undefined;
  for (const [, closing, tag, attributes = '', text] of xml.matchAll(parts)) {
    if (text !== undefined) {
      // Only the text right behind a start tag is that element's value.
      if (text.trim() !== '') yield { name: named === '' ? element : named, value: text, ...about(element) };
      continue;
    }
    if (tag === undefined) continue;
    const name = localName(tag);
    if (closing === '/') {
      if (holders.has(name.toLowerCase())) holder = undefined;
      element = '';
      named = '';
      continue;
    }
    element = name;
    holder = holders.get(name.toLowerCase()) ?? holder;
    const all = [...attributes.matchAll(/(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
      ([, key = '', double, single]) => [localName(key), double ?? single ?? ''] as const,
    );
    const key = all.find(([attribute]) => attribute === 'K' || attribute === 'Name');
    named = name === 'Attribute' || name === 'M' ? (key?.[1] ?? '') : '';
    for (const [attribute, value] of all) {
      if (/^xmlns|^schemaLocation$/.test(attribute) || (named !== '' && value === named)) continue;
      const isFile = files.has(name.toLowerCase()) && /^(file)?name$/i.test(attribute);
      yield { name: attribute, value, ...(isFile ? { field: 'title' as const } : about(attribute)) };
    }
    if (attributes.endsWith('/') && holders.has(name.toLowerCase())) holder = undefined;
  }

  function about(name: string): { field?: IdentityField } {
    if (!holder) return {};
    const own = inHolder.get(name.toLowerCase());
    if (own === null) return {};
    return { field: own ?? holder };
  }
}

const localName = (name: string) => name.slice(name.lastIndexOf(':') + 1);
