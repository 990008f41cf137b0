import type { MethodName, Output, Request } from '../../../preload/contract/methods.ts';

/** What the core offers its doors: one function per method of the contract. */
export type Handlers = {
  readonly [M in MethodName]: (request: Request<M>, signal: AbortSignal) => Output<M> | Promise<Output<M>>;
};

/** The handlers of one group of the contract. */
export type HandlersOf<Group> = Pick<Handlers, keyof Group & MethodName>;
