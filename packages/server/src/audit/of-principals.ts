import type { AccessOf } from '../auth/access.ts';
import type { Auditor } from './auditor.ts';

/** As another, and with who it was. */
export function ofPrincipals(audited: Auditor, accessOf: AccessOf): Auditor {
  return (request, action, act) =>
    audited(request, action, (about) => {
      const { principal } = accessOf(request);
      if (principal) about({ principal: principal.id });
      return act(about);
    });
}
