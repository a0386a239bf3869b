import { project } from '../../../vitest.base.ts';

export default project('ask-a-folder');
