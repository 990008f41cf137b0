import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Handlers } from '../../main/core/api/handlers.ts';
import type { ServedCore } from '../../main/hosts/served-core.ts';
import type { EventName } from '../../preload/contract/events.ts';
import { ArchiveError } from '../../preload/contract/faults.ts';
import type { AppInfo } from '../../preload/contract/archive.ts';
import type { ItemId, JobId } from '../../preload/contract/ids.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { methods } from '../../preload/contract/methods.ts';

/** A core of a few lines with one behaviour per promise that a door makes; the door tests ask it, nothing else. */
export function createSmallCore(media: (path: string) => string | null = () => null) {
  const listeners = new Set<(event: EventName, payload: unknown) => void>();
  /** Methods whose handler saw its signal abort. */
  const aborted: string[] = [];

  const unknown = Object.fromEntries(
    Object.keys(methods).map((method) => [method, () => Promise.reject(new Error(`not told: ${method}`))]),
  ) as unknown as Handlers;

  const handlers: Handlers = {
    ...unknown,
    'app.info': () => ({ ...appInfo, secret: 'Doe^Jane' }) as AppInfo,
    'items.list': ({ limit, offset, where }) => ({ items: [], total: limit + offset + where.length }),
    'tags.list': () => ({ tags: [{ tag: 'defect', items: 0.5 }] }),
    'tags.apply': ({ tag }) => {
      throw new ArchiveError('item.unknown', { tag });
    },
    'item.get': ({ itemId }) => {
      throw new TypeError(`a defect about item ${itemId}`);
    },
    'job.get': ({ jobId }) => job(jobId),
    'archive.verify': async (_request, signal) => {
      try {
        await sleep(10_000, undefined, { signal });
      } catch (thrown) {
        aborted.push('archive.verify');
        throw thrown;
      }
      return {
        clean: true,
        checked: { items: 0, regions: 0, embeddings: 0, media: 0, sources: 0 },
        problems: [],
      };
    },
    'query.image': async ({ bytes, name }, signal) => {
      if (name === 'slow') {
        signal.addEventListener('abort', () => aborted.push('query.image'));
        await sleep(10_000, undefined, { signal });
      }
      const hash = createHash('sha256').update(bytes).digest('hex');
      const thumb = `thumb/${hash.slice(0, 2)}/${hash}.webp`;
      return { imageId: hash, name, widthPx: bytes.length, heightPx: 1, thumb, notes: [] };
    },
  };

  const core: ServedCore = {
    handlers,
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    mediaFile: (path) => Promise.resolve(media(path)),
  };
  const emit = (event: EventName, payload: unknown) =>
    listeners.forEach((listener) => listener(event, payload));
  return { core, emit, aborted };
}

const appInfo: AppInfo = {
  version: '1.2.3',
  archive: null,
  model: null,
  modelFault: null,
  device: null,
  blockedConnections: 0,
  recentArchives: [],
};

export function job(jobId: JobId, ratePerSecond: number | null = null): Job {
  return {
    jobId,
    kind: 'import',
    title: 'folder',
    state: 'running',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    stages: [],
    counts: null,
    ratePerSecond,
    secondsLeft: null,
    fault: null,
    notices: [],
    result: null,
    runId: null,
    evaluationId: null,
  };
}

export const itemId = (value: number) => value as ItemId;
export const jobId = (value: number) => value as JobId;
