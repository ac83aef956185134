/*
 * What the OCSF schema 1.7.0 (events/ and objects/ of github.com/ocsf/ocsf-schema) asks of the classes that reaper
 * writes: attributes that are required or of which one is, those that are known at all, and the activities.
 */

interface Rules {
  readonly required?: readonly string[];
  readonly oneOf?: readonly string[];
  /** Objects within, by their attribute. */
  readonly objects?: Readonly<Record<string, string>>;
  readonly known: readonly string[];
}

const words = (text: string): string[] => text.split(' ');

const base: Rules = {
  required: words('activity_id category_uid class_uid metadata severity_id time type_uid'),
  known: words(
    'activity_id activity_name category_name category_uid class_name class_uid count duration end_time enrichments message metadata observables raw_data raw_data_hash raw_data_size severity severity_id start_time status status_code status_detail status_id time timezone_offset type_name type_uid unmapped',
  ),
};

const entityNames = words('name uid');

const objects: Readonly<Record<string, Rules>> = {
  metadata: {
    required: words('product version'),
    objects: { product: 'product' },
    known: words(
      'correlation_uid event_code labels log_format log_level log_name log_provider log_source log_version logged_time modified_time original_event_uid original_time processed_time product profiles reporter sequence source tags tenant_uid type uid version',
    ),
  },
  product: { oneOf: entityNames, known: words('feature lang name path uid url_string vendor_name version') },
  device: {
    required: ['type_id'],
    oneOf: words('ip uid name hostname instance_uid interface_uid interface_name'),
    known: words('domain hostname ip name os type type_id uid'),
  },
  job: {
    required: ['name'],
    known: words(
      'cmd_line created_time desc file last_run_time name next_run_time run_state run_state_id user',
    ),
  },
  actor: {
    oneOf: words('process user invoked_by session app_name app_uid'),
    objects: { user: 'user' },
    known: words('app_name app_uid authorizations idp invoked_by process session user'),
  },
  user: { oneOf: words('account name uid'), known: words('account domain name type type_id uid uid_alt') },
  service: { oneOf: entityNames, known: words('labels name tags uid version') },
  session: {
    known: words(
      'count created_time credential_uid expiration_reason expiration_time is_mfa is_remote is_vpn issuer terminal uid uid_alt uuid',
    ),
  },
  api: {
    required: ['operation'],
    objects: { service: 'service' },
    known: words('group operation request response service version'),
  },
  endpoint: { oneOf: words('ip uid name hostname svc_name'), known: words('hostname ip name port uid') },
  resource: {
    oneOf: entityNames,
    known: words('data group hostname ip labels name namespace owner role role_id type uid version'),
  },
  entity: {
    oneOf: words('name uid device group org policy user'),
    known: words('data device email group location name org policy type type_id uid user version'),
  },
  finding_info: {
    required: ['uid'],
    known: words(
      'analytic created_time data_sources desc first_seen_time last_seen_time product title types uid',
    ),
  },
  compliance: {
    objects: { checks: 'check' },
    known: words(
      'assessments category checks control control_parameters desc requirements standards status status_code status_details status_id',
    ),
  },
  check: { known: words('desc name severity severity_id standards status status_id uid version') },
};

interface ClassRules extends Rules {
  readonly category: number;
  /** 0 and 99 are everywhere. */
  readonly activities: readonly number[];
}

const classes: Readonly<Record<number, ClassRules>> = {
  0: { category: 0, activities: [], known: [] },
  1006: {
    category: 1,
    activities: [1, 2, 3, 4, 5, 6],
    required: words('device job'),
    objects: { device: 'device', job: 'job', actor: 'actor' },
    known: words('actor device job'),
  },
  2003: {
    category: 2,
    activities: [1, 2, 3],
    required: words('compliance finding_info'),
    objects: { compliance: 'compliance', finding_info: 'finding_info' },
    known: words('comment compliance evidences finding_info remediation resources vendor_attributes'),
  },
  3002: {
    category: 3,
    activities: [1, 2, 3, 4, 5, 6, 7],
    required: ['user'],
    oneOf: words('service dst_endpoint'),
    objects: { actor: 'actor', user: 'user', service: 'service', session: 'session' },
    known: words('actor dst_endpoint is_remote logon_type logon_type_id service session src_endpoint user'),
  },
  3004: {
    category: 3,
    activities: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    required: ['entity'],
    objects: { actor: 'actor', entity: 'entity' },
    known: words('access_list access_mask actor comment entity entity_result src_endpoint'),
  },
  6003: {
    category: 6,
    activities: [1, 2, 3, 4],
    required: words('actor api src_endpoint'),
    objects: { actor: 'actor', api: 'api', src_endpoint: 'endpoint', resources: 'resource' },
    known: words('actor api dst_endpoint http_request http_response resources src_endpoint'),
  },
};

/** What of the schema an event does not keep to; nothing if it is a good one. */
export function breaches(event: Readonly<Record<string, unknown>>): string[] {
  const { class_uid: uid, category_uid: category, activity_id: activity, type_uid: type } = event;
  const rules = classes[uid as number];
  if (rules === undefined) return [`no class ${uid}`];
  const whole: Rules = {
    required: [...(base.required ?? []), ...(rules.required ?? [])],
    oneOf: rules.oneOf ?? [],
    objects: { ...rules.objects, metadata: 'metadata' },
    known: [...base.known, ...rules.known],
  };
  return [
    ...(category === rules.category ? [] : [`category ${category}`]),
    ...([0, 99, ...rules.activities].includes(activity as number) ? [] : [`activity ${activity}`]),
    ...(type === (uid as number) * 100 + (activity as number) ? [] : [`type ${type}`]),
    ...breachesOf(event, whole, ''),
  ];
}

function breachesOf(
  value: unknown,
  { required = [], oneOf = [], objects: inner = {}, known }: Rules,
  at: string,
) {
  const given = value as Readonly<Record<string, unknown>>;
  const has = (key: string): boolean => given[key] !== undefined && given[key] !== null;
  const found: string[] = [
    ...required.filter((key) => !has(key)).map((key) => `${at}${key} is missing`),
    ...(oneOf.length === 0 || oneOf.some(has) ? [] : [`${at} has none of ${oneOf.join(', ')}`]),
    ...Object.keys(given)
      .filter((key) => !known.includes(key))
      .map((key) => `${at}${key} is unknown`),
  ];
  for (const [key, name] of Object.entries(inner)) {
    const rules = objects[name];
    if (!has(key) || rules === undefined) continue;
    for (const each of [given[key]].flat()) found.push(...breachesOf(each, rules, `${at}${key}.`));
  }
  return found;
}
