import ipaddr from 'ipaddr.js';
import type { Evidence } from '../../audit/evidence.ts';

/** What a checklist is about. What is not known is left out: an inventory must not learn what nobody saw. */
export interface Asset {
  readonly hostName: string;
  /** With its domain. */
  readonly fqdn: string | undefined;
  readonly addresses: readonly string[];
  /** The deployment: one host may serve several, each with a checklist of its own. */
  readonly instance: string | undefined;
}

/** Takes the evidence and returns the asset as far as that tells it: the host that the audit ran on. */
export function assetOf({ host, deployment }: Pick<Evidence, 'host' | 'deployment'>): Asset {
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host);
  const isFull = !isAddress && withDomain.test(host);
  return {
    // STIG Manager refuses a longer one.
    hostName: (isFull ? host.slice(0, host.indexOf('.')) : host).slice(0, 255),
    fqdn: isFull ? host : undefined,
    addresses: isAddress ? [host] : [],
    instance: deployment,
  };
}

/** Readers of checklists refuse a whole file for a domain name that is none. */
const withDomain = /^(?=.{4,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])$/i;
