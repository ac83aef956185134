import { expect, test } from 'vitest';
import { loginOf } from '../../src/mongo/login-of.ts';

test.each([
  ['mongodb://reaper:pw@h/', 'reaper@admin'],
  ['mongodb://reaper:pw@h/app', 'reaper@app'],
  ['mongodb://reaper:pw@h/app?authSource=users', 'reaper@users'],
  ['mongodb://a%40b:pw@h/', 'a@b@admin'],
  ['mongodb://CN=reaper@h/?authMechanism=MONGODB-X509&tls=true', 'CN=reaper@$external'],
  ['mongodb://reaper:pw@h/?authMechanism=PLAIN', 'reaper@$external'],
  ['mongodb+srv://reaper:pw@h.example.net/', 'reaper@admin'],
  ['mongodb+srv://reaper:pw@h.example.net/app?authSource=users', 'reaper@users'],
  // The certificate tells, DNS tells, the driver refuses it, nobody logs in.
  ['mongodb://h/?authMechanism=MONGODB-X509&tls=true', undefined],
  ['mongodb+srv://reaper:pw@h.example.net/app', undefined],
  ['mongodb://reaper:pw@h/?no=option', undefined],
  ['mongodb://h/', undefined],
])('%s logs in as %s', (uri, user) => {
  expect(loginOf(uri)).toBe(user);
});
