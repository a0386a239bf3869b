import { telemetrySubject } from './telemetry-subject.ts';

export const subject = await telemetrySubject({ signals: ['metrics'] });
