// A client in TypeScript, with the types that openapi-typescript makes of the document: it has to compile, and to read what it should.

import type { paths } from './schema.js';

declare const process: { readonly argv: readonly string[] };

type Create = paths['/v1/verification/itr/create-client']['post'];
type Envelope = Create['responses'][200]['content']['application/json'];
type Problem = Create['responses'][504]['content']['application/problem+json'];
type ItrDownload = paths['/v1/verification/itr/itr-download']['post']['responses'][200]['content']['application/json'];
type CreateClientRequest = Create['requestBody']['content']['application/json'];

const post = async (base: string, operation: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${base}/v1/verification/itr/${operation}`, {
    method: 'POST',
    headers: { 'x-api-key': 'demo', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return await answer.json();
};

const register = async (base: string, registration: CreateClientRequest): Promise<Envelope | Problem> =>
  await post(base, 'create-client', registration) as Envelope | Problem;

const isProblem = (answer: Envelope | Problem): answer is Problem => 'outcome' in answer;

const report = (answer: Envelope | Problem): string => {
  if (!isProblem(answer)) {
    const id: unknown = answer.data?.['itr_client_id'];
    return typeof id === 'string' ? 'registered' : 'no id';
  }
  const code: string = answer.code; // an open list, so any string
  switch (answer.outcome) {
    case 'not_processed':
    case 'rejected':
    case 'unknown':
      return `${code} ${answer.outcome}`;
  }
};

const [base = ''] = process.argv.slice(2);
for (const username of ['ABCDE1234F', 'data-null', 'data-array', 'code-text', 'upstream-error', 'upstream-rejected']) {
  console.log(`${username}: ${report(await register(base, { username, password: 'example_string' }))}`);
}
const { data } = await post(base, 'itr-download', { itr_client_id: 'itr_qkgtvIwLcuooWhtrFFbK' }) as ItrDownload;
const form: string | null | undefined = data.filed_itrs?.[0]?.itr_form;
console.log(`itr-download: ${form}`);
