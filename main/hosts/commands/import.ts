import { Option, type Command } from 'commander';
import { dirname, resolve } from 'node:path';
import type { Job, Problem } from '../../../preload/contract/jobs.ts';
import { IdentityPolicy } from '../../../preload/contract/privacy.ts';
import { demoSlideFolder } from '../demo-slide.ts';
import { define, wholeNumber, type Answer, type CommandContext } from './context.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

interface ImportOptions {
  readonly model?: string;
  readonly dryRun?: boolean;
  readonly identity?: IdentityPolicy;
  readonly reason?: string;
  readonly frames?: number;
  readonly ctWindows?: string;
}

const DEMO_SLIDE_PX = 20_000;

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .argument('<folders...>', 'folders of originals; they are only read')
    .description('import folders into an archive, which is made where there is none')
    .option('--model <id>', 'makes this the archive’s model')
    .addOption(
      new Option(
        '--identity <policy>',
        'what to hold back of what may identify a person (default: strict)',
      ).choices(IdentityPolicy.options),
    )
    .option('--reason <text>', 'why the identity check is off; shown in the archive for good')
    .option(
      '--frames <n>',
      'how many frames stand for a multi-frame file, from now on (default: 5)',
      wholeNumber(1),
    )
    .option(
      '--ct-windows <names>',
      'windows in which CT is embedded from now on, such as lung,mediastinum,bone; auto: one, by body part',
    )
    .option('--dry-run', 'count what an import would meet, and import nothing');
  define<ImportOptions>(command, 'create', async (context, options, folders = []) => {
    const { model, dryRun, identity, reason } = options;
    const roots = folders.map((folder) => resolve(folder));
    if (dryRun) return preview(context, roots);
    await setSampling(context, options);
    const modelId = model as Job['title'] | undefined;
    const started = performance.now();
    const { jobId } = await context.call('import.start', {
      folders: roots,
      ...(modelId === undefined ? {} : { modelId }),
      ...(identity === undefined ? {} : { identity }),
      ...(reason === undefined ? {} : { reason }),
    });
    const job = await followJob(context, jobId);
    await followSlides(context);
    return report(context, job, started);
  });
}

/** Written into the archive, so that later imports sample alike. */
async function setSampling({ call }: CommandContext, { frames, ctWindows }: ImportOptions): Promise<void> {
  if (frames === undefined && ctWindows === undefined) return;
  const before = await call('dicom.sampling', {});
  const names = ctWindows?.split(',').filter((name) => name !== '' && name !== 'auto');
  await call('dicom.setSampling', {
    frames: frames === undefined ? before.frames : { ...before.frames, most: frames },
    ctWindows: names ?? before.ctWindows,
  });
}

/** An import starts the job that reads the tiles of its slides; the process must not end before that has. */
async function followSlides(context: CommandContext): Promise<void> {
  const { jobs } = await context.call('job.list', {});
  for (const { jobId, kind, endedAt } of jobs)
    if ((kind === 'slide-embed' || kind === 'report-embed') && endedAt === null)
      await followJob(context, jobId);
}

export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('make an archive of the pictures that come with the program')
    .option('--archive <folder>', 'where; left out, in the user’s data folder')
    .option(
      '--slide [width]',
      'draw a slide into it as well, 20,000 pixels wide or as said; takes minutes',
      wholeNumber(1000),
    );
  define<{ archive?: string; slide?: number | true }>(command, 'none', async (context, options) => {
    const { archive, slide } = options;
    const started = performance.now();
    const pictures = await context.core.openDemo(archive && resolve(archive));
    const { archive: open } = await context.call('app.info', {});
    if (pictures !== null && slide !== undefined) await followJob(context, pictures as Job['jobId']);
    const jobId =
      slide === undefined || !open
        ? pictures
        : await importSlide(context, dirname(open.path), slide === true ? DEMO_SLIDE_PX : slide);
    if (jobId === null)
      return {
        json: { archive: open?.path, items: open?.items },
        text: `${open?.path}: ${open?.items} items`,
      };
    const job = await followJob(context, jobId as Job['jobId']);
    await followSlides(context);
    const answer = await report(context, job, started);
    return {
      json: { archive: open?.path, ...(answer.json as object) },
      text: `${open?.path}\n${answer.text}`,
    };
  });
}

/** Beside the archive: an original, of which the archive keeps the place. */
async function importSlide({ call, signal }: CommandContext, parent: string, width: number) {
  const show = (share: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\rDraw the slide · ${Math.round(share * 100)} %\x1b[K`);
  };
  const folder = await demoSlideFolder(parent, width, show, signal);
  const { jobId } = await call('import.start', { folders: [folder] });
  return jobId;
}

async function preview({ call }: CommandContext, folders: string[]): Promise<Answer> {
  const found = await call('import.preview', { folders });
  const rows = found.kinds.map(({ kind, files }) => [kind, files] as const);
  return {
    json: found,
    text: table([['kind', 'files'], ...rows, ['all', found.files], ['known', found.known]]),
  };
}

const PAGE = 1000;

async function report({ call }: CommandContext, job: Job, started: number): Promise<Answer> {
  const counts = job.counts ?? { seen: 0, added: 0, known: 0, failed: 0, quarantined: 0, skipped: 0 };
  const problems: Problem[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const page = await call('job.problems', { jobId: job.jobId, offset, limit: PAGE });
    problems.push(...page.problems);
    if (page.problems.length < PAGE) break;
  }
  const of = (state: Problem['state']) =>
    problems
      .filter((problem) => problem.state === state)
      .map(({ path, code, message, detail }) => ({ path, code, message, detail }));
  const failures = of('failed');
  const seconds = (performance.now() - started) / 1000;
  const json = {
    counts,
    seconds,
    failures,
    quarantined: of('quarantined'),
    skipped: of('skipped'),
    notices: job.notices,
    jobId: job.jobId,
  };
  const sums = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${sums.join(', ')} in ${seconds.toFixed(1)} s`,
    ...job.notices,
    ...failures.map(({ path, message, detail }) => `  ${path}: ${message}${detail && ` (${detail})`}`),
  ];
  return { json, text: lines.join('\n') };
}
