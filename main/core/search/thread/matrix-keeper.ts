import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toFloats } from '../../store/vectors.ts';
import type { ChangedVector, MatrixFile, VectorChanges } from '../../store/vector-changes.ts';
import { loadMatrix, type MatrixOrigin, saveMatrix } from '../../vectors/matrix-file.ts';
import type { FloatFile } from '../../vectors/float-file.ts';
import { canScan } from '../../vectors/kernel/scan-kernel.ts';
import { type ResidentMatrix, residentMatrix } from '../../vectors/resident-matrix.ts';

export interface KeeperParts {
  readonly changes: VectorChanges;
  /** Exact vectors beside the matrix, where reading them is quick. */
  readonly floats: FloatFile;
  /** A vector as the database has it. */
  readonly truth: (regionId: number) => Uint8Array | undefined;
  /** Makes a matrix at once of the int8 copies in the database; null where that is not worth it, or they do not fit. */
  readonly ofCopies: () => ResidentMatrix | null;
  /** Of the file; its folder is made when it is needed. */
  readonly path: string;
  readonly origin: Omit<MatrixOrigin, 'seq' | 'token'>;
  /** Told when a file is complete; from then on it counts, and no other. */
  readonly onSaved: (file: MatrixFile) => void;
  /** Told before the matrix takes changes; until this returns it is as it was. */
  readonly onChanging?: (matrix: ResidentMatrix, changed: readonly ChangedVector[]) => void;
}

type State =
  | { readonly is: 'untried' }
  | { readonly is: 'none' }
  | { readonly is: 'building' }
  | { readonly is: 'ready'; readonly matrix: ResidentMatrix; readonly seq: number };

/** Rows read in one go in the background: a query waits for one such part at most. */
const PART_ROWS = 1000;

/**
 * Keeps the resident matrix of one model in step with the database: loaded from its file, made of the copies that the
 * database has, or built in small parts; then brought up to date by what changed. Without it, searches take longer and
 * give the same answers.
 */
export function createMatrixKeeper(parts: KeeperParts) {
  const { changes, floats, truth, ofCopies, path, origin, onSaved, onChanging } = parts;
  let state: State = { is: 'untried' };
  let savedSeq = -1;
  let isClosed = false;
  /** Rows of regions up to this number are made of the exact vectors; those of others may be of copies. */
  let exactTo = Infinity;
  const nothing = new Uint8Array(4 * origin.dimensions);

  function apply(matrix: ResidentMatrix, changed: readonly ChangedVector[]): void {
    for (const { regionId, itemId, vector } of changed) {
      if (vector) matrix.put(regionId, itemId, toFloats(vector));
      else matrix.drop(regionId);
    }
    for (let from = 0, to = 1; from < changed.length; from = to, to += 1) {
      const { regionId: first } = changed[from] as ChangedVector;
      while (changed[to]?.regionId === first + to - from) to += 1;
      // What has gone is written over: nothing of a deleted picture stays behind.
      const run = changed.slice(from, to).map(({ vector }) => vector ?? nothing);
      floats.write(first, Buffer.concat(run));
    }
  }

  function load(): State {
    if (!canScan()) return { is: 'none' };
    const file = changes.file();
    const matrix = file ? loadMatrix(path, { ...origin, ...file }) : null;
    const last = changes.last();
    if (file && matrix && file.seq <= last) {
      savedSeq = file.seq;
      return { is: 'ready', matrix, seq: file.seq };
    }
    const copied = ofCopies();
    if (!copied) return { is: 'none' };
    exactTo = 0;
    return { is: 'ready', matrix: copied, seq: last };
  }

  /**
   * The matrix with everything that the connection sees now; null while there is none.
   *
   * To be called in the same transaction as what is read beside it.
   */
  function current(): ResidentMatrix | null {
    if (state.is === 'untried') state = load();
    if (state.is !== 'ready') return null;
    const { matrix, seq } = state;
    const last = changes.last();
    if (last !== seq) {
      const changed = changes.after(seq);
      onChanging?.(matrix, changed);
      apply(matrix, changed);
      state = { is: 'ready', matrix, seq: last };
    }
    return matrix;
  }

  /**
   * Puts exact vectors in the place of some copies. To be called right after `current`, in the same transaction.
   *
   * @returns whether there are more.
   */
  function refine(): boolean {
    if (state.is !== 'ready' || exactTo === Infinity || isClosed) return false;
    const part = changes.part(exactTo, PART_ROWS);
    apply(state.matrix, part);
    exactTo = part.length < PART_ROWS ? Infinity : (part.at(-1)?.regionId ?? Infinity);
    return exactTo !== Infinity;
  }

  /** An exact vector, until the next one is asked for. To be called after `current`, in the same transaction. */
  function vector(regionId: number): Uint8Array | undefined {
    const row = state.is === 'ready' ? state.matrix.find(regionId) : -1;
    const sum = state.is === 'ready' && row >= 0 ? (state.matrix.sums[row] as number) : 0;
    const found = floats.read(regionId, sum);
    if (found) return found;
    const read = truth(regionId);
    if (read && sum !== 0) floats.write(regionId, read);
    return read;
  }

  /** Builds the matrix if there is none, letting queries in between. */
  async function build(): Promise<void> {
    if (state.is !== 'none' || !canScan()) return;
    state = { is: 'building' };
    const seq = changes.last();
    const matrix = residentMatrix(origin.dimensions);
    for (let after = 0; ;) {
      const part = changes.part(after, PART_ROWS);
      apply(matrix, part);
      after = part.at(-1)?.regionId ?? 0;
      if (part.length < PART_ROWS) break;
      await nextTurn();
      if (isClosed) return;
    }
    // What changed meanwhile is caught up with by the next `current`; doing it twice does no harm.
    state = { is: 'ready', matrix, seq };
  }

  /** Writes the file if it is older than the matrix. */
  async function save(): Promise<void> {
    if (state.is !== 'ready' || state.seq === savedSeq || exactTo !== Infinity) return;
    const { matrix, seq } = state;
    const token = randomUUID();
    const isCurrent = () => !isClosed && state.is === 'ready' && state.seq === seq;
    if (!(await saveMatrix(path, matrix, { ...origin, seq, token }, isCurrent))) return;
    savedSeq = seq;
    onSaved({ seq, token });
  }

  return {
    current,
    refine,
    vector,
    build,
    save,
    /** Changes with everything that could change an answer. */
    get seq(): number {
      return state.is === 'ready' ? state.seq : -1;
    },
    close: (): void => {
      isClosed = true;
      floats.close();
    },
  };
}
export type MatrixKeeper = ReturnType<typeof createMatrixKeeper>;
