import type { Client } from '../../client/client.ts';
import { bytesOf } from '../../client/read-file.ts';
import type { NewPart } from './parts.ts';

/** Holds a picture in the core's memory; it is not imported. @throws ArchiveError for what is no picture. */
export async function heldPicture(client: Client, file: Blob, name: string): Promise<NewPart> {
  const bytes = await bytesOf(file);
  const held = await client('query.image', { bytes, name });
  return { type: 'image', imageId: held.imageId, name: held.name, thumb: held.thumb };
}
