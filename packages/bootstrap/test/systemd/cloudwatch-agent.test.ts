import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cloudWatchAgentConfig, podUnits, probeNoise } from '../../src/cloudwatch-agent.ts';

/**
 * The part of the agent's schema that concerns the journal and files, written from the field list of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html:
 * it refuses unknown fields at both levels, and then starts without saying so.
 */
const unique = (values: unknown[]) =>
  new Set(values.map((value) => JSON.stringify(value))).size === values.length;
const priorities = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
] as const;
const journald = z.strictObject({
  collect_list: z
    .array(
      z.strictObject({
        log_group_name: z.string().min(1).max(512),
        log_stream_name: z.string().min(1).max(512).optional(),
        log_group_class: z.enum(['STANDARD', 'INFREQUENT_ACCESS']).optional(),
        retention_in_days: z.int().optional(),
        units: z.array(z.string().max(256)).min(1).refine(unique).optional(),
        priority: z.enum(priorities).optional(),
        matches: z.array(z.record(z.string(), z.string())).optional(),
        filters: z
          .array(z.strictObject({ type: z.enum(['include', 'exclude']), expression: z.string() }))
          .optional(),
      }),
    )
    .min(1)
    .refine(unique),
});
const files = z.strictObject({
  collect_list: z
    .array(
      z.strictObject({
        file_path: z.string().min(1).max(4096),
        log_group_name: z.string().min(1).max(512),
        log_stream_name: z.string().min(1).max(512).optional(),
        log_group_class: z.enum(['STANDARD', 'INFREQUENT_ACCESS']).optional(),
        multi_line_start_pattern: z.string().min(1).optional(),
        timestamp_format: z.string().min(1).optional(),
        timezone: z.enum(['Local', 'LOCAL', 'UTC']).optional(),
        trim_timestamp: z.boolean().optional(),
        encoding: z.string().min(1).optional(),
        auto_removal: z.boolean().optional(),
        blacklist: z.string().min(1).optional(),
        publish_multi_logs: z.boolean().optional(),
        retention_in_days: z.int().optional(),
      }),
    )
    .min(1)
    .refine(unique),
});
const agent = z.strictObject({
  agent: z.strictObject({ run_as_user: z.string() }),
  logs: z.strictObject({ logs_collected: z.strictObject({ files, journald }) }),
});
const metricsFile = '/var/lib/clawharbor/metrics.log';

describe('the config of the CloudWatch agent', () => {
  const config = cloudWatchAgentConfig({
    logGroup: '/clawharbor/team',
    units: podUnits,
    exclude: probeNoise,
    metricsFile,
  });

  it('is what the agent accepts', () => {
    expect(agent.parse(config)).toEqual(config);
    expect(
      agent.parse(
        cloudWatchAgentConfig({ logGroup: 'g', units: ['ollama.service'], priority: 'err', metricsFile }),
      ),
    ).toBeDefined();
  });

  it('ships lines that become metrics as they are, into a stream of their own', () => {
    expect(config.logs.logs_collected.files.collect_list).toEqual([
      {
        file_path: metricsFile,
        log_group_name: '/clawharbor/team',
        log_stream_name: '{instance_id}/metrics',
      },
    ]);
  });

  it('ships the journal of the gateway and of local models, a stream per instance', () => {
    const [item] = config.logs.logs_collected.journald.collect_list;
    expect(item?.units).toEqual(expect.arrayContaining(['openclaw.service', 'ollama.service']));
    expect(item?.log_stream_name).toBe('{instance_id}');
  });

  it('ships what the first start said, for an instance that is gone when somebody asks', () => {
    // https://docs.cloud-init.io/en/latest/explanation/boot.html#final: user data runs in cloud-final.
    expect(podUnits).toContain('cloud-final.service');
  });

  it('leaves group and retention to the stack, so that the role needs no right to create them', () => {
    expect(JSON.stringify(config)).not.toContain('retention_in_days');
  });

  it('drops probes and keeps what people do', () => {
    const expression = new RegExp(probeNoise[0] ?? '');
    expect(expression.test('{"MESSAGE":"GET /healthz 200 1ms","_PID":"1"}')).toBe(true);
    const logged = JSON.stringify({ MESSAGE: JSON.stringify({ level: 'info', message: 'GET /readyz 200' }) });
    expect(expression.test(logged)).toBe(true);
    expect(expression.test('{"MESSAGE":"GET /control-ui-config.json 401","_PID":"1"}')).toBe(false);
    expect(expression.test('{"MESSAGE":"started","_CMDLINE":"curl GET /healthz"}')).toBe(false);
  });
});
