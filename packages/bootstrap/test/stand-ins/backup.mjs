// `openclaw backup create|restore` as the bootstrap sees it: the archive's layout and the words on stdout. That databases are
// copied while they are in use, and that archives are verified, is proved with the real one.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const rebuilt = new Set(['cache', 'npm', 'tmp', 'plugin-skills']);

export function backup([verb, ...args]) {
  const say = (value) => process.stdout.write(JSON.stringify(value));
  try {
    say(verb === 'create' ? create(args[args.indexOf('--output') + 1]) : restore(args[0], args[2]));
    process.exit(0);
  } catch (error) {
    say({ ok: false, error: { type: 'cli_error', message: error.message.split('\n')[0] } });
    process.exit(1);
  }
}

function create(output) {
  const state = process.env.OPENCLAW_STATE_DIR;
  const createdAt = new Date().toISOString();
  const root = `${createdAt.replaceAll(':', '-')}-openclaw-backup`;
  const scratch = mkdtempSync(join(tmpdir(), 'openclaw-backup-owned-'));
  const asset = { kind: 'state', sourcePath: state, archivePath: `${root}/payload/posix${state}` };
  cpSync(state, join(scratch, asset.archivePath), {
    recursive: true,
    filter: (path) =>
      !path.endsWith('.tmp') && !(join(state, basename(path)) === path && rebuilt.has(basename(path))),
  });
  const { version: runtimeVersion } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  );
  const manifest = { runtimeVersion, paths: { stateDir: state }, assets: [asset] };
  writeFileSync(join(scratch, root, 'manifest.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-czf', output, '-C', scratch, root]);
  const skipped = [{ kind: 'entry', sourcePath: join(state, 'tmp'), reason: 'regenerable' }];
  return { createdAt, archivePath: output, verified: true, assets: [asset], skipped, warnings: [] };
}

function restore(archive, target) {
  mkdirSync(target);
  execFileSync('tar', ['-xzf', archive, '-C', target], { stdio: ['ignore', 'ignore', 'pipe'] });
  return { ok: true };
}
