import type { IdentityEvidence, IdentityFinding, Judgement } from '../domain/identity.ts';
import { factRules, fieldRules } from './identity-rules.ts';

/**
 * Applies the rules to what a file says. The judgement names rules, never values.
 *
 * It finds known fields and forms. It cannot promise that nothing else identifies a person.
 */
export function judgeIdentity(evidence: IdentityEvidence): Judgement {
  const found = new Map<string, IdentityFinding>();
  const add = (code: string, verdict: IdentityFinding['verdict']) => {
    if (found.get(code)?.verdict !== 'block') found.set(code, { code, verdict });
  };
  for (const rule of fieldRules) {
    const verdicts = evidence.statement === 'removed' ? rule.stated : rule.verdicts;
    for (const { field, value } of evidence.fields) {
      if (field !== rule.field) continue;
      const verdict = verdicts[rule.kindOf(value)];
      if (verdict) add(rule.code, verdict);
    }
  }
  for (const rule of factRules) if (rule.applies(evidence)) add(rule.code, rule.verdict);
  const findings = [...found.values()];
  const verdict = findings.some((finding) => finding.verdict === 'block')
    ? 'block'
    : findings.length > 0
      ? 'review'
      : 'clear';
  return { verdict, findings };
}
