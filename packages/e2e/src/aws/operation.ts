import type { z } from 'zod';
import type { Caller } from './credentials.ts';
import { AwsFault } from './fault.ts';
import type { Permission } from './service.ts';

/** An API action: what it takes, what IAM must allow for it, what it does. */
export interface Operation {
  prepare(input: unknown): Promise<PreparedOperation>;
}

export interface PreparedOperation {
  readonly permissions: readonly Permission[];
  readonly run: (caller: Caller) => Promise<object>;
}

export interface OperationDefinition<Schema extends z.ZodType> {
  readonly input: Schema;
  permissions(input: z.output<Schema>): Promise<readonly Permission[]> | readonly Permission[];
  run(input: z.output<Schema>, caller: Caller): Promise<object> | object;
}

/** @param invalidInput code that the service answers with when the input does not fit */
export function operation<Schema extends z.ZodType>(
  definition: OperationDefinition<Schema>,
  invalidInput: string = 'ValidationException',
): Operation {
  return {
    async prepare(raw) {
      const parsed = definition.input.safeParse(raw);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
        throw new AwsFault(
          invalidInput,
          400,
          `${problems.length} validation error(s): ${problems.join('; ')}`,
        );
      }
      const input = parsed.data;
      return {
        permissions: await definition.permissions(input),
        run: async (caller) => definition.run(input, caller),
      };
    },
  };
}

export type Operations = Readonly<Record<string, Operation>>;
