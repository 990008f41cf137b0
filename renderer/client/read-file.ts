import { MOST_FILE_BYTES, MOST_TEXT_BYTES } from '../../preload/contract/bridge.ts';
import { ArchiveError } from '../../preload/contract/faults.ts';

/**
 * The bytes of a file that was chosen, dropped or pasted. Its size is looked at first: reading a slide of some gigabytes
 * only to refuse it would take the window's memory.
 *
 * @throws ArchiveError `request.too-large`
 */
export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  refuseAbove(MOST_FILE_BYTES, file);
  return new Uint8Array(await file.arrayBuffer());
}

/** A file as text, such as a table. @throws ArchiveError `request.too-large` */
export async function textOf(file: Blob): Promise<string> {
  refuseAbove(MOST_TEXT_BYTES, file);
  return await file.text();
}

function refuseAbove(limit: number, { size }: Blob): void {
  if (size > limit) throw new ArchiveError('request.too-large', { size, limit });
}
