import { usualSettings } from './settings.ts';
import { runCommand } from './units.ts';

/** Makes Node interpret, so that no memory need be writable and executable at once. */
export const jitlessDropIn = `# To /etc/systemd/system/reaper.service.d/jitless.conf: no memory is writable and executable at once.
# Node then interprets instead of compiling; a run takes longer, and every start leaves a line in the journal about
# --expose_wasm. In the environment and not in ExecStart=, so that it goes with every path and every other drop-in.
[Service]
Environment=NODE_OPTIONS=--jitless
MemoryDenyWriteExecute=yes
`;

/** Lets a run leave its numbers where node_exporter reads them. */
export const metricsDropIn = `# To /etc/systemd/system/reaper.service.d/metrics.conf: every run leaves its numbers for node_exporter.
# The folder is the one of --collector.textfile.directory; the user reaper must be able to write there. The hyphen
# lets a run go on where there is no such folder.
# ExecStart= is that of reaper.service, with --metrics-file: write your paths.
[Service]
ReadWritePaths=-/var/lib/prometheus/node-exporter
ExecStart=
ExecStart=${runCommand(usualSettings)} --metrics-file /var/lib/prometheus/node-exporter/reaper.prom
`;
