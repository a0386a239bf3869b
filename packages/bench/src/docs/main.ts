// Writes the figures of the committed results into docs/benchmarks/README.md.
import { writePage } from './page.ts';

await writePage();
