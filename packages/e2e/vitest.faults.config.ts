import { faultTests } from '../../testing/fault-tests.ts';

export default faultTests();
