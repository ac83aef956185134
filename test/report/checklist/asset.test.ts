import { describe, expect, test } from 'vitest';
import { assetOf } from '../../../src/report/checklist/asset.ts';

describe('the asset that an audit tells of', () => {
  test.each([
    ['mongo-1.example.mil', { hostName: 'mongo-1', fqdn: 'mongo-1.example.mil', addresses: [] }],
    ['mongo-1', { hostName: 'mongo-1', fqdn: undefined, addresses: [] }],
    ['10.0.0.5', { hostName: '10.0.0.5', fqdn: undefined, addresses: ['10.0.0.5'] }],
    ['fd00::5', { hostName: 'fd00::5', fqdn: undefined, addresses: ['fd00::5'] }],
    // No reader would take these for domain names.
    ['my_host.example.mil', { hostName: 'my_host.example.mil', fqdn: undefined, addresses: [] }],
    ['host.', { hostName: 'host.', fqdn: undefined, addresses: [] }],
    ['1.2', { hostName: '1.2', fqdn: undefined, addresses: [] }],
    ['h'.repeat(300), { hostName: 'h'.repeat(255), fqdn: undefined, addresses: [] }],
  ])('%s', (host, asset) => {
    expect(assetOf({ host, deployment: 'rs0' })).toEqual({ ...asset, instance: 'rs0' });
  });

  test('has no instance before the first run', () => {
    expect(assetOf({ host: 'db', deployment: undefined }).instance).toBeUndefined();
  });
});
