import { ArchiveError } from '../../../preload/contract/faults.ts';
import { publishedStain, stainName } from '../domain/stain-target.ts';
import type { StainProfile } from '../domain/stain.ts';
import type { Session } from './session.ts';
import { dyesOf, knownVariant, DEFAULT_POOLING } from './slide-preparations.ts';

export interface KnownStain extends StainProfile {
  readonly name: string;
  /** The slide it was taken from, where that is in the archive. */
  readonly from: { readonly itemId: number; readonly path: string } | null;
  /** Slides with tiles prepared so, for the model in use. */
  readonly slides: number;
}

/** Targets that slides can be brought to: the published one, then those of the archive's own slides. */
export async function listStains(session: Session): Promise<KnownStain[]> {
  const { archive } = session;
  const { row: base } = await session.activeModel();
  const described = (name: string, profile: StainProfile, itemSha256: string | null): KnownStain => {
    const row = knownVariant(session, base, name, DEFAULT_POOLING);
    const itemId = itemSha256 === null ? null : archive.items.idOf(itemSha256);
    const from = itemId === null ? null : { itemId, path: archive.items.get(itemId)?.path ?? '' };
    return { name, ...profile, from, slides: row ? archive.slides.embeddedItems(row.id).length : 0 };
  };
  return [
    described(publishedStain.name, publishedStain.profile, null),
    ...archive.preparations
      .targets()
      .map(({ name, profile, itemSha256 }) => described(name, profile, itemSha256)),
  ];
}

/** Makes a slide's staining a target. @throws ArchiveError as `dyesOf` */
export async function stainFrom(session: Session, itemId: number, signal: AbortSignal): Promise<KnownStain> {
  const { archive } = session;
  const item = archive.items.get(itemId);
  if (!item) throw new ArchiveError('item.unknown', { itemId });
  const { encoder } = await session.activeModel();
  const profile = await dyesOf(session, encoder, itemId, signal);
  const name = stainName(profile);
  archive.preparations.addTarget({ name, profile, itemSha256: item.sha256 }, new Date().toISOString());
  const made = (await listStains(session)).find((one) => one.name === name);
  if (!made) throw new ArchiveError('internal');
  return made;
}
