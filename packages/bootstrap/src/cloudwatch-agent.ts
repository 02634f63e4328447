/**
 * Config of the CloudWatch agent that ships the journal of chosen units.
 * The agent reads the journal itself since 1.300070.0; older ones refuse this config.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export interface JournalCollection {
  readonly logGroup: string;
  /** systemd services whose journal is shipped. */
  readonly units: readonly [string, ...string[]];
  /** Lowest priority that is shipped. Default: `info`. */
  readonly priority?: 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug';
  /** Regular expressions over the whole journal record as JSON: a record that matches one is not shipped. */
  readonly exclude?: readonly string[];
  /**
   * File whose lines CloudWatch makes metrics of. Not through the journal: the agent wraps its records, and the embedded metric
   * format wants a log event to be the object itself.
   */
  readonly metricsFile: string;
}

/** What nobody will ever look for, every few seconds: probes of the load balancer and of the bootstrap. */
export const probeNoise = [String.raw`"MESSAGE":"(?:[^"\\]|\\.)*GET /(?:healthz|health|readyz|startupz)\b`];

/** `cloud-final` runs the user data: the first start of the bootstrap, and the reason if it fails. */
export const podUnits = [
  'openclaw.service',
  'openclaw-commands.service',
  'clawharbor-egress.service',
  'openclaw-replica.service',
  'ollama.service',
  'clawharbor-bootstrap.service',
  'cloud-final.service',
] as const;

/** The config as the agent reads it: JSON. Two streams per instance; group and retention belong to the stack. */
export function cloudWatchAgentConfig(collection: JournalCollection) {
  return {
    agent: { run_as_user: 'root' },
    logs: {
      logs_collected: {
        files: {
          collect_list: [
            {
              file_path: collection.metricsFile,
              log_group_name: collection.logGroup,
              log_stream_name: '{instance_id}/metrics',
            },
          ],
        },
        journald: {
          collect_list: [
            {
              log_group_name: collection.logGroup,
              log_stream_name: '{instance_id}',
              units: [...collection.units],
              priority: collection.priority ?? 'info',
              ...(collection.exclude && collection.exclude.length > 0
                ? {
                    filters: collection.exclude.map((expression) => ({
                      type: 'exclude' as const,
                      expression,
                    })),
                  }
                : {}),
            },
          ],
        },
      },
    },
  };
}
