import { AiworkError } from '@aiwork/core';
import type { FastifyRequest } from 'fastify';
import { refusalOf } from '../problem/refusal.ts';
import type { AuditAction, AuditEntry, AuditLog } from './audit-log.ts';

/** What something was done to, as far as it is known. */
export type Subject = Pick<AuditEntry, 'principal' | 'unit' | 'execution' | 'step' | 'rerunOf'>;

/** Says more of what something is done to. */
export type About = (more: Subject) => void;

/** Does something, and has it written down with how it went. `about` is told what it is done to. */
export type Auditor = <T>(
  request: FastifyRequest,
  action: AuditAction,
  act: (about: About) => Promise<T>,
) => Promise<T>;

const unaudited: Auditor = (_request, _action, act) => act(() => {});

/** Has nothing written down without a log. */
export function createAuditor(log: AuditLog | undefined): Auditor {
  if (!log) return unaudited;

  async function write(request: FastifyRequest, entry: AuditEntry): Promise<void> {
    try {
      await log?.write(entry);
    } catch (error) {
      request.log.error({ err: error, audit: entry }, 'an entry was not written to the audit log');
    }
  }

  return async (request, action, act) => {
    const subject: Subject = {};
    const entry = (end: Pick<AuditEntry, 'outcome' | 'code'>): AuditEntry => ({
      at: new Date().toISOString(),
      action,
      ...end,
      address: request.ip,
      requestId: request.id,
      ...subject,
    });
    try {
      const result = await act((more) => Object.assign(subject, more));
      await write(request, entry({ outcome: 'done' }));
      return result;
    } catch (error) {
      const code = AiworkError.isInstance(error) ? error.code : undefined;
      const isRefused = refusalOf(error).problem.status < 500 || code === 'AIWORK_OVERLOADED';
      await write(
        request,
        entry({ outcome: isRefused ? 'refused' : 'failed', ...(code !== undefined && { code }) }),
      );
      throw error;
    }
  };
}
