import type { Command } from 'commander';
import { faultOf } from '../../../preload/contract/faults.ts';
import { serve } from '../serve.ts';
import { wholeNumber } from './context.ts';

interface Options {
  readonly port: number;
  readonly archive?: string;
  readonly json?: boolean;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('the program in a browser on this machine; prints the address, ends with Ctrl+C')
    .option('--archive <folder>', 'opened, or made; left out, the one that was open last')
    .option('--port <n>', '0: one that is free', wholeNumber(0), 0)
    .option('--json', 'print the address as one JSON document')
    .action(async ({ port, archive, json }: Options) => {
      try {
        const where = archive === undefined ? {} : { archive };
        const {
          url,
          port: taken,
          closed,
        } = await serve({ port, ...where, note: (line) => console.error(line) });
        console.log(json ? JSON.stringify({ url, port: taken }) : `Vitrine: ${url}`);
        await closed;
      } catch (thrown) {
        const fault = faultOf(thrown);
        if (json) console.log(JSON.stringify({ fault }));
        console.error(fault.code === 'internal' ? String(thrown) : `${fault.message} (${fault.code})`);
        process.exitCode = 1;
      }
    });
}
