// Varied requests, each with the status and the problem code that it is for: [expected, request].

const CREATE_CLIENT = '/v1/verification/itr/create-client';
const KEY = { 'x-api-key': 'demo' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PERSON = { username: 'ABCDE1234F', password: 'example_string' };

const post = (body, headers = {}, credentials = KEY) =>
  ({ method: 'POST', target: CREATE_CLIENT, headers: { ...credentials, ...JSON_TYPE, ...headers }, body, known: credentials === KEY });
const register = (username, headers, credentials) => post(JSON.stringify({ ...PERSON, username }), headers, credentials);
const ask = (method, target, headers = {}) => ({ method, target, headers, known: target.startsWith('/v1/') && headers['x-api-key'] === 'demo' });
const person = JSON.stringify(PERSON);

const SUCCESSES = ['ABCDE1234F', 'John Doe', 'a', 'x'.repeat(128), 'ग्राहक', '"\\\\/', 'extra-fields', 'data-null', 'data-array', 'data-text',
  'data-empty', 'data-only', 'code-text', 'timestamp-text', 'members-null', 'members-odd', 'status-201', 'status-203', 'token-refused-once']
  .map(name => ['200', register(name)]);

const UPSTREAM = Object.entries({
  '400 upstream-rejected': ['upstream-rejected-400', 'upstream-rejected-404', 'upstream-rejected-409', 'upstream-rejected-html'],
  '422 upstream-rejected': ['upstream-rejected', 'upstream-rejected-fastapi', 'upstream-rejected-pan'],
  '429 quota-exhausted': ['quota-exhausted', 'quota-exhausted-retry-after'],
  '502 upstream-error': ['upstream-error', 'upstream-error-html', 'upstream-error-504', 'upstream-error-empty'],
  '502 upstream-invalid-response': ['upstream-invalid-response', 'upstream-invalid-response-json', 'upstream-invalid-response-empty',
    'upstream-invalid-response-204', 'upstream-invalid-response-cut', 'upstream-invalid-response-redirect', 'upstream-invalid-response-halfway'],
  '502 upstream-connection-lost': ['upstream-connection-lost', 'upstream-connection-lost-empty', 'upstream-connection-lost-garbage'],
  '502 upstream-credentials-refused': ['upstream-credentials-refused', 'upstream-credentials-refused-html'],
  '503 upstream-unavailable': ['upstream-unavailable'],
}).flatMap(([expected, names]) => names.map(name => [expected, register(name)]));

/** The operations that are about a client id, by the values of their own parameters. */
const CLIENT_ID_OPERATIONS = {
  'itr-download': null, '26as-download': null, 'ais-download': null,
  'get-itr-details': { itr_id: 'itr_2024_1' }, 'get-26as-details': { tds_id: 'tds_2024' }, 'get-ais-details': { financial_year: '2023-24' },
};

const about = (operation, values) => {
  const target = `/v1/verification/itr/${operation}`;
  return CLIENT_ID_OPERATIONS[operation]
    ? ask('GET', `${target}?${new URLSearchParams(values)}`, KEY)
    : { ...post(JSON.stringify(values)), target };
};

const CLIENT_IDS = Object.entries({
  200: ['itr_qkgtvIwLcuooWhtrFFbK', 'extra-fields', 'pending-in-data', 'large', 'a%41+b&c=d'],
  202: ['pending'],
  '400 upstream-rejected': ['expired', 'upstream-rejected-400'],
  '422 upstream-rejected': ['upstream-rejected'],
  '422 invalid-request': ['', 'a b', 'x'.repeat(129)],
  '429 quota-exhausted': ['quota-exhausted'],
  '502 upstream-error': ['upstream-error'],
  '502 upstream-invalid-response': ['upstream-invalid-response'],
  '502 upstream-connection-lost': ['upstream-connection-lost'],
  '502 upstream-credentials-refused': ['upstream-credentials-refused'],
  '503 upstream-unavailable': ['upstream-unavailable'],
}).flatMap(([expected, ids]) => ids.flatMap(id => Object.entries(CLIENT_ID_OPERATIONS)
  .map(([operation, own]) => [expected, about(operation, { itr_client_id: id, ...own })])));

const BODIES = [
  ...['', '{', '[', 'null', '[]', '42', '"text"', `${person}x`, '{"username":"a","username":"b","password":"example_string"}',
    '{"username":1,"password":"example_string"}', '{"username":"a","password":["example_string"]}'].map(body => ['400 malformed-request', post(body)]),
  ...[{}, { username: 'a' }, { password: PERSON.password }, { ...PERSON, username: null }, { ...PERSON, username: '' }, { ...PERSON, username: ' ' },
    { ...PERSON, username: 'x'.repeat(129) }, { ...PERSON, password: 'seven77' }, { ...PERSON, password: 'x'.repeat(257) },
    { ...PERSON, password: '        ' }, { ...PERSON, pan: 'ABCDE1234F' }].map(body => ['422 invalid-request', post(JSON.stringify(body))]),
  ['413 payload-too-large', post(JSON.stringify({ ...PERSON, padding: 'x'.repeat(65 * 1024) }))],
];

const HEADS = [
  ['401 unauthenticated', register('a', {}, {})],
  ['401 unauthenticated', register('a', {}, { 'x-api-key': 'nobody' })],
  ['401 unauthenticated', register('a', {}, { 'x-api-key': '' })],
  ['400 malformed-request', register('a', {}, { 'x-api-key': ['demo', 'demo'] })],
  ['403 forbidden', register('a', { Origin: 'https://other.example' })],
  ['403 forbidden', ask('OPTIONS', CREATE_CLIENT, { Origin: 'https://other.example', 'Access-Control-Request-Method': 'POST' })],
  ['406 not-acceptable', register('a', { Accept: 'image/png' })],
  ['406 not-acceptable', register('a', { Accept: 'text/html' })],
  ['415 unsupported-media-type', register('a', { 'Content-Type': 'text/plain' })],
  ['415 unsupported-media-type', register('a', { 'Content-Type': 'application/xml' })],
  ['415 unsupported-media-type', register('a', { 'Content-Encoding': 'gzip' })],
  ['400 malformed-request', register('a', { 'Content-Type': 'a/b/c' })],
  ['400 malformed-request', register('a', { Accept: 'x' })],
  ['400 malformed-request', register('a', { Expect: 'miracles' })],
  ['400 malformed-request', register('a', { Prefer: 'wait=soon' })],
  ['400 malformed-request', register('a', { 'Idempotency-Key': '"' })],
  ['400 malformed-request', register('a', { 'Idempotency-Key': 'x'.repeat(256) })],
  // Of a message that can be read in two ways, no header is believed, the key included.
  ['400 malformed-request', { ...register('a', { 'Transfer-Encoding': 'chunked' }), known: false }],
  ['408 request-timeout', { ...post(person, { 'Content-Length': 4096 }) }],
  ['200', register('a', { 'X-Request-Id': 'order-4711-try-1' })],
  ['200', register('a', { 'X-Request-Id': 'two words' })],
  ['200', register('a', { 'X-Request-Id': 'x'.repeat(129) })],
  ['200', register('a', { Prefer: 'wait=10' })],
  ['200', register('a', { Accept: 'application/json, application/problem+json;q=0.5' })],
  ['200', register('a', { Origin: 'https://shop.example' })],
  ['200', register('a', { Authorization: 'Bearer a.b.c' })],
];

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'post', 'X'].flatMap(method => [
  ['405 method-not-allowed', ask(method, CREATE_CLIENT, KEY)],
  ...(['GET', 'HEAD'].includes(method) ? [] : [
    ['405 method-not-allowed', ask(method, '/problems')],
    ['405 method-not-allowed', ask(method, '/problems/not-found')],
  ]),
]);

