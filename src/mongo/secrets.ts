import {
  CommaAndColonSeparatedRecord,
  ConnectionString,
  redactConnectionString,
} from 'mongodb-connection-string-url';

/** Shorter ones are in every other word, and replacing them would tell what they are. */
const shortest = 4;

/** Takes any text and returns it without the credentials of this connection string, however they are written. */
export function withoutSecrets(text: string, uri: string): string {
  const { password, searchParams } = new ConnectionString(uri);
  const properties = searchParams.get('authMechanismProperties') ?? '';
  const inOptions = secretOptions.map((option) => searchParams.get(option) ?? '');
  const secrets = [password, safeDecode(password), properties, ...tokensIn(properties), ...inOptions]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= shortest)
    // What holds another one goes first, so that no half of it stays.
    .sort((a, b) => b.length - a.length);
  return secrets.reduce(
    (clean, secret) => clean.replaceAll(secret, '<password>'),
    text.replaceAll(uri, redactConnectionString(uri)),
  );
}

const secretOptions = ['tlsCertificateKeyFilePassword', 'proxyPassword'];

/** Whether an option holds a secret; cut in two by an `&` that is not encoded, a part of it looks like an option. */
export function hasSecretOption(uri: string): boolean {
  const { searchParams } = new ConnectionString(uri);
  return ['authMechanismProperties', ...secretOptions].some((option) => searchParams.has(option));
}

function tokensIn(properties: string): string[] {
  const token = new CommaAndColonSeparatedRecord(properties).get('AWS_SESSION_TOKEN');
  return typeof token === 'string' ? [token] : [];
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
