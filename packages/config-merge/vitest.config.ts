// undefined
import { unitTests } from '../../testing/unit-tests.ts';

export default unitTests({ coverage: 90 });
