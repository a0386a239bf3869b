// `pnpm dashboard`: writes the dashboard to where Grafana reads it.
import { writeFileSync } from 'node:fs';
import { dashboard } from './dashboard.ts';
import { dashboardFile } from './files.ts';

writeFileSync(dashboardFile, `${JSON.stringify(dashboard(), undefined, 2)}\n`);
