import { cacheContract, defineSubject } from '@aiwork/contract-tests';
import { s3Service } from '@aiwork/contract-tests/services';
import { createS3Cache } from './src/index.ts';

/** A bucket is asked by hundreds at once here, some of it from a machine that has much else to do. */
const callTimeoutMs = 8000;
const secretAccessKey = 'sEcReT/of+the/contract';

export default defineSubject({
  contract: cacheContract,
  name: 'versitygw',
  package: new URL('./package.json', import.meta.url),
  service: s3Service({ secretAccessKey }),
  secrets: [secretAccessKey],
  callDeadlineMs: callTimeoutMs + 500,
  checkDeadlineMs: 180_000,
  open: ({ namespace, address, service }) =>
    createS3Cache({
      bucket: service.bucket,
      endpoint: service.endpointAt(address),
      region: service.region,
      credentials: { accessKeyId: service.accessKeyId, secretAccessKey: service.secretAccessKey },
      namespace,
      callTimeoutMs,
    }),
});
