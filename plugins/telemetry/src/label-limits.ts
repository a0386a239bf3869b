/** What stands for all values of a label that came when there were too many already. */
const other = 'other';

/** Keeps the values of labels few: each label has its first `maxValues`, and all further ones are `other`. */
export function createLabelLimits(
  maxValues: number,
  shown: (value: string) => string,
): (label: string, value: string) => string {
  const known = new Map<string, Map<string, string>>();
  return (label, value) => {
    let values = known.get(label);
    if (!values) {
      values = new Map();
      known.set(label, values);
    }
    const found = values.get(value);
    if (found !== undefined) return found;
    if (values.size >= maxValues) return other;
    const text = shown(value);
    values.set(value, text);
    return text;
  };
}
