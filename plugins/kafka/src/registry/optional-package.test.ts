import { expect, it } from 'vitest';
import { optionalPackage } from './optional-package.ts';

const broken = (properties: object) => () => Promise.reject(Object.assign(new Error('no'), properties));

it('says what to install when a package is missing, and blames no task for it', async () => {
  const missing = optionalPackage('avsc', broken({ code: 'ERR_MODULE_NOT_FOUND' }));
  await expect(missing).rejects.toMatchObject({
    code: 'AIWORK_INVALID_ARGUMENT',
    message: 'this needs the package avsc: npm install avsc',
    retryable: true,
  });
});

it('hides no other error of a package', async () => {
  await expect(optionalPackage('avsc', broken({ code: 'ERR_DLOPEN_FAILED' }))).rejects.toThrow('no');
});
