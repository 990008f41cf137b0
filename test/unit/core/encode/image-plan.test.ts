import { expect, test } from 'vitest';

import type { BundleManifest, Precision } from '../../../../main/core/encode/bundle.ts';
import type { DeviceName } from '../../../../main/core/encode/encoder-messages.ts';
import { chooseDevice, probeDevices, type Probe } from '../../../../main/core/encode/image-plan.ts';
import { requirePrecision } from '../../../../main/core/encode/precision.ts';

const passed = { parity: { passed: true } };
function bundle(...precisions: Precision[]): BundleManifest {
  const files = Object.fromEntries(precisions.map((one) => [one, passed]));
  return { id: 'm', dimensions: 2, precisions: files } as unknown as BundleManifest;
}

/** Milliseconds per picture of each device and precision; a string is an error, an angle turns its vectors. */
type Machine = Partial<Record<`${DeviceName} ${Precision}`, number | string>>;
function machine(speeds: Machine, angles: Machine = {}): { probe: Probe; ran: string[] } {
  const ran: string[] = [];
  const probe: Probe = async (device, precision) => {
    const key = `${device} ${precision}` as const;
    ran.push(key);
    const ms = speeds[key];
    if (typeof ms !== 'number') throw new Error(ms ?? 'not expected to run');
    const angle = Number(angles[key] ?? 0);
    const vectors = Float32Array.of(Math.cos(angle), Math.sin(angle));
    return { vectors, measured: { batchSize: 4, msPerPicture: ms } };
  };
  return { probe, ran };
}

const available = (...devices: DeviceName[]) =>
  (['cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const).map((device) => ({
    device,
    available: devices.includes(device),
    reason: `${device} in words`,
  }));

test('the processor uses int8 where it passed its check and is quicker', async () => {
  const { probe } = machine({ 'cpu fp32': 86, 'cpu int8': 41 });
  const plan = chooseDevice(await probeDevices(bundle('fp32', 'int8'), available('cpu'), probe));
  expect(plan).toEqual({
    device: 'cpu',
    precision: 'int8',
    batchSize: 4,
    msPerPicture: 41,
    reason: 'Processor, int8, 2.1 times as fast as fp32',
  });
});

test('and fp32 where int8 is slower or failed its check', async () => {
  const slow = machine({ 'cpu fp32': 86, 'cpu int8': 90 });
  expect(
    chooseDevice(await probeDevices(bundle('fp32', 'int8'), available('cpu'), slow.probe)).precision,
  ).toBe('fp32');
  const failed = bundle('fp32');
  Object.assign(failed.precisions, { int8: { parity: { passed: false } } });
  const { probe, ran } = machine({ 'cpu fp32': 86 });
  expect(chooseDevice(await probeDevices(failed, available('cpu'), probe)).precision).toBe('fp32');
  expect(ran).toEqual(['cpu fp32']);
});

test('a graphics processor runs in fp16 when that agrees with the processor', async () => {
  const { probe } = machine({ 'cpu fp32': 86, 'cuda fp16': 2 }, { 'cuda fp16': 0.01 });
  const plan = chooseDevice(await probeDevices(bundle('fp32', 'fp16'), available('cuda', 'cpu'), probe));
  expect(plan).toMatchObject({ device: 'cuda', precision: 'fp16', reason: 'cuda, fp16' });
});

test('and in fp32 when fp16 does not, and not at all when neither does', async () => {
  const speeds = { 'cpu fp32': 86, 'webgpu fp16': 9, 'webgpu fp32': 12 };
  const half = machine(speeds, { 'webgpu fp16': 0.1, 'webgpu fp32': 0.001 });
  const manifest = bundle('fp32', 'fp16');
  const plan = chooseDevice(await probeDevices(manifest, available('webgpu', 'cpu'), half.probe));
  expect(plan).toMatchObject({ device: 'webgpu', precision: 'fp32' });

  const neither = machine(speeds, { 'webgpu fp16': 0.1, 'webgpu fp32': 0.1 });
  const reports = await probeDevices(manifest, available('webgpu', 'cpu'), neither.probe);
  expect(reports.find(({ device }) => device === 'webgpu')).toMatchObject({
    available: false,
    reason: "webgpu: in fp32 its vectors differ from the processor's (cosine 0.9950)",
  });
  expect(chooseDevice(reports).device).toBe('cpu');
});

test('a device that throws is reported in its words, and the next one is taken', async () => {
  const { probe } = machine({ 'cpu fp32': 86, 'cuda fp32': 'libcudnn.so.9: cannot open', 'webgpu fp32': 20 });
  const reports = await probeDevices(bundle('fp32'), available('cuda', 'webgpu', 'cpu'), probe);
  expect(reports.map(({ device, available, reason }) => [device, available, reason])).toEqual([
    ['cuda', false, 'cuda: libcudnn.so.9: cannot open'],
    ['coreml', false, 'coreml in words'],
    ['dml', false, 'dml in words'],
    ['webgpu', true, 'webgpu, fp32'],
    ['cpu', true, 'Processor, fp32'],
  ]);
  expect(chooseDevice(reports).device).toBe('webgpu');
});

test('a device slower than the processor is taken only when it was asked for', async () => {
  const { probe } = machine({ 'cpu fp32': 86, 'webgpu fp32': 120 });
  const reports = await probeDevices(bundle('fp32'), available('webgpu', 'cpu'), probe);
  expect(chooseDevice(reports).device).toBe('cpu');
  expect(chooseDevice(reports, 'webgpu').device).toBe('webgpu');
  expect(() => chooseDevice(reports, 'cuda')).toThrow(
    expect.objectContaining({ code: 'device.unavailable' }),
  );
});

test('a precision asked for is the only one tried', async () => {
  const { probe, ran } = machine({ 'cpu fp32': 86, 'cpu int8': 41 });
  const reports = await probeDevices(bundle('fp32', 'int8'), available('cpu'), probe, 'fp32');
  expect(chooseDevice(reports).precision).toBe('fp32');
  expect(ran).toEqual(['cpu fp32']);
});

test('a precision that failed its check cannot be asked for', () => {
  const manifest = bundle('fp32');
  Object.assign(manifest.precisions, { int8: { parity: { passed: false } } });
  expect(() => requirePrecision(manifest, 'int8')).toThrow(
    expect.objectContaining({
      code: 'model.precision',
      details: expect.objectContaining({ precision: 'int8' }),
    }),
  );
  expect(requirePrecision(manifest, 'fp32')).toBe('fp32');
});
