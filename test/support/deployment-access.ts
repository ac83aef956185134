/** One mongod of a deployment; `address` is host:port, `pid` its process, to be stopped and continued by signals. */
interface DeploymentMember {
  address: string;
  hidden: boolean;
  pid: number;
}

/** What there is to know about a running deployment: plain data, so that it can cross to vitest's workers. */
export interface DeploymentDescription {
  members: DeploymentMember[];
  /** Absent for a standalone. */
  replicaSet?: string;
  /** Both empty where access control is off. */
  adminUser: string;
  adminPassword: string;
}

export interface Deployment extends DeploymentDescription {
  /** The URI of the whole deployment, by default with the credentials of the admin, who has the role root. */
  uri(user?: string, password?: string, authSource?: string): string;
  /** The URI of one member and no other. */
  memberUri(address: string, user?: string, password?: string, authSource?: string): string;
  stop(): Promise<void>;
}

/** Gives a description its URIs. */
export function deploymentFrom(description: DeploymentDescription, stop: () => Promise<void>): Deployment {
  const { members, replicaSet, adminUser, adminPassword } = description;
  const build = (
    addresses: string[],
    options: Record<string, string>,
    user = adminUser,
    password = user === adminUser ? adminPassword : '',
    authSource = 'admin',
  ) => {
    const credentials = user && `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
    const query = Object.entries(user ? { ...options, authSource } : options)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    return `mongodb://${credentials}${addresses.join(',')}/?${query}`;
  };
  return {
    ...description,
    uri: (...credentials) =>
      build(
        // A hidden member is never a seed: a client drops it as soon as it has heard from the others.
        members.filter((member) => !member.hidden).map((member) => member.address),
        replicaSet ? { replicaSet } : { directConnection: 'true' },
        ...credentials,
      ),
    memberUri: (address, ...credentials) => build([address], { directConnection: 'true' }, ...credentials),
    stop,
  };
}
