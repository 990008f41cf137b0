import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One batch for `encode-torch.py`; texts have a length, and read so many of their tokens. */
export interface TorchCase {
  readonly batch: number;
  readonly length?: number;
  readonly read?: number;
  /** Of pictures only the matrix products: what float32 takes at least. */
  readonly only?: 'products';
}

/** What one batch took: on the clock, and of all processors together. */
export interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

export interface Torch {
  readonly version: string;
  run(one: TorchCase): Promise<Took>;
  close(): void;
}

/** A python3 that can import torch: the one that PYTHON names, the one in the path, or the system's own. */
function findPython(): string | undefined {
  const candidates = [process.env['PYTHON'], 'python3', '/usr/bin/python3'].filter(
    (one) => one !== undefined,
  );
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0);
}

/**
 * Starts plain torch over the same weights.
 *
 * @param weights - `*.safetensors` in float32.
 * @returns null where no python3 with torch is found.
 */
export async function startTorch(weights: string, threads: number): Promise<Torch | null> {
  const python = findPython();
  if (python === undefined) return null;
  const script = join(import.meta.dirname, 'encode-torch.py');
  // Waiting threads of OpenMP would take the processor from the other side between two turns.
  const env = { ...process.env, OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: String(threads) };
  const child = spawn(python, [script, weights, String(threads)], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();

  async function answer(): Promise<Record<string, unknown>> {
    const { value, done } = await lines.next();
    if (done) throw new Error('torch ended without an answer');
    return JSON.parse(value) as Record<string, unknown>;
  }
  const { torch } = await answer();
  return {
    version: String(torch),
    async run(one) {
      child.stdin.write(`${JSON.stringify(one)}\n`);
      const { ms, cpuMs } = await answer();
      return { ms: Number(ms), cpuMs: Number(cpuMs) };
    },
    close: () => void child.stdin.end(),
  };
}
