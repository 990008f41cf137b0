const contract = 'preload/contract/';
const useCaseParts = ['domain', 'store', 'imaging', 'encode', 'vectors', 'media'].map(
  (part) => `main/core/${part}/`,
);
const useCases = ['ingest', 'search', 'label', 'curate', 'privacy'].map((part) => `main/core/${part}/`);
/** The log and the offline guard are for everyone in the core. */
const core = ['main/core/log.ts', 'main/core/domain/', contract, 'node:'];

/** Who may import whom, first match wins. A path absent on the right is forbidden on the left. */
export const mayImport: readonly (readonly [folder: string, allowed: readonly string[]])[] = [
  ['preload/contract/', [contract, 'zod']],
  ['preload/vite.config.ts', ['node:', 'vite']],
  ['preload/', [contract, 'electron']],
  ['main/vite.config.ts', ['node:', 'vite']],
  // Pure: of Node only the hash.
  ['main/core/domain/', ['main/core/domain/', contract, 'node:crypto']],
  ['main/core/store/', ['main/core/store/', ...core, 'better-sqlite3', 'sqlite-vec', 'zod']],
  [
    'main/core/imaging/',
    ['main/core/imaging/', ...core, 'sharp', 'geotiff', 'dicom-parser', '@cornerstonejs/', 'koffi', 'zod'],
  ],
  [
    'main/core/encode/',
    [
      'main/core/encode/',
      ...core,
      'onnxruntime-node',
      '@huggingface/tokenizers',
      '@bufbuild/protobuf',
      'yauzl',
      'zod',
    ],
  ],
  ['main/core/vectors/', ['main/core/vectors/', ...core, 'usearch', 'koffi']],
  ['main/core/media/', ['main/core/media/', ...core]],
  ...useCases.map(
    (folder) => [folder, [folder, ...core, ...useCaseParts, 'main/core/privacy/', 'zod', 'piscina']] as const,
  ),
  // Which archive and model are in use.
  ['main/core/session/', ['main/core/session/', ...core, ...useCases, ...useCaseParts, 'zod']],
  [
    'main/core/api/',
    [
      'main/core/api/',
      ...useCases,
      ...useCaseParts,
      'main/core/session/',
      'main/core/log.ts',
      contract,
      'node:',
    ],
  ],
  ['main/core/log.ts', ['pino', 'node:', contract]],
  ['main/core/', ['main/core/', contract, 'node:']],
  // The slide of the demo archive is drawn by what drew the starter's pictures.
  ['main/hosts/demo-slide-worker.ts', ['models/starter/source/', 'node:']],
  [
    'main/hosts/',
    [
      'main/hosts/',
      'main/core/core.ts',
      'main/core/log.ts',
      'main/core/api/handlers.ts',
      'main/core/privacy/offline-guard.ts',
      contract,
      'node:',
      'zod',
      'fastify',
      '@fastify/',
      'commander',
    ],
  ],
  ['main/electron/', ['main/electron/', 'main/hosts/security-headers.ts', contract, 'electron', 'node:']],
  ['renderer/vite.config.ts', ['node:', 'vite', '@sveltejs/vite-plugin-svelte']],
  ['renderer/ui/', ['renderer/ui/', 'svelte', '@lucide/svelte/']],
  ['renderer/client/', ['renderer/client/', contract, 'svelte']],
  [
    'renderer/features/',
    ['openseadragon', 'renderer/client/', 'renderer/ui/', contract, 'svelte', '@lucide/svelte/'],
  ],
  ['renderer/', ['renderer/', contract, 'svelte', '@lucide/svelte/']],
  ['models/', ['models/', 'main/core/', contract, 'node:', 'sharp', '@huggingface/tokenizers']],
];

/** Libraries with native code or a heart of their own live in one folder; everyone else asks that folder. */
export const homes: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['main/core/store/'],
  'sqlite-vec': ['main/core/store/'],
  sharp: ['main/core/imaging/', 'models/starter/source/'],
  'dicom-parser': ['main/core/imaging/'],
  geotiff: ['main/core/imaging/'],
  koffi: ['main/core/imaging/', 'main/core/vectors/'],
  'onnxruntime-node': ['main/core/encode/'],
  usearch: ['main/core/vectors/'],
  pino: ['main/core/log.ts'],
  electron: ['main/electron/', 'preload/index.ts'],
};