const PATHS = [
  ...['/v1', '/v1/', '/v1/nope', '/v1/verification/itr', `${CREATE_CLIENT}/`, `${CREATE_CLIENT}/more`, '/v1/verification/itr;a/create-client',
    '/v1/verification//itr/create-client', '/v1/verification/itr%2Fcreate-client', '/nope', '/problems/', '/problem/not-found']
    .map(target => ['404 not-found', ask('GET', target, KEY)]),
  ['404 not-found', ask('POST', '/v1/nope', KEY)],
  // Refused as they are parsed, before any header is looked at.
  ['400 malformed-request', { ...ask('GET', '/v1/a|b', KEY), known: false }],
  ['400 malformed-request', { ...ask('GET', `${CREATE_CLIENT}?a=%zz`, KEY), known: false }],
  ['422 invalid-request', { ...register('a'), target: `${CREATE_CLIENT}?dry_run=true` }],
];

const PAGES = ['GET', 'HEAD'].flatMap(method => [
  ...['/problems', '/problems/upstream-timeout', '/problems/upstream-rejected'].flatMap(target => [
    ['200', ask(method, target)],
    ['200', ask(method, target, { Accept: 'application/json' })],
    ['200', ask(method, target, { Accept: 'application/problem+json' })],
    ['200', ask(method, target, { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })],
    ['200', ask(method, target, KEY)],
    ['200', ask(method, target, { Accept: 'image/png' })],
    ['403 forbidden', ask(method, target, { Origin: 'https://other.example' })],
    ['400 malformed-request', ask(method, target, { Accept: 'x' })],
  ]),
  ['404 not-found', ask(method, '/problems/no-such-code')],
  ['404', ask(method, '/problems/no-such-code', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })],
]);

