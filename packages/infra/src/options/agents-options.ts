import { commandChoices } from '@clawharbor/bootstrap/spec';
import * as z from 'zod';
import { must } from './must.ts';

/** The default of a pod is the one in which an agent is not the instance. */
export const agentsOptions = z.strictObject({
  commands: z
    .custom<(typeof commandChoices)[number]>(
      ...must<unknown>(
        (choice) => (commandChoices as readonly unknown[]).includes(choice),
        'COMMANDS_UNKNOWN',
        (shown) => `${shown}: commands of agents run ${commandChoices.join(', ')}.`,
      ),
    )
    .default('apart'),
});
