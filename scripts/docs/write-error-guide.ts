// `pnpm docs:errors`
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.ts';
import { errorGuide } from './error-guide.ts';

writeFileSync(join(root, 'docs/guides/errors.md'), errorGuide());
