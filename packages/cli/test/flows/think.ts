import { scriptedChatModel } from '@aiwork/core/testing';
import { thinkTask } from '@aiwork/thinking';

export const think = thinkTask({ model: scriptedChatModel(['Answer: 4', 'Answer: 4'], { id: 'parrot' }) });
