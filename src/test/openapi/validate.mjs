// Sends varied requests to a running service and judges every answer by its OpenAPI document: node validate.mjs DOCUMENT URL
// The service runs against docker/sandbox, with a plan, CORS for https://shop.example, and the key "small" with one call a minute.

import { randomUUID } from 'node:crypto';
import { Document } from './document.mjs';
import { exchange } from './http.mjs';
import { atOnce, inTurn } from './requests.mjs';

const [file, base] = process.argv.slice(2);
const document = new Document(file);
let answers = 0;
const mismatches = [];

const bodyOf = ({ body }) => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return {};
  }
};

/** What the document alone cannot say: that the answer is the one that the request is for, and who is told the budget. */
const faultsBeyond = ([expected, request], answer) => {
  const { code } = answer.status >= 400 ? bodyOf(answer) : {};
  const got = [answer.status, ...(code ? [code] : [])].join(' ');
  const faults = [];
  if (got !== (request.method === 'HEAD' ? expected.split(' ')[0] : expected)) {
    faults.push(`is ${got} instead of ${expected}`);
  }
  const told = 'ratelimit' in answer.headers && 'ratelimit-policy' in answer.headers;
  if (request.known && !told) {
    faults.push('says nothing of the budget to a known caller');
  }
  if (answer.status === 401 && told) {
    faults.push('shows the budget to an unknown caller');
  }
  return faults;
};

/** What the service accepts has to be allowed by the document, and the other way round. */
const faultsOfRequest = ({ method, target, body }, answer) => {
  const { code } = bodyOf(answer);
  const judged = method === 'POST' && !target.includes('?') && (answer.status === 200 || code === 'invalid-request');
  if (!judged) {
    return [];
  }
  const allowed = document.allowsRequest(target, JSON.parse(body));
  return allowed === (answer.status === 200) ? [] : [`the request is ${allowed ? 'allowed' : 'forbidden'} by the document, and the answer ${answer.status}`];
};

const judge = async ([expected, request]) => {
  const answer = await exchange(base, request);
  answers++;
  const faults = [...faultsBeyond([expected, request], answer), ...document.faultsOf(request, answer), ...faultsOfRequest(request, answer)];
  for (const fault of faults) {
    mismatches.push(`${request.method} ${request.target} -> ${answer.status} (for ${expected}${nameIn(request)}): ${fault}`);
  }
};

const nameIn = ({ body }) => {
  const name = /"(?:username|itr_client_id)":"([a-z0-9-]{2,})"/.exec(body ?? '')?.[1];
  return name ? `, ${name}` : '';
};

/** The first calls of a process take longer than its upstream is waited for. */
const warmUp = async () => {
  const [, request] = inTurn('')[0];
  for (let call = 0; call < 30 && (await exchange(base, request)).status !== 200; call++) {
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
};

await warmUp();
for (const each of inTurn(randomUUID())) {
  await judge(each);
}
const [running, second] = atOnce(randomUUID());
await Promise.all([judge(running), new Promise(resolve => setTimeout(resolve, 500)).then(() => judge(second))]);

mismatches.forEach(mismatch => console.log(mismatch));
console.log(`${answers} answers, ${mismatches.length} mismatches`);
console.log(`described, and not among them:\n${document.unseen().map(name => `  ${name}\n`).join('')}`);
process.exitCode = mismatches.length === 0 ? 0 : 1;
