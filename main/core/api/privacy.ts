import { JobId } from '../../../preload/contract/ids.ts';
import type { privacyMethods, PrivacyStatus, QuarantinedFile } from '../../../preload/contract/privacy.ts';
import { ruleTitle } from '../privacy/identity-rules.ts';
import { decide, setPolicy } from '../privacy/quarantine.ts';
import { startImport } from '../session/background.ts';
import type { Program } from '../session/program.ts';
import type { Session } from '../session/session.ts';
import type { QuarantinedFile as HeldFile } from '../store/quarantine.ts';
import type { HandlersOf } from './handlers.ts';

export function privacyHandlers(program: Program): HandlersOf<typeof privacyMethods> {
  const archive = () => program.session().archive;
  return {
    'privacy.status': () => statusOf(program.session()),
    'privacy.setPolicy': ({ policy }) => {
      setPolicy(archive(), policy);
      return statusOf(program.session());
    },
    'quarantine.list': ({ verdict, code, offset, limit }) => {
      const filter = { verdict: verdict ?? null, code: code ?? null };
      const { quarantine } = archive();
      return {
        files: quarantine.list({ ...filter, offset, limit }).map(fileOf),
        total: quarantine.count(filter),
      };
    },
    'quarantine.release': async ({ fileIds, reason }, signal) => {
      const session = program.session();
      const files = await decide(
        session.archive,
        { fileIds, decision: 'released', reason },
        hashing(session, signal),
      );
      const only = new Map<string, string[]>();
      for (const { source, path } of files) only.set(source, [...(only.get(source) ?? []), path]);
      const jobId = await startImport(session, [...only.keys()], undefined, { only });
      return { jobId: JobId.parse(jobId), released: files.length };
    },
    'quarantine.leaveOut': async ({ fileIds, reason }, signal) => {
      const session = program.session();
      const decision = { fileIds, decision: 'left-out', reason } as const;
      return { leftOut: (await decide(session.archive, decision, hashing(session, signal))).length };
    },
    'audit.list': ({ offset, limit }) => archive().audit.list(offset, limit),
    'audit.verify': () => archive().audit.verify(),
  };
}

const hashing = (session: Session, signal: AbortSignal) => async (path: string) =>
  (await session.pool.examine({ path }, signal)).sha256;

function statusOf({ archive }: Session): PrivacyStatus {
  const { byVerdict, byCode } = archive.quarantine.counts();
  const held = (verdict: string) => byVerdict.find((one) => one.verdict === verdict)?.count ?? 0;
  return {
    policy: archive.settings.get('identityPolicy') === 'review' ? 'review' : 'strict',
    offImports: archive.audit
      .ofAction('identity.off')
      .map(({ at, details }) => ({ at, reason: String(details['reason']) })),
    held: { block: held('block'), review: held('review') },
    byCode: byCode.map(({ code, count }) => ({ code, title: ruleTitle(code), count })),
  };
}

const fileOf = (file: HeldFile): QuarantinedFile => ({
  ...file,
  findings: file.findings.map(({ code, verdict }) => ({ code, title: ruleTitle(code), verdict })),
});