const OPTIONS = [CREATE_CLIENT, '/problems', '/problems/not-found'].flatMap(target => [
  ['200', ask('OPTIONS', target)],
  ['200', ask('OPTIONS', target, KEY)],
  ['200', ask('OPTIONS', target, { Origin: 'https://shop.example', 'Access-Control-Request-Method': target.startsWith('/v1/') ? 'POST' : 'GET' })],
]);

/** These belong together, in this order. */
const KEYED = key => [
  ['200', register('a', { 'Idempotency-Key': key })],
  ['200', register('a', { 'Idempotency-Key': key })],
  ['422 idempotency-key-reused', register('b', { 'Idempotency-Key': key })],
  ...['upstream-rejected', 'upstream-rejected-400', 'upstream-error', 'upstream-timeout'].flatMap(name => {
    const expected = { 'upstream-rejected-400': '400 upstream-rejected', 'upstream-error': '502 upstream-error', 'upstream-timeout': '504 upstream-timeout' }[name]
      ?? '422 upstream-rejected';
    return [[expected, register(name, { 'Idempotency-Key': `${key}-${name}` })], [expected, register(name, { 'Idempotency-Key': `${key}-${name}` })]];
  }),
  ['202', register('pending', { 'Idempotency-Key': `${key}-pending` })],
  ['202', register('pending-null', { 'Idempotency-Key': `${key}-pending` })],
];

const LIMITED = [
  ['200', register('a', {}, { 'x-api-key': 'small' })],
  ['429 caller-limit', register('a', {}, { 'x-api-key': 'small' })],
];

export const inTurn = key => [...SUCCESSES, ['202', register('pending')], ...UPSTREAM, ...CLIENT_IDS, ...BODIES, ...HEADS, ...METHODS, ...PATHS, ...PAGES, ...OPTIONS,
  ...KEYED(key), ...LIMITED];

/** The first is still running when the second comes. */
export const atOnce = key => [
  ['200', register('slow', { 'Idempotency-Key': key })],
  ['409 idempotency-in-progress', register('slow', { 'Idempotency-Key': key, Prefer: 'wait=0' })],
];
