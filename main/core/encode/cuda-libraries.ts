import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { type Host, thisHost } from './host.ts';
import { packageEntries, type PackageEntry } from './package-entries.ts';

/** What the runtime loads for CUDA; they are not part of this program (several hundred megabytes). */
export const providerLibraries = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_cuda.so',
] as const;

/** What the provider in turn needs: CUDA 12 and cuDNN 9. */
const cudaLibraries = {
  'CUDA 12': ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcurand.so.10', 'libcufft.so.11'],
  'cuDNN 9': ['libcudnn.so.9'],
} as const;

/** The runtime's own version: provider libraries of another one crash it. */
export const runtimeVersion: string = (
  createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
).version;

/** Where provider libraries for this version of the runtime lie below the user's folder for them. */
export const cudaFolderIn = (runtimes: string): string => join(runtimes, `cuda-${runtimeVersion}`);

export interface AddedCuda {
  readonly folder: string;
  readonly version: string;
  /** Names of the files that were taken. */
  readonly files: readonly string[];
  /** Libraries that the machine still lacks, as 'CUDA 12: libcudart.so.12'; empty when CUDA is complete. */
  readonly missing: readonly string[];
}

/**
 * Takes CUDA's provider libraries from a package that was brought to this machine: NuGet's
 * Microsoft.ML.OnnxRuntime.Gpu.Linux (.nupkg), ONNX Runtime's GPU release for Linux (.tgz), a .zip of either, or a
 * folder with their content. CUDA's and cuDNN's own libraries are taken along when they lie in it.
 *
 * They are used by the next start of the core: a process loads the runtime once.
 *
 * @param runtimes - the folder in the user's data below which they are put.
 * @throws ArchiveError `device.unavailable` with the reason: another system, not such a package, another version.
 */
export async function addCuda(path: string, runtimes: string, host: Host = thisHost): Promise<AddedCuda> {
  if (host.platform !== 'linux' || host.arch !== 'x64') {
    throw refused(`CUDA is offered on Linux x64 only, not on ${host.platform} ${host.arch}`);
  }
  await mkdir(runtimes, { recursive: true });
  const partial = await mkdtemp(join(runtimes, '.partial-'));
  try {
    const { files, versions } = await takeFrom(path, partial);
    const absent = providerLibraries.find((library) => !files.includes(library));
    if (absent !== undefined) throw refused(`${absent} is not in the package`);
    const version = [...versions][0];
    if (version === undefined) {
      throw refused('the package does not say its version; take the whole .nupkg or release archive');
    }
    if (versions.size > 1 || version !== runtimeVersion) {
      throw refused(
        `the libraries are of ONNX Runtime ${[...versions].join(' and ')}, needed is ${runtimeVersion}`,
      );
    }
    const folder = cudaFolderIn(runtimes);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return { folder, version, files, missing: missingCudaLibraries(folder, host) };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const refused = (reason: string) => new ArchiveError('device.unavailable', { device: 'cuda', reason });

async function takeFrom(path: string, into: string): Promise<{ files: string[]; versions: Set<string> }> {
  const files: string[] = [];
  const versions = new Set<string>();
  try {
    await stat(path);
    for await (const entry of packageEntries(path)) {
      const version = await versionIn(entry);
      if (version !== undefined) versions.add(version);
      const name = basename(entry.name);
      if (!isWanted(entry.name) || files.includes(name)) continue;
      await pipeline(await entry.open(), createWriteStream(join(into, name), { flags: 'wx', flush: true }));
      files.push(name);
    }
  } catch (cause) {
    throw new ArchiveError(
      'device.unavailable',
      { device: 'cuda', reason: 'the package cannot be read' },
      { cause },
    );
  }
  return { files, versions };
}

function isWanted(name: string): boolean {
  if (/arm64|aarch64|(^|\/)win-|osx/.test(name)) return false;
  const file = basename(name);
  const ofCuda = /^lib(cudart|cublas|cublasLt|curand|cufft|nvrtc|nvJitLink|cudnn)[\w-]*\.so\.\d+$/.test(file);
  return ofCuda || providerLibraries.some((library) => library === file);
}

/** NuGet's description, the release's VERSION_NUMBER, or the version in the name of the runtime's own library. */
async function versionIn({ name, open }: PackageEntry): Promise<string | undefined> {
  const file = basename(name);
  const named = /^libonnxruntime\.so\.(\d+\.\d+\.\d+)$/.exec(file)?.[1];
  if (named !== undefined) return named;
  if (file !== 'VERSION_NUMBER' && !file.endsWith('.nuspec')) return undefined;
  const text = Buffer.concat(await (await open()).toArray()).toString('utf8');
  const pattern = file === 'VERSION_NUMBER' ? /(\d+\.\d+\.\d+)/ : /<version>\s*(\d+\.\d+\.\d+)\s*<\/version>/;
  return pattern.exec(text)?.[1];
}

/** What of CUDA and cuDNN can be loaded neither from the folder nor from the system. */
export function missingCudaLibraries(folder: string, host: Host): string[] {
  return Object.entries(cudaLibraries).flatMap(([part, libraries]) =>
    libraries
      .filter((library) => !host.exists(join(folder, library)) && host.loadError(library) !== null)
      .map((library) => `${part}: ${library}`),
  );
}
