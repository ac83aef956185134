import { aServer, ownOperation, rows } from '../test/mongo/a-server.ts';
import { startScriptedServer } from '../test/support/mongos/scripted-server.ts';
import { codeUsedBy } from './record-code.ts';

/** What a dry run uses of the program, which most runs use too. There need be no MongoDB where it is built. */
export async function codeOfDryRun(program: string): Promise<Map<number, Buffer>> {
  const own = ownOperation('reaper@admin');
  const server = await startScriptedServer(
    aServer({
      aggregate: (command) =>
        command['pipeline'][0].$currentOp?.allUsers === false ? own(command) : rows([]),
    }),
  );
  try {
    const argv = [program, 'run', '--dry-run', '--policy', 'policies/pci-dss-8.2.8.yaml'];
    return await codeUsedBy(argv, { REAPER_MONGODB_URI: server.uri });
  } finally {
    await server.stop();
  }
}
