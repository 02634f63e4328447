import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from '../../config/files.ts';
import {
  stopAgainSeconds,
  type Place,
  type StopOptions,
  type Unit,
  type UnitState,
  type Units,
} from '../unit.ts';
import { BootstrapError } from '../../errors.ts';
import { renderCommandLineTool } from './command-line-tool.ts';
import { must, type Run } from './command.ts';
import { placeFile } from './place-file.ts';
import { environmentFile, readEnvironmentFile } from './quoting.ts';
import { placesFileOf, renderPlaces } from './places.ts';
import { renderUnit, secretFileOf, serviceOf } from './unit-file.ts';

export const unitDirectory = '/etc/systemd/system';
export const toolDirectory = '/usr/local/bin';

/** Units as systemd services. */
export class SystemdUnits implements Units {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async matches(unit: Unit): Promise<boolean> {
    for (const file of filesOf(unit)) {
      if ((await readIfPresent(file.path)) !== file.content) return false;
    }
    const shown = await this.#show(unit.name);
    return shown['NeedDaemonReload'] === 'no' && (await this.#runsWith(unit.name, 'definition'));
  }

  async install(unit: Unit): Promise<void> {
    for (const file of filesOf(unit)) await placeFile(file.path, file.content, file.mode);
    await this.reload(unit.name);
  }

