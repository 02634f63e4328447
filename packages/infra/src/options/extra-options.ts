import type { OpenClawVersion } from '@clawharbor/bootstrap/spec';
import type { OpenClawConfig } from '@clawharbor/config-merge/openclaw';
import * as z from 'zod';
import { extraFaults } from '../extra-faults.ts';

const extra = z.record(z.string(), z.json());

/** What the owner of a pod adds to OpenClaw's config. */
export const extraOptions = (extra as unknown as z.ZodType<z.output<typeof extra>, OpenClawConfig>).default(
  {},
);

interface Versioned {
  readonly version: OpenClawVersion;
  readonly config: z.output<typeof extra>;
}

/** Checks what the owner of a pod adds by the release that is to run, each fault at its own place. The check is that of the type. */
export function refuseExtraFaults({ version, config }: Versioned, context: z.core.$RefinementCtx): void {
  for (const { code, path, message } of extraFaults(config, version)) {
    context.addIssue({ code: 'custom', path: ['config', ...path], message, params: { code } });
  }
}

/** What is wrong elsewhere is told beside it, but both must be there and of their kind. */
export const whenReadable = {
  when: ({ issues }: z.core.ParsePayload) => {
    return !issues.some(
      ({ path }) => path?.length === 0 || ['config', 'version'].includes(String(path?.[0])),
    );
  },
};
