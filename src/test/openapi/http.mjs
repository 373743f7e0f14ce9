// HTTP/1.1 as it is on the wire: one connection for each request, so that requests that no client library would send can be sent too.

import { connect } from 'node:net';

const LONGEST_WAIT_MILLIS = 60_000;

/** Sends the request and resolves to {status, headers, body}; headers by name in lower case, body as a Buffer. */
export const exchange = (base, { method, target, headers = {}, body = '' }) => {
  const { hostname, port, host } = new URL(base);
  const framed = method === 'GET' || method === 'HEAD' || Object.keys(headers).some(name => name.toLowerCase() === 'content-length');
  const fields = { Host: host, Connection: 'close', ...(framed ? {} : { 'Content-Length': Buffer.byteLength(body) }), ...headers };
  const head = [`${method} ${target} HTTP/1.1`,
    ...Object.entries(fields).flatMap(([name, value]) => [value].flat().map(each => `${name}: ${each}`))].join('\r\n');
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = connect(Number(port), hostname, () => socket.write(`${head}\r\n\r\n${body}`));
    socket.setTimeout(LONGEST_WAIT_MILLIS, () => socket.destroy(new Error(`no answer within ${LONGEST_WAIT_MILLIS} ms`)));
    socket.on('data', chunk => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      try {
        resolve(parsed(Buffer.concat(chunks)));
      } catch (failure) {
        reject(failure);
      }
    });
  });
};

const parsed = bytes => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    throw new Error(`no HTTP answer: ${bytes.subarray(0, 200)}`);
  }
  const [line, ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(line.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  if (status < 200) {
    return parsed(rest); // an interim answer
  }
  const headers = {};
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { status, headers, body: headers['transfer-encoding'] === 'chunked' ? joined(rest) : rest };
};

const joined = chunked => {
  const parts = [];
  for (let at = 0; ;) {
    const line = chunked.indexOf('\r\n', at);
    const size = parseInt(chunked.subarray(at, line).toString('latin1'), 16);
    if (!size) {
      return Buffer.concat(parts);
    }
    parts.push(chunked.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
};
