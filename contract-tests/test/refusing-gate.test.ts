import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openRefusingGate } from '../src/contracts/telemetry/refusing-gate.ts';

it('drops an answer for which nobody waits any longer', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const receiver = createServer((_, response) => asked.resolve(response)).listen(0, '127.0.0.1');
  onTestFinished(() => void receiver.close());
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const gate = await openRefusingGate({ host: '127.0.0.1', port });
  const sent = request({ ...gate.address, method: 'POST', path: '/v1/traces' });
  const cutOff = once(sent, 'error');
  sent.end('spans');
  const response = await asked.promise;
  await gate.close();
  expect((await cutOff)[0]).toMatchObject({ code: 'ECONNRESET' });
  response.write('late');
  // An error that nobody handles fails this file.
  await once(response, 'close');
});
