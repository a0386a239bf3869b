import { show } from '../show.ts';
import { benchInference } from './bench-inference.ts';
import { pythonForPeers } from './python/python-for-peers.ts';

await show(await benchInference({ peers: await pythonForPeers() }));
