import type { IdentityField } from '../../../domain/identity.ts';
import {
  describedFields,
  fieldsOfPairs,
  type DescribedPair,
  type FoundField,
} from '../../described-identity.ts';
import type { FileBytes } from '../../file-bytes.ts';
import { vsiTags, type VsiNode } from './vsi-tags.ts';

/** Fields of the document and of the slide that are about persons, by their numbers. */
const fieldsOfTags: ReadonlyMap<number, IdentityField> = new Map([
  [11, 'title'], [12, 'title'], [13, 'comment'], [15, 'owner'], [16, 'institution'], [2030, 'title'],
  [2055, 'accession'], [2060, 'caption'], [2061, 'title'], [120635, 'accession'],
]); // prettier-ignore

/** What devices are called: nothing that a person wrote. */
const isOfDevice = (tag: number) => tag >= 120_000 && tag < 130_000;
const unit = /^10\^-?\d+\S*\^-?\d+$/;
/** Annotations are stored as XML. */
const XML_START = 0x3c;

/** What the tags of a VSI say about persons: the names of document, author and slide, and every other text in them. */
export async function vsiFields(file: FileBytes): Promise<{ found: readonly FoundField[]; whole: boolean }> {
  const { nodes, whole } = await vsiTags(file);
  // The document's fields stand in the file twice.
  const named = new Map<string, DescribedPair>();
  const others = new Set<string>();
  const found: FoundField[] = [];
  const look = ({ tag, value, children }: VsiNode): void => {
    const field = fieldsOfTags.get(tag);
    if (value.is === 'text' && field)
      named.set(`${field}\0${value.text}`, { name: '', value: value.text, field });
    else if (value.is === 'text' && !isOfDevice(tag)) others.add(value.text);
    else if (value.is === 'bytes' && value.bytes[0] === XML_START)
      found.push(...describedFields(value.bytes.toString('utf8')));
    children.forEach(look);
  };
  nodes.forEach(look);
  const lines = [...others].flatMap((text) => text.split(/[\r\n]+/)).filter((line) => !unit.test(line));
  found.push(...fieldsOfPairs(named.values()), ...describedFields(lines.join('\n')));
  return { found, whole };
}
