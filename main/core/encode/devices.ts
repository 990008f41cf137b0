import { join } from 'node:path';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { cudaFolderIn, missingCudaLibraries, providerLibraries } from './cuda-libraries.ts';
import { deviceOrder, type DeviceName } from './encoder-messages.ts';
import { runtimeFolder } from './onnx-graph.ts';
import { type Host, thisHost } from './host.ts';

export interface Availability {
  readonly device: DeviceName;
  readonly available: boolean;
  /** A sentence, for people. */
  readonly reason: string;
}

/** What the runtime's npm package brings for each system (onnxruntime-node 1.30); CUDA comes from elsewhere. */
const bundled: Readonly<Record<string, readonly DeviceName[]>> = {
  'linux x64': ['cuda', 'webgpu', 'cpu'],
  'linux arm64': ['cpu'],
  'win32 x64': ['dml', 'webgpu', 'cpu'],
  'win32 arm64': ['dml', 'webgpu', 'cpu'],
  'darwin arm64': ['coreml', 'webgpu', 'cpu'],
};

/** As people know them. */
export const deviceTitles: Readonly<Record<DeviceName, string>> = {
  cuda: 'CUDA',
  coreml: 'Core ML',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  cpu: 'Processor',
};

/**
 * Which devices can be tried, as far as can be told without running anything.
 *
 * @param runtimes - the folder in the user's data where `addCuda` puts provider libraries; null when there is none.
 */
export function listAvailability(runtimes: string | null, host: Host = thisHost): Availability[] {
  return deviceOrder.map((device) => {
    const reason = obstacle(device, runtimes, host);
    return reason === null
      ? { device, available: true, reason: `${deviceTitles[device]} can be used` }
      : { device, available: false, reason: `${deviceTitles[device]}: ${reason}` };
  });
}

function obstacle(device: DeviceName, runtimes: string | null, host: Host): string | null {
  if (device === 'cpu') return null;
  const system = `${host.platform} ${host.arch}`;
  if (!bundled[system]?.includes(device)) return `not offered on ${system}`;
  if (device === 'cuda') return cudaObstacle(cudaFolder(runtimes, host), host);
  if (device === 'webgpu' && host.platform === 'linux') {
    return host.loadError('libvulkan.so.1') === null ? null : 'Vulkan loader libvulkan.so.1 not found';
  }
  return null;
}

function cudaObstacle(added: string | null, host: Host): string | null {
  const folder = added ?? runtimeFolder();
  const absent = providerLibraries.find((library) => !host.exists(join(folder, library)));
  if (absent !== undefined) return `provider library ${absent} not found`;
  if (host.loadError('libcuda.so.1') !== null) return 'no NVIDIA driver (libcuda.so.1 not found)';
  const missing = missingCudaLibraries(folder, host);
  return missing.length > 0 ? `${missing.join(', ')} not found` : null;
}

/** Where CUDA's provider libraries were added for this version of the runtime; null when they were not. */
export function cudaFolder(runtimes: string | null, host: Host = thisHost): string | null {
  const folder = runtimes === null ? null : cudaFolderIn(runtimes);
  return folder !== null && host.exists(folder) ? folder : null;
}

/**
 * A device's name from settings or a command line, checked.
 *
 * @throws ArchiveError `device.unavailable` with the reason.
 */
export function requireDevice(name: string, runtimes: string | null, host: Host = thisHost): DeviceName {
  const found = listAvailability(runtimes, host).find(({ device }) => device === name);
  if (!found)
    throw new ArchiveError('device.unavailable', { device: name, reason: 'no device of that name' });
  if (!found.available) throw new ArchiveError('device.unavailable', { device: name, reason: found.reason });
  return found.device;
}
