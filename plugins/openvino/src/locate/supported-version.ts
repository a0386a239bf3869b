/** Versions whose numbers of types and functions this package was tried with: from the first, before the second. */
export const supportedVersions = { from: '2026.4', before: '2027' } as const;

/** How messages name them. */
export const supportedRange = `${supportedVersions.from} or newer, before ${supportedVersions.before}`;

/** Orders versions of numbers with dots; what is missing counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isSupported(version: string): boolean {
  if (!/^\d+(\.\d+)*$/.test(version)) return false;
  const { from, before } = supportedVersions;
  return compareVersions(version, from) >= 0 && compareVersions(version, before) < 0;
}
