// Starts a container of the image it is given, watched over as services are, and stays until it is killed. The container
// does not say whose it is, so that no sweep of another test removes it first.
import { containerEngine } from '../src/services/containers/container-engine.ts';
import { session, sessionLabel } from '../src/services/containers/owner.ts';
import { watchOverContainers } from '../src/services/containers/watch-over-containers.ts';

const [, , image = ''] = process.argv;
const engine = await containerEngine(() => {});
await watchOverContainers(engine);
await new engine.testcontainers.GenericContainer(image).withLabels({ [sessionLabel]: session }).start();
process.send?.({ session });
setInterval(() => {}, 60_000);
