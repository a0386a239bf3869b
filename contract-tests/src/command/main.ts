#!/usr/bin/env node
import process from 'node:process';

// An older Node would load the kit and then blame the adapter for what it lacks itself.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 13)) {
  const { runProcess } = await import('./run-process.ts');
  await runProcess();
} else {
  process.stderr.write(
    `aiwork-contract needs Node 22.13 or newer, and this is Node ${process.versions.node}: install a newer one\n`,
  );
  process.exitCode = 3;
}
