import { AiworkError } from '../errors.ts';
import type { PluginHost } from '../plugin.ts';
import type { Slots, UseSlot } from '../slots.ts';

interface Slot {
  readonly byName: Map<string, unknown>;
  first: unknown;
  chosen?: { readonly by: string; readonly value: unknown };
}

/** What plugins provided. */
export interface SlotTable {
  readonly use: UseSlot;
  /** The slot's default implementation, if there is one. */
  find<K extends keyof Slots>(slot: K): Slots[K] | undefined;
  provideFrom(plugin: string): PluginHost['provide'];
}

export function createSlotTable(): SlotTable {
  const slots = new Map<string, Slot>();

  const use: UseSlot = (slot, name) => {
    const filled = slots.get(slot);
    const found = name === undefined ? (filled?.chosen?.value ?? filled?.first) : filled?.byName.get(name);
    if (found !== undefined) return found as never;
    const there = filled
      ? ` (there are: ${[...filled.byName.keys()].map((key) => `"${key}"`).join(', ')})`
      : '';
    throw new AiworkError(
      'AIWORK_SLOT_EMPTY',
      name === undefined
        ? `nothing provides "${slot}": add a plugin that does to createOrchestrator({ plugins: […] })`
        : `nothing provides "${slot}" under the name "${name}"${there}`,
    );
  };

  return {
    use,
    find: (slot) => {
      const filled = slots.get(slot);
      return (filled?.chosen?.value ?? filled?.first) as never;
    },
    provideFrom:
      (plugin) =>
      (slot, implementation, options = {}) => {
        const name = options.name ?? plugin;
        const filled: Slot = slots.get(slot) ?? { byName: new Map(), first: implementation };
        slots.set(slot, filled);
        if (filled.byName.has(name)) {
          throw new AiworkError(
            'AIWORK_DUPLICATE_ID',
            `plugin "${plugin}" provides a second "${slot}" called "${name}": give each its own name`,
          );
        }
        filled.byName.set(name, implementation);
        if (!options.default) return;
        if (filled.chosen) {
          throw new AiworkError(
            'AIWORK_DUPLICATE_ID',
            `plugins "${filled.chosen.by}" and "${plugin}" both want to be the default "${slot}"`,
          );
        }
        filled.chosen = { by: plugin, value: implementation };
      },
  };
}
