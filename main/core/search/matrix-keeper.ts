import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toFloats } from '../store/vectors.ts';
import type { ChangedVector, MatrixFile, VectorChanges } from '../store/vector-changes.ts';
import { loadMatrix, type MatrixOrigin, saveMatrix } from '../vectors/matrix-file.ts';
import { type ResidentMatrix, residentMatrix } from '../vectors/resident-matrix.ts';

export interface KeeperParts {
  readonly changes: VectorChanges;
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

/** Rows read in one go while a matrix is built: a query waits for one such part at most. */
const PART_ROWS = 1000;

/**
 * Keeps the resident matrix of one model in step with the database: loaded from its file or built in small parts, then
 * brought up to date by what changed. Without it, searches take longer and give the same answers.
 */
export function createMatrixKeeper({ changes, path, origin, onSaved, onChanging }: KeeperParts) {
  let state: State = { is: 'untried' };
  let savedSeq = -1;
  let isClosed = false;

  function apply(matrix: ResidentMatrix, changed: readonly ChangedVector[]): void {
    for (const { regionId, itemId, vector } of changed) {
      if (vector) matrix.put(regionId, itemId, toFloats(vector));
      else matrix.drop(regionId);
    }
  }

  function load(): State {
    const file = changes.file();
    const matrix = file ? loadMatrix(path, { ...origin, ...file }) : null;
    if (!file || !matrix || file.seq > changes.last()) return { is: 'none' };
    savedSeq = file.seq;
    return { is: 'ready', matrix, seq: file.seq };
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

  /** Builds the matrix if there is none, letting queries in between. */
  async function build(): Promise<void> {
    if (state.is !== 'none') return;
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
    if (state.is !== 'ready' || state.seq === savedSeq) return;
    const { matrix, seq } = state;
    const token = randomUUID();
    const isCurrent = () => !isClosed && state.is === 'ready' && state.seq === seq;
    if (!(await saveMatrix(path, matrix, { ...origin, seq, token }, isCurrent))) return;
    savedSeq = seq;
    onSaved({ seq, token });
  }

  return {
    current,
    build,
    save,
    /** Changes with everything that could change an answer. */
    get seq(): number {
      return state.is === 'ready' ? state.seq : -1;
    },
    close: (): void => {
      isClosed = true;
    },
  };
}
export type MatrixKeeper = ReturnType<typeof createMatrixKeeper>;
