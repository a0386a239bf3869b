// Runs beside the process that started it, and removes the containers of its session when that one ends in whatever
// way: the pipe between them then closes.
import { once } from 'node:events';
import { sessionLabel } from './owner.ts';
import { removeLabelled } from './remove-containers.ts';

const [, , session] = process.argv;
process.stdin.resume();
await once(process.stdin, 'close');
const { getContainerRuntimeClient } = await import('testcontainers');
const client = await getContainerRuntimeClient();
await removeLabelled(client.container.dockerode, `${sessionLabel}=${session}`);
