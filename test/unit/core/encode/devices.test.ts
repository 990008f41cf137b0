import { expect, test } from 'vitest';

import { runtimeVersion } from '../../../../main/core/encode/cuda-libraries.ts';
import { listAvailability, requireDevice } from '../../../../main/core/encode/devices.ts';
import type { Host } from '../../../../main/core/encode/host.ts';

function host(system: string, paths: readonly string[] = [], libraries: readonly string[] = []): Host {
  const [platform, arch = ''] = system.split(' ');
  return {
    platform: platform as NodeJS.Platform,
    arch,
    exists: (path) => paths.some((known) => path.endsWith(known)),
    loadError: (library) =>
      libraries.includes(library) ? null : `${library}: cannot open shared object file`,
  };
}

const providers = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
const cuda12 = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcurand.so.10',
  'libcufft.so.11',
];
const reasonOf = (device: string, machine: Host) =>
  listAvailability('/data/runtimes', machine).find((one) => one.device === device)?.reason;

test.each([
  ['linux arm64', []],
  ['linux x64', []],
  ['win32 x64', ['dml', 'webgpu']],
  ['darwin arm64', ['coreml', 'webgpu']],
  ['freebsd x64', []],
])('%s as it comes offers %j beside the processor', (system, devices) => {
  const found = listAvailability(null, host(system)).filter(({ available }) => available);
  expect(found.map(({ device }) => device)).toEqual([...devices, 'cpu']);
});

test.each([
  [
    'the provider is missing',
    host('linux x64'),
    'CUDA: provider library libonnxruntime_providers_shared.so not found',
  ],
  ['the driver is missing', host('linux x64', providers), 'CUDA: no NVIDIA driver (libcuda.so.1 not found)'],
  [
    'cuDNN is missing',
    host('linux x64', providers, ['libcuda.so.1', ...cuda12]),
    'CUDA: cuDNN 9: libcudnn.so.9 not found',
  ],
  [
    'the libraries lie beside the provider',
    host('linux x64', [...providers, ...cuda12, 'libcudnn.so.9'], ['libcuda.so.1']),
    'CUDA can be used',
  ],
  ['it is another system', host('win32 x64'), 'CUDA: not offered on win32 x64'],
])('CUDA when %s', (_what, machine, reason) => {
  expect(reasonOf('cuda', machine)).toBe(reason);
});

test('libraries that were added count instead of those beside the runtime', () => {
  const added = `/data/runtimes/cuda-${runtimeVersion}`;
  const machine = host('linux x64', [added, ...providers.map((name) => `${added}/${name}`)]);
  expect(reasonOf('cuda', machine)).toBe('CUDA: no NVIDIA driver (libcuda.so.1 not found)');
});

test('WebGPU on Linux needs Vulkan', () => {
  expect(reasonOf('webgpu', host('linux x64'))).toBe('WebGPU: Vulkan loader libvulkan.so.1 not found');
  expect(reasonOf('webgpu', host('linux x64', [], ['libvulkan.so.1']))).toBe('WebGPU can be used');
});

test('a device that cannot be used is refused with the reason', () => {
  expect(() => requireDevice('dml', null, host('linux x64'))).toThrow(
    expect.objectContaining({
      code: 'device.unavailable',
      details: { device: 'dml', reason: 'DirectML: not offered on linux x64' },
    }),
  );
});
