import { statfsSync } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';

/** `f_type` of the file systems on which WAL's shared memory does not work: NFS, SMB, SMB2, CIFS, AFS, Coda, 9P. */
const networkTypes: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x73757245, 0x01021997,
]);

/**
 * SQLite's WAL needs memory that all processes share, which network file systems do not give.
 *
 * @throws ArchiveError `archive.network-share`. On Windows a UNC path tells; elsewhere the file system's type.
 * @see https://www.sqlite.org/wal.html, §1
 */
export function refuseNetworkShare(folder: string): void {
  if (process.platform === 'win32') {
    if (/^[\\/]{2}[^?.]/.test(folder)) throw new ArchiveError('archive.network-share', { path: folder });
    return;
  }
  if (process.platform !== 'linux') return;
  // The kernel's magic numbers are unsigned 32-bit; some come back sign-extended.
  if (networkTypes.has(Number(BigInt.asUintN(32, BigInt(statfsSync(folder).type)))))
    throw new ArchiveError('archive.network-share', { path: folder });
}
