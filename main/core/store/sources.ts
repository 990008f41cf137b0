import type { WriteDb } from './database.ts';

export type FileState = 'ok' | 'missing' | 'stale' | 'failed' | 'quarantined' | 'skipped';

export interface FileRow {
  readonly id: number;
  readonly sourceId: number;
  /** Relative to the source's root, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly sha256: string | null;
  readonly state: FileState;
  readonly faultCode: string | null;
  /** JSON object. */
  readonly faultDetails: string | null;
  readonly itemId: number | null;
}

export interface SeenFile {
  readonly sourceId: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly sha256: string | null;
  readonly state: FileState;
  readonly fault: { readonly code: string; readonly details: string } | null;
  readonly seenJob: number;
}

const columns = `f.id, f.source_id as sourceId, f.path, f.size_bytes as sizeBytes, f.mtime_ms as mtimeMs, f.sha256,
  f.state, f.fault_code as faultCode, f.fault_details as faultDetails,
  (select item_id from item_file where file_id = f.id) as itemId`;

/** Folders of originals and the files met in them. */
export function sourceStore(db: WriteDb) {
  const insertSource = db.prepare<[string, string]>(
    'insert into source (root, added_at) values (?, ?) on conflict (root) do nothing',
  );
  const selectSource = db.prepare<[string], { id: number }>('select id from source where root = ?');
  const selectRoots = db.prepare<[], { id: number; root: string }>('select id, root from source order by id');
  const selectFile = db.prepare<[number, string], FileRow>(
    `select ${columns} from file f where f.source_id = ? and f.path = ?`,
  );
  const upsertFile = db.prepare<
    [number, string, number, number, string | null, string, string | null, string | null, number],
    { id: number }
  >(`
    insert into file (source_id, path, size_bytes, mtime_ms, sha256, state, fault_code, fault_details, seen_job)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (source_id, path) do update set
      size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms, sha256 = excluded.sha256,
      state = excluded.state, fault_code = excluded.fault_code, fault_details = excluded.fault_details,
      seen_job = excluded.seen_job
    returning id
  `);
  const markSeen = db.prepare<[number, number]>('update file set seen_job = ? where id = ?');
  const setState = db.prepare<[string, number]>('update file set state = ? where id = ?');
  const revive = db.prepare<[number]>(
    "update file set state = 'ok' where id = ? and state in ('missing', 'stale')",
  );
  const unlink = db.prepare<[number]>('delete from item_file where file_id = ?');
  const link = db.prepare<[number, number]>(
    'insert or replace into item_file (file_id, item_id) values (?, ?)',
  );
  const markMissing = db.prepare<[number, number]>(
    "update file set state = 'missing', fault_code = null, fault_details = null where source_id = ? and seen_job is not ? and state in ('ok', 'stale')",
  );
  const dropUnseen = db.prepare<[number, number]>(
    "delete from file where source_id = ? and seen_job is not ? and state in ('failed', 'skipped')",
  );
  const otherFiles = db.prepare<[number, number], { n: number }>(
    'select count(*) as n from item_file where item_id = ? and file_id <> ?',
  );
  const filesOf = db.prepare<
    [number],
    { path: string; source: string; state: FileState; sizeBytes: number; mtimeMs: number; id: number }
  >(`
    select f.id, f.path, s.root as source, f.state, f.size_bytes as sizeBytes, f.mtime_ms as mtimeMs
    from item_file j join file f on f.id = j.file_id join source s on s.id = f.source_id
    where j.item_id = ? order by f.state <> 'ok', f.id
  `);

  return {
    /** The id of the source with this root, which is made when it is new. */
    ensure(root: string, at: string): number {
      insertSource.run(root, at);
      return (selectSource.get(root) as { id: number }).id;
    },
    /** The id of the source with this root, or null. */
    find: (root: string): number | null => selectSource.get(root)?.id ?? null,
    roots: () => selectRoots.all(),
    file: (sourceId: number, path: string): FileRow | undefined => selectFile.get(sourceId, path),
    /** Writes what was found of a file; returns the file's id. */
    record(file: SeenFile): number {
      const row = upsertFile.get(
        file.sourceId,
        file.path,
        file.sizeBytes,
        file.mtimeMs,
        file.sha256,
        file.state,
        file.fault?.code ?? null,
        file.fault?.details ?? null,
        file.seenJob,
      ) as { id: number };
      return row.id;
    },
    markSeen: (fileId: number, jobId: number): void => {
      markSeen.run(jobId, fileId);
      revive.run(fileId);
    },
    setState: (fileId: number, state: FileState): void => void setState.run(state, fileId),
    link: (fileId: number, itemId: number): void => void link.run(fileId, itemId),
    unlink: (fileId: number): void => void unlink.run(fileId),
    isOnlyFileOf: (fileId: number, itemId: number): boolean => otherFiles.get(itemId, fileId)?.n === 0,
    /** After a complete scan: files of the source that the scan did not meet. Returns how many went missing. */
    closeScan(sourceId: number, jobId: number): number {
      dropUnseen.run(sourceId, jobId);
      return markMissing.run(sourceId, jobId).changes;
    },
    filesOf: (itemId: number) => filesOf.all(itemId),
  };
}
export type SourceStore = ReturnType<typeof sourceStore>;
