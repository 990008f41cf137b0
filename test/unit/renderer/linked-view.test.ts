import { expect, test } from 'vitest';
import {
  across,
  centred,
  followed,
  linkOf,
  offsetOf,
  reversed,
  type View,
} from '../../../renderer/features/slide/linked-view.ts';

/** A slide at 40× and one at 20×. */
const fine = { width: 40_000, height: 30_000, mppX: 0.25 };
const coarse = { width: 22_000, height: 14_000, mppX: 0.5 };
const unknown = { width: 10_000, height: 5000, mppX: null };

/** Where on the screen, from the stage's middle, a view shows a place. Written from the definition, not from the code. */
function onScreen(view: View, x: number, y: number) {
  const angle = (view.degrees * Math.PI) / 180;
  const [right, down] = [(x - view.x) * view.scale, (y - view.y) * view.scale];
  return {
    x: right * Math.cos(angle) - down * Math.sin(angle),
    y: right * Math.sin(angle) + down * Math.cos(angle),
  };
}

test('middle on middle: the same µm lie at the same place of the screen', () => {
  const link = centred(fine, coarse);
  const view = { x: 21_000, y: 14_000, scale: 0.1, degrees: 0 };
  const beside = followed(link, view);
  // 1000 px of 0.25 µm right of the middle are 500 px of 0.5 µm.
  expect(beside).toEqual({ x: 11_500, y: 6500, scale: 0.2, degrees: 0 });
  expect(0.5 / beside.scale).toBe(0.25 / view.scale);
});

test('whatever the views were when they were linked, linked places stay on each other', () => {
  const shown = { x: 9000, y: 12_000, scale: 0.4, degrees: 30 };
  const beside = { x: 15_000, y: 2000, scale: 1.3, degrees: -60 };
  const link = linkOf(fine, shown, coarse, beside, false);
  expect(followed(link, shown)).toEqual({ ...beside, scale: expect.closeTo(1.3, 9) });
  const moved = { x: 12_345, y: 9876, scale: 0.07, degrees: 175 };
  const follows = followed(link, moved);
  for (const place of [{ x: 0, y: 0 }, { x: 20_000, y: 7000 }, shown]) {
    const there = across(link, place);
    const [one, other] = [onScreen(moved, place.x, place.y), onScreen(follows, there.x, there.y)];
    expect(other.x).toBeCloseTo(one.x, 6);
    expect(other.y).toBeCloseTo(one.y, 6);
  }
});

test('it does not matter which of the two leads', () => {
  const shown = { x: 9000, y: 12_000, scale: 0.4, degrees: 30 };
  const beside = { x: 15_000, y: 2000, scale: 1.3, degrees: 300 };
  const link = linkOf(fine, shown, coarse, beside, true);
  const view = { x: 1000, y: 2000, scale: 0.5, degrees: 10 };
  const back = followed(reversed(link), followed(link, view));
  for (const key of ['x', 'y', 'scale', 'degrees'] as const) expect(back[key]).toBeCloseTo(view[key], 6);
});

test('linked again, the offset is kept; the scale is made the same where that is wanted', () => {
  const shown = { x: 20_000, y: 15_000, scale: 0.4, degrees: 0 };
  const beside = { x: 11_000 + 400, y: 7000 - 300, scale: 0.2, degrees: 90 };
  const link = linkOf(fine, shown, coarse, beside, true);
  expect(offsetOf(link, fine, coarse)).toEqual({ right: 200, down: -150, turn: 90 });
  const follows = followed(link, shown);
  expect(follows).toMatchObject({ x: beside.x, y: beside.y, degrees: 90 });
  expect(0.5 / follows.scale).toBeCloseTo(0.25 / shown.scale, 9);
  expect(offsetOf(centred(fine, coarse), fine, coarse)).toEqual({ right: 0, down: 0, turn: 0 });
});

test('a slide of unknown scale is followed in pixels, at the size it has on the screen', () => {
  const link = centred(fine, unknown);
  expect(link.is).toBe('px');
  // Both fill a stage of 1000 px.
  expect(followed(link, { x: 20_000, y: 15_000, scale: 1000 / 40_000, degrees: 0 })).toEqual({
    x: 5000,
    y: 2500,
    scale: 1000 / 10_000,
    degrees: 0,
  });
  const held = linkOf(
    fine,
    { x: 0, y: 0, scale: 1, degrees: 0 },
    unknown,
    { x: 0, y: 0, scale: 3, degrees: 0 },
    true,
  );
  expect(followed(held, { x: 0, y: 0, scale: 2, degrees: 0 }).scale).toBe(6);
});
