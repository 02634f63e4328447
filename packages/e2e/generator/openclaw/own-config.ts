import type { OpenClawVersion } from '@clawharbor/config-merge/openclaw';
import { verdicts } from '../../../config-merge/generator/openclaw.ts';
import type { Installed } from './measure.ts';

/**
 * What a release has against the config that the construct decides: by its own check, and by ours, which must agree.
 * Asked after the tables of the release are written: they are read here first.
 */
export async function refusalsOf({ version, directory }: Installed, home: string): Promise<string[]> {
  const { openclawConfig, InfraError } = await import('@clawharbor/infra');
  const { defaultModel } = await import('../../../infra/src/bedrock.ts');
  const told = await Promise.all(
    (['none', 'write'] as const).map(async (otherSessions) => {
      try {
        const config = openclawConfig({
          version: version as OpenClawVersion,
          port: 18789,
          dnsNames: ['openclaw.example.com'],
          trustedProxies: ['10.0.0.0/24'],
          admins: ['6f1c2a34-5b67-4c89-9d01-23456789abcd'],
          members: { scopes: ['operator.read', 'operator.write'], otherSessions },
          region: 'eu-central-1',
          model: defaultModel('eu-central-1'),
          ollama: true,
          extra: {},
        });
        const [verdict] = await verdicts({ directory, home }, [config]);
        return verdict ?? [];
      } catch (error) {
        if (!(error instanceof InfraError)) throw error;
        return `${error.code}: ${error.message}`;
      }
    }),
  );
  return [...new Set(told.flat())];
}
