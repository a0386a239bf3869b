import { AiworkError } from '@aiwork/core';

/** What cannot be carried over. */
export interface Loss {
  /** The step, with the calls it is within; absent when it is the flow's own. */
  readonly stepId?: string;
  /** What it is, as in `undo`. */
  readonly what: string;
  /** Why it cannot be carried over, as in `Airflow does not …`. */
  readonly reason: string;
  /** What is written instead where the nearest is asked for. Absent when nothing comes near. */
  readonly instead?: string;
  readonly advice: string;
}

/** All that is not as in the flow, and what else a reader of the file has to know. */
export interface Losses {
  note(loss: Loss): void;
  /** A comment that is no loss. */
  remark(text: string, stepId?: string): void;
  /** The comments on a step, or on the flow as a whole. */
  comments(stepId?: string): readonly string[];
  /** @throws `AIWORK_UNSUPPORTED_CAPABILITY` with all that was noted, unless the nearest will do for all of it. */
  settle(): void;
}

export function createLosses(flowId: string, approximate: boolean): Losses {
  const losses: Loss[] = [];
  const comments = new Map<string | undefined, string[]>();
  function remark(text: string, stepId?: string): void {
    const those = comments.get(stepId);
    if (those) those.push(text);
    else comments.set(stepId, [text]);
  }
  return {
    note(loss) {
      losses.push(loss);
      const { what, reason, instead, stepId } = loss;
      if (instead !== undefined) remark(`Not as in the flow: ${what}. ${reason}; ${instead}.`, stepId);
    },
    remark,
    comments: (stepId) => comments.get(stepId) ?? [],
    settle() {
      const refused = losses.filter(({ instead }) => !approximate || instead === undefined);
      const [first] = refused;
      if (!first) return;
      const lines = refused.map((loss) => sentence(flowId, loss));
      throw new AiworkError('AIWORK_UNSUPPORTED_CAPABILITY', lines.join('\n'), {
        outcome: 'not-applied',
        ...(first.stepId !== undefined && { stepId: first.stepId }),
      });
    },
  };
}

function sentence(flowId: string, { stepId, what, reason, instead, advice }: Loss): string {
  const where = stepId === undefined ? `flow "${flowId}"` : `step "${stepId}" of flow "${flowId}"`;
  const nearest = instead === undefined ? '' : `, or export with approximate: ${instead}`;
  return `${where}: ${what} cannot be carried over to Airflow. ${reason}: ${advice}${nearest}`;
}
