import { telemetrySubject } from './telemetry-subject.ts';

export const subject = await telemetrySubject({ sampleRatio: 0.1 });
