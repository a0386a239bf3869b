import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressOf, externalUrl, urlAt } from '../src/services/service-url.ts';

function read(text: string): URL | undefined {
  vi.stubEnv('SERVICE_URL', text);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return externalUrl('SERVICE_URL', { 'redis:': 6379, 'http:': 80, 'https:': 443 });
}

describe('externalUrl', () => {
  it.each([
    ['redis://one', { host: 'one', port: 6379 }],
    ['redis://one:7000/2', { host: 'one', port: 7000 }],
    ['redis://[::1]', { host: '::1', port: 6379 }],
    ['http://one', { host: 'one', port: 80 }],
    ['https://one:443/', { host: 'one', port: 443 }],
    ['https://one:8080', { host: 'one', port: 8080 }],
  ])('%s leads to %o', (text, address) => {
    const url = read(text);
    expect(url && addressOf(url)).toEqual(address);
  });

  it('is nothing when the variable is empty', () => {
    expect(read('')).toBeUndefined();
  });

  it.each(['one:6379', 'ftp://user:secret@one', 'redis://', 'secret'])(
    'refuses %s without repeating it',
    (text) => {
      expect(() => read(text)).toThrow(
        /^SERVICE_URL is not a URL of this service: write redis:\/\/host:6379 or http:\/\/host:80 or https:\/\/host:443$/,
      );
    },
  );
});

describe('urlAt', () => {
  it.each([
    ['redis://:p%40ss@one:7000/2', { host: 'two', port: 1 }, 'redis://:p%40ss@two:1/2'],
    ['redis://one:7000', { host: '::1', port: 1 }, 'redis://[::1]:1'],
    [
      'postgres://u:p@one/db?sslmode=require',
      { host: 'two', port: 1 },
      'postgres://u:p@two:1/db?sslmode=require',
    ],
  ])('%s at %o is %s', (text, address, expected) => {
    expect(urlAt(new URL(text), address)).toBe(expected);
  });
});
