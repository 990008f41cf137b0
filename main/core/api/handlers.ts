import type { z } from 'zod';
import type { MethodName, Output, Request } from '../../../preload/contract/methods.ts';

/** What the core offers its doors: one function per method of the contract. */
export type Handlers = {
  readonly [M in MethodName]: (request: Request<M>, signal: AbortSignal) => Output<M> | Promise<Output<M>>;
};

/** The handlers of one group of the contract. Answers may say more than the contract: the dispatcher drops it. */
export type HandlersOf<Group extends Record<string, { input: z.ZodType; output: z.ZodType }>> = {
  readonly [M in keyof Group]: (
    request: z.output<Group[M]['input']>,
    signal: AbortSignal,
  ) => z.output<Group[M]['output']> | Promise<z.output<Group[M]['output']>>;
};