  /** Lets systemd read unit files again, if it has not seen the latest. */
  async reload(name: string): Promise<void> {
    const shown = await this.#show(name);
    if (shown['NeedDaemonReload'] === 'no' && shown['LoadState'] === 'loaded') return;
    await must(this.#run, { file: 'systemctl', args: ['daemon-reload'] });
  }

  async setSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean> {
    const known = await this.hasSecretEnvironment(name, variables);
    await placeFile(secretFileOf(name), environmentFile(variables), 0o600);
    return !known;
  }

  async hasSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean> {
    const path = secretFileOf(name);
    return (
      (await readIfPresent(path)) === environmentFile(variables) && (await this.#runsWith(name, 'secrets'))
    );
  }

  async secretEnvironment(name: string): Promise<Readonly<Record<string, string>>> {
    return readEnvironmentFile((await readIfPresent(secretFileOf(name))) ?? '');
  }

  async setPlaces(name: string, places: readonly Place[]): Promise<void> {
    if (await placeFile(placesFileOf(name), renderPlaces(places), 0o644))
      await must(this.#run, { file: 'systemctl', args: ['daemon-reload'] });
  }

  async start(name: string): Promise<void> {
    await this.#begin(name);
  }

  async restart(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  async stop(name: string, { atOnce = false }: StopOptions = {}): Promise<void> {
    if ((await this.state(name)).status === 'absent') return;
    if (atOnce) {
      // First it is no longer to be restarted.
      await this.#run({ file: 'systemctl', args: ['stop', '--no-block', serviceOf(name)] });
      await this.#run({ file: 'systemctl', args: ['kill', '--signal=SIGKILL', serviceOf(name)] });
    }
    await this.#stopAgain(name, () => this.#act('stop', name));
    // They end after it, and systemctl waits for the one that it was told.
    for (const part of ((await this.#show(name))['ConsistsOf'] ?? '').split(' ')) {
      if (part.endsWith('.service')) await must(this.#run, { file: 'systemctl', args: ['stop', part] });
    }
  }

  async state(name: string): Promise<UnitState> {
    const shown = await this.#show(name);
    const pid = Number(shown['MainPID'] ?? 0);
    const exited = pid === 0 && shown['ExecMainCode'] === '1';
    const status = statusOf(shown);
    return {
      // While flock waits for the fence, the gateway itself has not started.
      status: status === 'active' && (await nameOfProcess(pid)) === 'flock' ? 'starting' : status,
      restarts: Number(shown['NRestarts'] ?? 0),
      ...(pid > 0 ? { pid } : {}),
      ...(exited ? { exitCode: Number(shown['ExecMainStatus']) } : {}),
    };
  }

  async tail(name: string, lines: number): Promise<string[]> {
    const output = await must(this.#run, {
      file: 'journalctl',
      args: ['--no-pager', '--quiet', '--output=cat', `--lines=${lines}`, `--unit=${serviceOf(name)}`],
    });
    return output.split('\n').filter((line) => line !== '');
  }

  /** Asks again while systemd waits: it sends its SIGTERM once. */
  async #stopAgain(name: string, stop: () => Promise<void>): Promise<void> {
    const args = ['kill', '--kill-whom=main', '--signal=SIGTERM', serviceOf(name)];
    const ask = (): void => void this.#run({ file: 'systemctl', args }).catch(() => {});
    const again = setInterval(ask, stopAgainSeconds * 1000);
    try {
      await stop();
    } finally {
      clearInterval(again);
    }
  }

  async #begin(name: string): Promise<void> {
    // Past failures must not keep a repaired unit from starting: the start limit counts from here.
    await this.#run({ file: 'systemctl', args: ['reset-failed', serviceOf(name)] });
    const inputs = await inputsOf(name);
    await this.#act('start', name);
    await placeFile(stampOf(name), JSON.stringify(inputs), 0o600);
  }

  async #act(verb: 'start' | 'stop', name: string): Promise<void> {
    const result = await this.#run({ file: 'systemctl', args: [verb, serviceOf(name)] });
    if (result.exitCode === 0) return;
    throw new BootstrapError('UNIT_FAILED', `systemctl ${verb} ${serviceOf(name)}: ${result.stderr.trim()}`);
  }

  /** Whether the running process was started with what the files say now: a change whose restart never came counts. */
  async #runsWith(name: string, input: keyof Inputs): Promise<boolean> {
    if ((await this.state(name)).pid === undefined) return true;
    const stamp = await readIfPresent(stampOf(name));
    return (
      stamp !== undefined && inputsSchema.parse(JSON.parse(stamp))[input] === (await inputsOf(name))[input]
    );
  }

  async #show(name: string): Promise<Record<string, string>> {
    const properties =
      'LoadState,ActiveState,SubState,NeedDaemonReload,MainPID,NRestarts,ExecMainCode,ExecMainStatus,ConsistsOf';
    const output = await must(this.#run, {
      file: 'systemctl',
      args: ['show', serviceOf(name), `--property=${properties}`],
    });
    return Object.fromEntries(
      output
        .split('\n')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }
}

function filesOf(unit: Unit) {
  const service = { path: join(unitDirectory, serviceOf(unit.name)), content: renderUnit(unit), mode: 0o644 };
  const tool = renderCommandLineTool(unit);
  return tool === undefined
    ? ([service] as const)
    : ([service, { path: join(toolDirectory, unit.name), content: tool, mode: 0o755 }] as const);
}

function statusOf(shown: Readonly<Record<string, string>>): UnitState['status'] {
  if (shown['LoadState'] === 'not-found') return 'absent';
  switch (shown['ActiveState']) {
    case 'active':
    case 'reloading':
      return 'active';
    case 'activating':
      return shown['SubState'] === 'auto-restart' ? 'restarting' : 'starting';
    case 'failed':
      return 'failed';
    default:
      return 'inactive';
  }
}

async function nameOfProcess(pid: number): Promise<string | undefined> {
  return pid > 0 ? (await readIfPresent(`/proc/${pid}/comm`))?.trim() : undefined;
}

/** What a unit is started with, by content: times would lie when the clock is set. */
const inputsSchema = z.object({ definition: z.string(), secrets: z.string() });
type Inputs = z.output<typeof inputsSchema>;

async function inputsOf(name: string): Promise<Inputs> {
  return {
    definition: digest(await readIfPresent(join(unitDirectory, serviceOf(name)))),
    secrets: digest(await readIfPresent(secretFileOf(name))),
  };
}

/** Lies in memory beside the secrets: it is gone when the process is gone with the boot. */
function stampOf(name: string): string {
  return join(dirname(secretFileOf(name)), 'started-with');
}

function digest(text: string | undefined): string {
  return text === undefined ? '' : createHash('sha256').update(text).digest('hex');
}
