/** What can be done with a unit: see it and its executions; start them; stop, resume, repeat and answer them. @since 0.1.0 */
export type Action = 'read' | 'execute' | 'control';

/** Who asks. @since 0.1.0 */
export interface Principal {
  /** 1 to 100 characters. Executions belong to who started them. */
  readonly id: string;
  /**
   * What it may do, as `UNIT:ACTION`, with `*` for all units or all actions: `report:execute`, `report:*`, `*:read`. To
   * execute or control a unit is to see it, too.
   */
  readonly scopes: readonly string[];
}

/** Whether a principal may do something with a unit. */
export function isAllowed({ scopes }: Principal, unitId: string, action: Action): boolean {
  return scopes.some((scope) => {
    // Ids of units may hold colons, actions do not.
    const colon = scope.lastIndexOf(':');
    const [unit, allowed] = [scope.slice(0, colon), scope.slice(colon + 1)];
    if (colon < 1 || (unit !== '*' && unit !== unitId)) return false;
    return allowed === '*' || allowed === action || (action === 'read' && isAction(allowed));
  });
}

const isAction = (text: string): text is Action =>
  text === 'read' || text === 'execute' || text === 'control';

/** Whether somebody can be called so. */
export function isPrincipalId(id: unknown): id is string {
  return typeof id === 'string' && /^[\x21-\x7e]{1,100}$/.test(id);
}

/** @throws TypeError naming what is wrong with it. */
export function checkPrincipal({ id, scopes }: Principal): void {
  if (!isPrincipalId(id))
    throw new TypeError(
      `a principal is called ${JSON.stringify(id)}: give 1 to 100 visible ASCII characters`,
    );
  for (const scope of scopes) {
    const action = scope.slice(scope.lastIndexOf(':') + 1);
    if (scope.indexOf(':') > 0 && (action === '*' || isAction(action))) continue;
    throw new TypeError(
      `principal "${id}" has the scope ${JSON.stringify(scope)}: write UNIT:ACTION, with read, execute, control or * for the action`,
    );
  }
}
