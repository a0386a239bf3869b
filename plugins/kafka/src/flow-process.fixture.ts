import { once } from 'node:events';
import process from 'node:process';
import { type Crew, flowOf, open } from './flows.fixture.ts';

// A process of a crew: works on its queue until SIGTERM, or starts its flow and stays with it.
const [role, name, crewJson, inputJson] = process.argv.slice(2) as [string, string, string, string?];
const crew: Crew = JSON.parse(crewJson);

if (role === 'flow') {
  await using ai = open(crew, { name });
  const run = await ai.start(flowOf(crew), JSON.parse(inputJson ?? '[]'), { runId: 'r' });
  console.log('ready');
  await run.result();
} else {
  await using ai = open(crew, { name, knows: role === 'stuck' ? 'work that gets stuck' : 'work' });
  const { queue, concurrency = 50 } = crew;
  await using worker = await ai.worker({ queues: [queue], concurrency, pollInterval: '200ms' });
  console.log('ready');
  await once(process, 'SIGTERM');
  void worker;
}
