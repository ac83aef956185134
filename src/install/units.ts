import { formatDuration } from '../policy/duration.ts';
import { intervalOf } from './interval.ts';
import type { Settings } from './settings.ts';

/** The words of the command that both systemd and cron start. `quiet` for cron, which mails what is printed. */
export function runCommand(settings: Settings, more: readonly string[] = []): string {
  const { node, script, policy, stateDir, every } = settings;
  const options = ['--policy', policy, '--state-dir', stateDir, '--every', formatDuration(every)];
  return [node, script, 'run', ...more, ...options].join(' ');
}

/** The systemd service that does one run. */
export function serviceUnit(settings: Settings): string {
  const { policy, uriFile } = settings;
  return `# Ends MongoDB user sessions by the policy at ${policy}; reaper.timer starts it.
# The user reaper (reaper.sysusers) must be able to read the policy.

[Unit]
Description=End MongoDB user sessions by policy (reaper)
Wants=network-online.target
After=network-online.target
OnFailure=reaper-notify@%N.service

[Service]
Type=oneshot
# --every is how often reaper.timer starts it: the record then says when the next run is due.
ExecStart=${runCommand(settings)}
# 75: another run with this state directory is at work, one by hand perhaps. Everything else but 0 is told.
SuccessExitStatus=75
TimeoutStartSec=15min
Restart=no

# A fixed user, not DynamicUser: who reads the audit log later finds the same owner.
User=reaper
Group=reaper
UMask=0077
# Read by systemd, so the file may belong to root with mode 0400. From systemd 250 on it can be encrypted:
#   systemd-creds encrypt --name=mongodb-uri ${uriFile} ${uriFile}.cred
# and a drop-in that says LoadCredential= and LoadCredentialEncrypted=mongodb-uri:${uriFile}.cred
# Before systemd 247 (Red Hat 8 has 239) there are no credentials: the file must belong to reaper, mode 0400, and
# a drop-in must say Environment=CREDENTIALS_DIRECTORY= with its folder; the file in it is named mongodb-uri.
LoadCredential=mongodb-uri:${uriFile}
${stateLines(settings)}

Nice=10
MemoryMax=768M
TasksMax=64
LimitNOFILE=1024
# No core dump: it would hold the connection string.
LimitCORE=0

CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateUsers=yes
PrivateIPC=yes
PrivateMounts=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
LockPersonality=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
# AF_UNIX for name services on the host and for mongod's own socket.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
KeyringMode=private
NotifyAccess=none
# An allow list of every unicast address: it keeps out multicast, broadcast and the reserved ones alone, since
# only you know where your members and name servers are. Narrow it in a drop-in (systemctl edit reaper.service):
#   [Service]
#   IPAddressAllow=
#   IPAddressAllow=localhost 10.20.0.0/24
# Every member and name server must be in it: an address that is not does not answer.
IPAddressDeny=any
IPAddressAllow=0.0.0.0/1 128.0.0.0/2 192.0.0.0/3 ::/2 fc00::/7 fe80::/10
# MemoryDenyWriteExecute= is not here: Node compiles at run time and would not start. With reaper.service.d/
# jitless.conf, two lines, it interprets instead and starts:
#   [Service]
#   Environment=NODE_OPTIONS=--jitless
#   MemoryDenyWriteExecute=yes
`;
}

function stateLines({ stateDir }: Settings): string {
  const [, below] = /^\/var\/lib\/(.+)$/.exec(stateDir) ?? [];
  return below === undefined
    ? `# The audit log. The folder must be there, and belong to reaper.\nReadWritePaths=${stateDir}`
    : `# The audit log: ${stateDir}.\nStateDirectory=${below}\nStateDirectoryMode=0750`;
}

/** The timer that starts the service. */
export function timerUnit({ every }: Settings): string {
  return `[Unit]
Description=End MongoDB user sessions by policy every ${formatDuration(every)} (reaper)

[Timer]
${whyOften()}
OnCalendar=${intervalOf(every).onCalendar}
AccuracySec=30s
# Catch up once after the host was down.
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** Why a shorter interval than the STIG's is the default, as a comment. */
export function whyOften(): string {
  return `# STIG V-281700 accepts a daily run. But MongoDB forgets a session 30 minutes after its last use (its default),
# so a daily run would see only the last half hour of the day.`;
}

/** What the service starts when it failed. */
export function notifyUnit(): string {
  return `# Started by OnFailure= of reaper.service: says in the log of the system (auth.err) that a run failed.
# For mail or a pager put your own command into a drop-in (systemctl edit reaper-notify@.service):
#   [Unit]
#   StartLimitIntervalSec=1h
#   StartLimitBurst=1
#   [Service]
#   ExecStart=
#   ExecStart=/usr/local/sbin/tell-the-dba %i
# The first two lines keep it to one notice an hour, while every run fails.

[Unit]
Description=Tell that %i.service failed

[Service]
Type=oneshot
ExecStart=/usr/bin/logger -p auth.err -t reaper "%i.service failed, sessions may not have been ended as the policy says: systemctl status %i.service"
DynamicUser=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
`;
}

/** The user that runs it. */
export function sysusers({ stateDir }: Settings): string {
  return `# The user that reaper runs as: /usr/lib/sysusers.d/reaper.conf, or /etc/sysusers.d/reaper.conf
u reaper - "Ends MongoDB user sessions by policy" ${stateDir}
`;
}
