import process from 'node:process';
import { installLock } from './install-lock.ts';

/** Holds the lock of a folder until it is killed, and says so. */
await installLock(process.argv[2] ?? '');
process.stdout.write('held\n');
setInterval(() => {}, 60_000);
