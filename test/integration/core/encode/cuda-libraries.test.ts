import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { addCuda, runtimeVersion } from '../../../../main/core/encode/cuda-libraries.ts';
import type { Host } from '../../../../main/core/encode/host.ts';

const linux: Host = {
  platform: 'linux',
  arch: 'x64',
  exists: existsSync,
  loadError: (library) => (library === 'libcudnn.so.9' ? 'not found' : null),
};
const shared = 'libonnxruntime_providers_shared.so';
const cuda = 'libonnxruntime_providers_cuda.so';
const native = 'runtimes/linux-x64/native';
const fresh = () => mkdtempSync(join(tmpdir(), 'cuda-'));

type Files = Readonly<Record<string, string>>;
const release = (version: string): Files => ({
  VERSION_NUMBER: `${version}\n`,
  [`lib/libonnxruntime.so.${version}`]: 'runtime',
  [`lib/${shared}`]: 'shared',
  [`lib/${cuda}`]: 'provider'.repeat(1000),
  'lib/libcublas.so.12': 'cublas',
});
const nuget = (version: string): Files => ({
  'Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec': `<package><metadata><version>${version}</version></metadata></package>`,
  [`${native}/${shared}`]: 'shared',
  [`${native}/${cuda}`]: 'provider',
  [`runtimes/linux-arm64/native/${cuda}`]: 'of another processor',
});

function folderOf(files: Files): string {
  const folder = fresh();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function tarOf(files: Files): string {
  const blocks = Object.entries(files).map(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write('0', 156);
    header.write('ustar', 257);
    header.write('onnxruntime-linux-x64-gpu', 345);
    return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
  });
  const path = join(fresh(), 'onnxruntime-linux-x64-gpu.tgz');
  writeFileSync(path, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return path;
}

/** A zip without compression, put together by hand: local headers, directory, end. */
function zipOf(files: Files): string {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(body), 10);
    common.writeUInt32LE(body.length, 14);
    common.writeUInt32LE(body.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), body]);
    const offset = Buffer.alloc(14);
    offset.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, offset, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  const path = join(fresh(), 'gpu.nupkg');
  writeFileSync(path, Buffer.concat([...locals, list, Buffer.from('PK\x05\x06'), end]));
  return path;
}

test.each([
  ['a folder', () => folderOf(release(runtimeVersion)), ['libcublas.so.12']],
  ['a release archive', () => tarOf(release(runtimeVersion)), ['libcublas.so.12']],
  ['a NuGet package', () => zipOf(nuget(runtimeVersion)), []],
])('takes the libraries of %s and says what the machine lacks', async (_what, make, extra) => {
  const runtimes = join(fresh(), 'runtimes');
  const added = await addCuda(make(), runtimes, linux);
  expect(added).toMatchObject({ folder: join(runtimes, `cuda-${runtimeVersion}`), version: runtimeVersion });
  expect(readdirSync(added.folder).toSorted()).toEqual([...extra, cuda, shared].toSorted());
  expect(readdirSync(runtimes)).toEqual([`cuda-${runtimeVersion}`]);
  expect(added.missing).toEqual(['cuDNN 9: libcudnn.so.9']);
});

test.each([
  [
    'another version',
    () => tarOf(release('1.22.0')),
    `the libraries are of ONNX Runtime 1.22.0, needed is ${runtimeVersion}`,
  ],
  ['no version', () => folderOf({ [shared]: 'x', [cuda]: 'x' }), /does not say its version/],
  [
    'no provider',
    () => folderOf({ VERSION_NUMBER: runtimeVersion, [shared]: 'x' }),
    `${cuda} is not in the package`,
  ],
  ['another file', () => join(import.meta.dirname, 'cuda-libraries.test.ts'), 'the package cannot be read'],
  ['nothing', () => '/nowhere/gpu.nupkg', 'the package cannot be read'],
])('%s is refused and leaves nothing behind', async (_what, make, reason) => {
  const runtimes = fresh();
  const added = addCuda(make(), runtimes, linux);
  await expect(added).rejects.toMatchObject({
    code: 'device.unavailable',
    details: { device: 'cuda', reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
  });
  expect(readdirSync(runtimes)).toEqual([]);
});

test('a cut archive is refused', async () => {
  const path = tarOf(release(runtimeVersion));
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 40));
  await expect(addCuda(path, fresh(), linux)).rejects.toMatchObject({ code: 'device.unavailable' });
});

test('another system is told so', async () => {
  await expect(addCuda('/x.tgz', fresh(), { ...linux, platform: 'win32' })).rejects.toMatchObject({
    details: { reason: 'CUDA is offered on Linux x64 only, not on win32 x64' },
  });
});

// The provider libraries are not here, so this shows only where the runtime looks for them: its own complaint about
// a file that is none names our folder.
test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'the runtime looks for its provider libraries in the folder that was added',
  () => {
    const folder = folderOf({ [shared]: 'not a library', [cuda]: 'not a library' });
    const graph = join(import.meta.dirname, '../../../fixtures/models/tiny/image.fp32.onnx');
    const source = new URL('../../../../main/core/encode/onnx-graph.ts', import.meta.url).href;
    const script = `
      import { useProvidersFrom } from ${JSON.stringify(source)};
      useProvidersFrom(${JSON.stringify(folder)});
      const { InferenceSession } = await import('onnxruntime-node');
      const graph = ${JSON.stringify(graph)};
      await InferenceSession.create(graph, { executionProviders: ['cuda'] }).catch(() => {});
      await InferenceSession.create(graph, { executionProviders: ['cpu'] });
      console.log('the processor works');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(child.stdout).toContain('the processor works');
    expect(child.stderr).toContain(`Failed to load library ${folder}/${shared}`);
  },
);
