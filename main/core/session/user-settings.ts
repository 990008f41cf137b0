import { mkdirSync, openSync, closeSync, fsyncSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { deviceOrder } from '../encode/encoder-messages.ts';
import { Precision } from '../encode/bundle.ts';

const MOST_RECENT = 8;

const ImagePlan = z.object({
  device: z.enum(deviceOrder),
  precision: Precision,
  batchSize: z.int().positive(),
  msPerPicture: z.number().nullable(),
  reason: z.string(),
});

const Settings = z.object({
  /** Folders, the one opened last first. */
  recentArchives: z.array(z.string()).default([]),
  /** The device that the user chose; null: the best that works. */
  device: z.string().nullable().default(null),
  /** The file of libopenslide that the user chose; null: found by its usual names. */
  openSlide: z.string().nullable().default(null),
  /** How pictures are encoded, by bundle identity and chosen device: finding it out takes seconds. */
  plans: z.record(z.string(), ImagePlan).default({}),
});
export type Settings = z.infer<typeof Settings>;

/**
 * What the user chose, across archives: one small JSON file in the user's data folder.
 *
 * @param onUnwritable - told when a choice could not be written down; it counts until the program ends.
 */
export function userSettings(file: string, onUnwritable: (thrown: unknown) => void) {
  let settings = load(file);

  function set(change: Partial<Settings>): void {
    settings = { ...settings, ...change };
    try {
      write();
    } catch (thrown) {
      // A folder that cannot be written, or a full disk, costs the memory of the choice and not the choice.
      onUnwritable(thrown);
    }
  }

  function write(): void {
    mkdirSync(dirname(file), { recursive: true });
    // Two doors may write at once: each has a name of its own until it is renamed.
    const temporary = `${file}.${process.pid}.tmp`;
    const handle = openSync(temporary, 'w');
    writeSync(handle, JSON.stringify(settings, null, 2));
    fsyncSync(handle);
    closeSync(handle);
    renameSync(temporary, file);
  }

  return {
    get: (): Settings => settings,
    set,
    /** Puts an archive at the top of the list. */
    opened: (path: string): void =>
      set({
        recentArchives: [path, ...settings.recentArchives.filter((other) => other !== path)].slice(
          0,
          MOST_RECENT,
        ),
      }),
  };
}
export type UserSettings = ReturnType<typeof userSettings>;

/** Settings that cannot be read are no reason not to start: the defaults do. */
function load(file: string): Settings {
  try {
    return Settings.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return Settings.parse({});
  }
}
