import type { CodeRef, FlowNode, UnitRef } from '../flow-graph.ts';
import { type Code, flat, objectType, parameters } from './layout.ts';
import { access, typeFieldName } from './literal.ts';

/** Where a piece of code stands, which decides what it takes and returns. */
export type CodeRole = 'run' | 'when' | 'undo' | 'retryOn' | 'over' | 'from' | 'until' | 'prompt' | 'for';

type Section = 'units' | 'code' | 'schemas';

/** Collects what a printed module takes from outside, with the types that this has to have. */
export function createPartTypes() {
  const sections: Record<Section, Map<string, Map<string, Code>>> = {
    units: new Map(),
    code: new Map(),
    schemas: new Map(),
  };
  const imports = new Set<string>();

  const use = (section: Section, name: string, type: Code, ...imported: string[]): string => {
    for (const item of imported) imports.add(item);
    const types = sections[section].get(name) ?? new Map<string, Code>();
    sections[section].set(name, types.set(flat(type) ?? '', type));
    return access(section, name);
  };

  const filled = () => (Object.keys(sections) as Section[]).filter((section) => sections[section].size > 0);
  const members = (section: Section) =>
    objectType(
      [...sections[section]].map(
        ([name, types]): Code => [`readonly ${typeFieldName(name)}: `, intersection([...types.values()])],
      ),
      true,
    );

  return {
    unit: ({ kind, id }: UnitRef) => use('units', `${kind}:${id}`, 'AnyUnit', 'AnyUnit'),
    handler: ({ kind, id }: UnitRef) => use('units', `${kind}:${id}`, 'Task<any, any>', 'Task'),
    inputSchema: () => use('schemas', 'input', 'Schema', 'Schema'),
    payloadSchema: (name: string) => use('schemas', name, 'WireSchema', 'WireSchema'),
    code(ref: CodeRef, role: CodeRole, node?: FlowNode) {
      const settles = node?.kind === 'settle' && role === 'run';
      const imported = [
        ...(settles ? ['Outcome'] : []),
        ...(role === 'run' || role === 'undo' ? ['RunContext'] : []),
      ];
      return use(
        'code',
        ref.code,
        codeType(role, node?.needs ?? {}, settles ? 'Outcome<any>' : 'any'),
        ...imported,
      );
    },
    /** Types to import. */
    imports: (): readonly string[] => [...imports],
    /** Sections that hold something. */
    sections: () => filled(),
    /** The type of all that was used. */
    type: () =>
      objectType(
        filled().map((section) => [`readonly ${section}: `, members(section)]),
        true,
      ),
  };
}

/** One name in several places has to fit all of them. */
function intersection(types: readonly Code[]): Code {
  if (types.length === 1) return types[0] as Code;
  return types.map((type) => `(${flat(type)})`).join(' & ');
}

function codeType(role: CodeRole, needs: FlowNode['needs'], needed: string): Code {
  const names = Object.keys(needs);
  const needsType =
    names.length === 0 ? 'object' : objectType(names.map((name) => `${typeFieldName(name)}: ${needed}`));
  const of = (result: string): Code => ['(needs: ', needsType, `) => ${result}`];
  switch (role) {
    case 'run':
      return [parameters([['needs: ', needsType], 'ctx: RunContext']), ' => any'];
    case 'when':
      return of('boolean | Promise<boolean>');
    case 'over':
      return of('readonly any[]');
    case 'from':
      return of('any');
    case 'prompt':
      return of('unknown');
    case 'for':
      return of('Date');
    case 'until':
      return '(value: any, round: number) => boolean';
    case 'undo':
      return '(output: any, ctx: RunContext) => Promise<void> | void';
    case 'retryOn':
      return '(error: unknown) => boolean';
  }
}
