import { BootstrapError } from '../errors.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { StepContext } from '../steps/step.ts';
import { clawharborPlugin } from './directory.ts';

/** Plugins take over their paths some moments after the gateway says that it is ready. */
const patienceMilliseconds = 30_000;

/**
 * Waits until the running gateway has Clawharbor's plugin: it says ready without, and then lets nobody in. A path of the plugin
 * tells: without a login it is refused, and where there is no plugin the page of the Control UI answers.
 * @throws BootstrapError `GATEWAY_NOT_READY`
 */
export async function untilPluginLoaded({ host, spec, signal }: StepContext): Promise<void> {
  const plugin = clawharborPlugin(spec, host.layout);
  if (plugin === undefined) return;
  const url = `http://127.0.0.1:${gatewayPort(spec)}/clawharbor/logout`;
  const until = host.elapsed() + patienceMilliseconds;
  for (;;) {
    const status = (await host.probe(url))?.status;
    if (status === 401) return;
    signal.throwIfAborted();
    if (host.elapsed() > until) {
      throw new BootstrapError(
        'GATEWAY_NOT_READY',
        `The gateway runs without Clawharbor's plugin, and lets nobody in: ${url} answers ${status ?? 'nothing'} and not 401. ` +
          `See what it says of ${plugin.directory} in its log.`,
      );
    }
    await host.sleep(250, signal).catch(() => {});
  }
}
