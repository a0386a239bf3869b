import { once } from './once.ts';

/** What stands for all values of a label that came when there were too many already. */
const other = 'other';

/** What gives a label's value as it is shown, of a label by name. */
export type LabelLimits = (label: string) => (value: string) => string;

/** Keeps the values of labels few: each label has its first `maxValues`, and all further ones are `other`. */
export function createLabelLimits(maxValues: number, shown: (value: string) => string): LabelLimits {
  return once(() => {
    const values = new Map<string, string>();
    return (value) => {
      const found = values.get(value);
      if (found !== undefined) return found;
      if (values.size >= maxValues) return other;
      const text = shown(value);
      values.set(value, text);
      return text;
    };
  });
}
