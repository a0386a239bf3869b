import { scriptedChatModel } from '@aiwork/core/testing';
import { thinkTask } from '@aiwork/thinking';
import { thinkingSessions } from '@aiwork/thinking/store';

export const aiwork = { plugins: [thinkingSessions({ path: process.env['SESSIONS'] as string })] };

export const think = thinkTask({ model: scriptedChatModel(['Answer: 4', 'Answer: 4'], { id: 'parrot' }) });
