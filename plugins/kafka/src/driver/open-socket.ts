import { connect, isIP, type Socket } from 'node:net';
import { connect as connectOverTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const keepAliveMs = 60_000;

/**
 * kafkajs disconnects a socket that is still connecting once for each request that waits for it, and each time leaves a
 * listener there, until Node warns of a leak.
 */
export const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }): Socket => {
  const socket = ssl
    ? connectOverTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connect({ host, port }, onConnect);
  socket.setMaxListeners(0);
  return socket.setKeepAlive(true, keepAliveMs);
};
