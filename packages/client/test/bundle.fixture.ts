import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** What a page would be sent of this package. */
export async function bundleForPages() {
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../src/index.ts'),
    platform: 'browser',
    external: [/^[^./]/],
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return output;
}
