import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { openAuditLog } from '../audit/audit-log.ts';
import { evaluate } from '../audit/evaluate.ts';
import type { ChainState, Evidence, FindingStatus } from '../audit/evidence.ts';
import { auditLogFile } from '../audit/log-files.ts';
import { readServerLog } from '../audit/mongod-log.ts';
import { collectSentKills } from '../audit/mongod-log/sent-kills.ts';
import { openRunBook } from '../audit/run-book.ts';
import { findSchedules } from '../audit/schedule/find-schedules.ts';
import { stigs, type Stig } from '../audit/stig.ts';
import { verifyLog } from '../audit/verify.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { fileTrouble } from '../file-trouble.ts';
import { makeLog } from '../log.ts';
import { formatDuration } from '../policy/duration.ts';
import { loadPolicy } from '../policy/load.ts';
import { auditToJson, chainToJson } from '../report/audit-json.ts';
import { auditToText, chainToText } from '../report/audit-text.ts';
import { styleFor } from '../report/style.ts';
import { jsonText } from '../report/visible.ts';
import { stateDirOf } from '../state/state-dir.ts';
import { replaceFile, statIfThere } from '../state/write-file.ts';
import type { World } from '../world.ts';
import { formatted, merged, type AuditFormat } from './audit-formats.ts';
import { policyFileOf, type PolicyOptions } from './options.ts';

export interface AuditOptions extends PolicyOptions {
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly format?: AuditFormat;
  /** The ISSO’s own checklist, .ckl or .cklb. */
  readonly merge?: string;
  readonly output?: string;
  readonly stig: Stig['product'];
  /** How far to look back, in ms. */
  readonly lookBack?: number;
  readonly scheduleNote?: readonly string[];
  readonly attest?: string;
  readonly mongodLog?: string;
  readonly head?: string;
  readonly after?: string;
}

const day = 24 * 3_600_000;
const usualLookBack = 30 * day;

const exitCodes: Record<FindingStatus, number> = {
  not_a_finding: ExitCode.done,
  open: ExitCode.findingOpen,
  not_reviewed: ExitCode.notReviewed,
};

/** `reaper audit`: the finding status and its evidence. Returns 0, 4 or 5; throws ReaperErrors. */
export async function audit(options: AuditOptions, world: World): Promise<number> {
  refuseNonsense(options);
  const evidence = await gather(options, world);
  await refuseWithoutRecord(evidence, stateDirOf(options.stateDir, world.env));
  const text = await reportOf(evidence, options, world);
  if (options.output === undefined) world.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  else await writeReport(options.output, text);
  await record(evidence, options, world);
  return exitCodes[evidence.status];
}

/** `reaper audit verify`: whether the log is as reaper wrote it. Returns 0, or 4 if it was changed. */
export async function verify(
  options: Pick<AuditOptions, 'stateDir' | 'json' | 'head' | 'after'>,
  world: World,
): Promise<number> {
  const dir = stateDirOf(options.stateDir, world.env);
  const chain = await readChain(dir, options);
  if (isNoRecord(chain)) throw await noRecord(dir);
  const lines =
    options.json === true
      ? [jsonText(chainToJson(chain))]
      : chainToText(chain, styleFor(world.stdout, world.env));
  world.stdout.write(`${lines.join('\n')}\n`);
  return chain.intact ? ExitCode.done : ExitCode.findingOpen;
}

/** One that is gone, where reaper’s note says how far it had come, is a changed one. */
function isNoRecord({ files, intact }: ChainState): boolean {
  return files.length === 0 && intact;
}

/** A mistyped folder must not become the status of a checklist. */
async function refuseWithoutRecord({ chain, status, stig }: Evidence, dir: string): Promise<void> {
  if (isNoRecord(chain) && status === 'not_reviewed' && stig.asksForScript) throw await noRecord(dir);
}

async function noRecord(dir: string): Promise<ReaperError> {
  const where = (await statIfThere(dir)) === undefined ? ': there is no such folder' : ' in it';
  return new ReaperError('state-damaged', `${dir}: there is no audit log${where}`, {
    remedy: 'name the state directory of the runs with --state-dir DIR; a dry run leaves no record',
  });
}

