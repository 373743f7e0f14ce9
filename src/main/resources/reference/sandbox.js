// What the page offers where a sandbox stands behind the service; docker/sandbox/README.md has more of these.

export const KEY = 'demo';

/** User names, and what the gateway answers to each. */
export const USER_NAMES = {
  'ABCDE1234F': '200, registered',
  'upstream-rejected': '422 upstream-rejected, with errors',
  'upstream-rejected-400': '400 upstream-rejected',
  'quota-exhausted': '429 quota-exhausted',
  'upstream-credentials-refused': '502 upstream-credentials-refused',
  'upstream-error': '502 upstream-error',
  'upstream-invalid-response': '502 upstream-invalid-response',
  'upstream-connection-lost': '502 upstream-connection-lost',
  'upstream-unavailable': '503 upstream-unavailable',
  'upstream-timeout': '504 upstream-timeout, after a while',
  'token-refused-once': '200, with a new token',
  'slow': '200, after 2 s',
};

/** Client ids, and what the gateway answers to each. */
export const CLIENT_IDS = {
  'itr_qkgtvIwLcuooWhtrFFbK': '200, like any other',
  'pending': '202, still processing',
  'pending-twice': '202, 202, and then 200',
  'expired': '400 upstream-rejected',
  'upstream-rejected': '422 upstream-rejected, with errors',
  'quota-exhausted': '429 quota-exhausted',
  'upstream-error': '502 upstream-error',
  'upstream-unavailable': '503 upstream-unavailable',
  'upstream-timeout': '504 upstream-timeout, after a while',
  'large': '200, 1 MiB',
  'slow': '200, after 2 s',
};

/** By the field that they go into. */
export const OFFERS = { username: USER_NAMES, itr_client_id: CLIENT_IDS };
