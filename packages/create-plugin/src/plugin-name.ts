import validate from 'validate-npm-package-name';

/** Why npm would not take the name, or `undefined` if it does. */
export function problemOfName(name: string): string | undefined {
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  return validForNewPackages ? undefined : [...errors, ...warnings].join(', ');
}

/** The name without its scope. */
export function withoutScope(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** What the plugin is exported as: `@acme/aiwork-redis` as `redisPlugin`. */
export function exportName(name: string): string {
  const [first = '', ...rest] = withoutScope(name)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '' && !/^(aiwork|plugin)$/i.test(word));
  const words = first.toLowerCase() + rest.map(capitalized).join('');
  // A name has to begin with a letter, and `definePlugin` is taken.
  return /^[a-z]/.test(words) && words !== 'define' ? `${words}Plugin` : 'plugin';
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
