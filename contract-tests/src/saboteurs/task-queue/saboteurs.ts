import type { TaskQueue } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { consumerSaboteurs } from './consumers.ts';
import { endingSaboteurs } from './ending.ts';
import { enqueuingSaboteurs } from './enqueuing.ts';
import { taskQueueFaultSaboteurs } from './faults.ts';
import { handlerSaboteurs } from './handlers.ts';

export const taskQueueSaboteurs: readonly Saboteur<TaskQueue>[] = [
  ...enqueuingSaboteurs,
  ...handlerSaboteurs,
  ...consumerSaboteurs,
  ...endingSaboteurs,
  ...taskQueueFaultSaboteurs,
];
