import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { hasShared, shared } from '../../../../support/shared.ts';
import {
  buildEts,
  buildVsi,
  stackFields,
  vsiVolume,
  writeVsi,
  type BuiltEts,
  type BuiltStack,
  type VsiField,
} from '../../../../support/vsi-builder.ts';
import { dice, outcomeWithinLimits } from './within-limits.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-hostile-vsi-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TILE = 64;
let made = 0;
const stack: BuiltStack = { name: '20x', width: 100, height: 100, mpp: 0.5 };
const raw = new Uint8Array(TILE * TILE * 3).fill(120);
const places = [[0, 0], [1, 0], [0, 1], [1, 1]] as const; // prettier-ignore
const tiles = places.map(([column, row]) => ({ coordinates: [column, row, 0, 0], bytes: raw }));
const sound: BuiltEts = { tile: [TILE, TILE], compression: 0, dimensions: 4, tiles };

const outcome = (vsi: Uint8Array, ets: Uint8Array) =>
  outcomeWithinLimits(writeVsi(join(root, String(made++)), 'A', vsi, { stack1: ets }));
const ofStack = (more: Partial<BuiltStack>) => buildVsi([stackFields({ ...stack, ...more })]);
const ofTiles = (more: Partial<BuiltEts>) => buildEts({ ...sound, ...more });

test('the same slide without harm is read', async () => {
  expect(await outcome(ofStack({}), ofTiles({}))).toBe('read');
});

describe('tiles made to harm', () => {
  test.each<readonly [string, Buffer]>([
    ['no tile width', ofTiles({ tile: [0, TILE] })],
    ['no tile height', ofTiles({ tile: [TILE, 0] })],
    ['tiles of four billion pixels', ofTiles({ tile: [65_536, 65_536] })],
    ['four billion tiles', ofTiles({ count: 0xffffffff })],
    ['a table past the end', ofTiles({ tableAt: 0x7fff_ffff_ffffn })],
    ['a table at the highest offset there is', ofTiles({ tableAt: 0xffff_ffff_ffff_ffffn })],
    ['no tile at all', ofTiles({ tiles: [] })],
    ['tiles of four billion dimensions', ofTiles({ dimensions: 0xffffffff, tiles: [] })],
    ['no further dimension', ofTiles({ dimensions: 2, tiles: [{ coordinates: [0, 0], bytes: raw }] })],
    [
      'four billion levels',
      ofTiles({ pyramid: true, tiles: [{ coordinates: [0, 0, 0, 0xffffffff], bytes: raw }] }),
    ],
    ['tiles past the end', ofTiles({ tiles: tiles.map((tile) => ({ ...tile, offset: 0x7fffffff })) })],
    ['tiles of four billion bytes', ofTiles({ tiles: tiles.map((tile) => ({ ...tile, length: 0xffffffff })) })],
    ['tiles shorter than they are', ofTiles({ tiles: tiles.map((tile) => ({ ...tile, length: 100 })) })],
    ['a compression of another maker', ofTiles({ compression: 77 })],
    ['JPEG that is none', ofTiles({ compression: 2 })],
    ['JPEG 2000 that is none', ofTiles({ compression: 3 })],
    ['pixels of 64 bits', ofTiles({ pixelType: 8 })],
    ['a million samples', ofTiles({ samples: 1_000_000 })],
    ['only tiles outside of the picture', ofTiles({ tiles: [{ coordinates: [9, 9, 0, 0], bytes: raw }] })],
    ['nothing of its header', Buffer.alloc(300)],
  ])('%s', async (_, ets) => expect(await outcome(ofStack({}), ets)).toBe('slide.unreadable')); // prettier-ignore
});

describe('tags made to harm', () => {
  /** A field that says it is its own next one, among 268 million. */
  const endless = (field: VsiField) => {
    const vsi = buildVsi([field]);
    vsi.writeUInt32LE(0x0fffffff, 8 + 16);
    vsi.writeUInt32LE(24, 8 + 24 + 8);
    return vsi;
  };
  /** Volumes that hold one field each, which is the next volume: an empty one's bytes but for the last, over and over. */
  const nested = (depth: number) => {
    const one = vsiVolume([{ tag: 2000, index: 0, volume: [] }]).subarray(0, 24 + 20);
    const levels = Buffer.concat(Array.from({ length: depth }, () => one));
    return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), levels, vsiVolume([])]);
  };
  test.each<readonly [string, Buffer]>([
    ['volumes in volumes, twenty thousand deep', nested(20_000)],
    ['a field that is its own next one, 268 million times', endless({ tag: 1, inline: 0 })],
    ['a volume that is', endless({ tag: 2000, index: 0, volume: [] })],
    ['no picture', buildVsi([])],
    ['a picture without a size', ofStack({ width: 0 })],
    ['a picture of two billion by two billion pixels', ofStack({ width: 0x7fffffff, height: 0x7fffffff })],
    ['a picture of less than nothing', ofStack({ width: -5 })],
  ])('%s', async (_, vsi) => expect(await outcome(vsi, ofTiles({}))).toBe('slide.unreadable'));
});

test('cut anywhere it is read or refused, never half', async () => {
  const vsi = ofStack({});
  const ets = ofTiles({});
  for (let length = 9; length < vsi.length; length += Math.ceil(vsi.length / 20))
    expect(await outcome(vsi.subarray(0, length), ets)).toMatch(/^(slide\.|file\.|read$)/);
  for (let length = 1; length < ets.length; length += Math.ceil(ets.length / 20))
    expect(await outcome(vsi, ets.subarray(0, length))).toMatch(/^slide\./);
});

test.skipIf(!hasShared)('a real slide with changed bytes ends in a fault or an answer', async () => {
  const vsi = readFileSync(shared('data/slides/vsi/vsi-ets-test-jpg2k.vsi'));
  const ets = readFileSync(shared('data/slides/vsi/_vsi-ets-test-jpg2k_/stack1/frame_t_0.ets'));
  const roll = dice(11);
  for (let round = 0; round < 24; round++) {
    const [changed, tiled] = [Buffer.from(vsi), Buffer.from(ets)];
    // The tags begin behind the header, the table of tiles ends the file.
    for (let times = 1 + roll(6); times > 0; times--)
      if (round % 2 === 0) changed[28_358 + roll(74_000)] = roll(256);
      else tiled[roll(2) === 0 ? roll(292) : 94_869 + roll(968)] = roll(256);
    await outcome(changed, tiled);
  }
});