function refuseNonsense({ attest, stig, merge, format, json, lookBack }: AuditOptions): void {
  const chosen = [json === true && '--json', format && `--format ${format}`, merge && '--merge'].filter(
    Boolean,
  );
  if (chosen.length > 1) {
    throw new ReaperError('usage', `${chosen.join(' and ')} do not go together`, { remedy: 'choose one' });
  }
  if (attest !== undefined && stigs[stig].asksForScript) {
    throw new ReaperError('usage', `--attest is for the STIGs whose check text asks for no script`, {
      remedy: 'leave it out, or name the STIG: --stig 7 or --stig 4',
    });
  }
  if (lookBack !== undefined && lookBack < day) {
    const message = `--look-back ${formatDuration(lookBack)} is less than a day, in which a daily schedule need not run`;
    throw new ReaperError('usage', message, { remedy: 'look back further: --look-back 1d at least' });
  }
}

async function gather(options: AuditOptions, world: World): Promise<Evidence> {
  const { clock, env } = world;
  const dir = stateDirOf(options.stateDir, env);
  const at = clock().getTime();
  const since = at - (options.lookBack ?? usualLookBack);
  const loaded = await loadPolicy(policyFileOf(options, env));
  const book = openRunBook(since);
  const sent = collectSentKills();
  const chain = await readChain(dir, options, (line) => {
    book.add(line);
    if (options.mongodLog !== undefined) sent.add(line);
  });
  const audited = { policy: loaded.file, stateDir: dir };
  const search = {
    notes: options.scheduleNote ?? [],
    audited,
    now: at,
    get localZone() {
      return world.localZone;
    },
  };
  return evaluate({
    stig: stigs[options.stig],
    at,
    since,
    version: world.version,
    host: hostname(),
    auditLog: auditLogFile(dir),
    loaded,
    book,
    chain,
    ...(await findSchedules(search, world.host)),
    attestation: options.attest,
    confirmation:
      options.mongodLog === undefined ? undefined : await readServerLog(options.mongodLog, sent.kills),
  });
}

async function readChain(
  dir: string,
  { head, after }: Pick<AuditOptions, 'head' | 'after'>,
  onLine?: Parameters<typeof verifyLog>[2],
): Promise<ChainState> {
  try {
    return await verifyLog(dir, { head, after }, onLine);
  } catch (error) {
    const why = fileTrouble(error, 'read');
    throw new ReaperError('state-damaged', `${dir}: the audit log cannot be read: ${why}`, {
      remedy:
        'name the state directory of the runs with --state-dir DIR, and call it as the user that they run as, or as root',
      cause: error,
    });
  }
}

async function reportOf(evidence: Evidence, options: AuditOptions, { stdout, env }: World): Promise<string> {
  if (options.json === true) return jsonText(auditToJson(evidence));
  if (options.merge !== undefined) {
    return merged(options.merge, await readChecklist(options.merge), evidence);
  }
  if (options.format !== undefined) return formatted(options.format, evidence);
  return auditToText(evidence, styleFor(stdout, env)).join('\n');
}

async function readChecklist(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = fileTrouble(error, 'read');
    throw new ReaperError('usage', `${file}: the checklist cannot be read: ${why}`, {
      remedy: 'name the .ckl or .cklb file of your site',
      cause: error,
    });
  }
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text);
  } catch (error) {
    throw new ReaperError(
      'snapshot-unwritable',
      `${file}: cannot be written: ${fileTrouble(error, 'write')}`,
      {
        remedy: 'make the folder, or name another file with --output',
        cause: error,
      },
    );
  }
}

/** The audit is an event of the log too. Who may only read it audits without leaving a line. */
async function record(evidence: Evidence, options: AuditOptions, world: World): Promise<void> {
  if (evidence.chain.files.length === 0) return;
  const { status, stig, policy, since, chain } = evidence;
  try {
    await using log = await openAuditLog(stateDirOf(options.stateDir, world.env), world.clock);
    const reaper = {
      status,
      rule: stig.ruleId,
      since: new Date(since).toISOString(),
      policy: { ...policy },
      chain_intact: chain.intact,
      attestation: evidence.attestation,
    };
    await log.append([
      { action: 'audit', outcome: status === 'not_a_finding' ? 'success' : 'failure', reaper },
    ]);
  } catch (error) {
    makeLog(world, false).warn(`this audit is not in the audit log: ${(error as Error).message}`);
  }
}
