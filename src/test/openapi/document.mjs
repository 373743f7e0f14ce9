// The OpenAPI document as a judge of answers: what is not described, or not as described, is a mismatch.

import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** Of the message and its connection, of an operator's CORS, or for browsers that show a page; no document describes them for each operation. */
const UNDESCRIBED = /^(content-type|content-length|connection|date|transfer-encoding|vary|access-control-.*|content-security-policy|referrer-policy|x-content-type-options)$/;

const OPERATION = 'post /v1/verification/itr/create-client';

export class Document {
  constructor(file) {
    this.document = parse(readFileSync(file, 'utf8'));
    this.ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats(this.ajv);
    this.ajv.addSchema(this.document, 'document');
    this.seen = new Set();
  }

  /** What is wrong with the answer: a list of sentences, empty if nothing is. */
  faultsOf({ method, target }, answer) {
    const { operation, name, at, refused } = this.operationFor(method, target.split('?')[0]);
    if (refused && answer.status !== refused && !operation.responses[answer.status]) {
      return [`${name}: not described, so it should be refused with ${refused}`];
    }
    const [response, place] = this.resolved(operation.responses[answer.status], `${at}/responses/${answer.status}`);
    if (!response) {
      return [`${name}: status ${answer.status} is not described`];
    }
    this.seen.add(`${name} ${answer.status}`);
    return [...this.faultsOfHeaders(response, answer.headers, place), ...this.faultsOfBody(response, answer, place, method)];
  }

  /** What stands there, or what is referred to from there, and where that stands. */
  resolved(value, place) {
    if (!value?.$ref) {
      return [value, place];
    }
    const steps = value.$ref.slice(2).split('/');
    return [steps.reduce((part, step) => part[step], this.document), pointer(...steps)];
  }

  /** Whether the document allows that body in a request. */
  allowsRequest(path, body) {
    const method = 'post';
    return this.faults(`${pointer('paths', path, method)}/requestBody/content/application~1json/schema`, body).length === 0;
  }

  /** The answers that are described and were not among those that were judged. */
  unseen() {
    return Object.entries(this.document.paths).flatMap(([path, item]) => Object.entries(item)
      .flatMap(([method, { responses = {} }]) => Object.keys(responses).map(status => `${method} ${path} ${status}`)))
      .filter(name => !this.seen.has(name));
  }

  /** A method that the path does not have is answered as any other of the path's; so is a path that there is not. */
  operationFor(method, path) {
    const [template, item] = Object.entries(this.document.paths).find(([each]) => matches(each, path)) ?? [];
    const asked = method.toLowerCase();
    if (item?.[asked] && method === method.toUpperCase()) {
      return { operation: item[asked], name: `${asked} ${template}`, at: pointer('paths', template, asked) };
    }
    const [other, known] = item ? [Object.keys(item).find(each => item[each].responses?.['405']), template] : OPERATION.split(' ');
    if (!other) {
      throw new Error(`no operation of ${template} describes 405`);
    }
    return {
      operation: this.document.paths[known][other],
      name: `${other} ${known}`,
      at: pointer('paths', known, other),
      refused: item ? 405 : 404,
    };
  }

  faultsOfHeaders(response, headers, place) {
    const described = Object.entries(response.headers ?? {}).map(([name, header]) => [name, ...this.resolved(header, `${place}/headers/${name}`)]);
    const missing = described.filter(([name, { required }]) => required && !(name.toLowerCase() in headers))
      .map(([name]) => `header ${name} is missing`);
    const wrong = described.filter(([name]) => name.toLowerCase() in headers).flatMap(([name, { schema }, its]) => {
      const text = headers[name.toLowerCase()];
      const value = schema.type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
      return this.faults(`${its}/schema`, value).map(fault => `header ${name} ("${text}") ${fault}`);
    });
    const known = new Set(described.map(([name]) => name.toLowerCase()));
    const extra = Object.keys(headers).filter(name => !known.has(name) && !UNDESCRIBED.test(name))
      .map(name => `header ${name} is not described`);
    return [...missing, ...wrong, ...extra];
  }

  faultsOfBody(response, { headers, body }, place, method) {
    if (method === 'HEAD' || !response.content) {
      return body.length === 0 ? [] : ['has a body, but none is described'];
    }
    const type = (headers['content-type'] ?? '').split(';')[0].trim();
    if (!(type in response.content)) {
      return [`media type "${type}" is not described`];
    }
    const text = body.toString('utf8');
    const value = type.endsWith('json') ? JSON.parse(text) : text;
    return this.faults(`${place}/content/${type.replaceAll('/', '~1')}/schema`, value);
  }

  faults(at, value) {
    const validate = this.ajv.getSchema(`document#${encodeURI(at)}`);
    if (!validate) {
      throw new Error(`the document has nothing at ${at}`);
    }
    return validate(value) ? [] : validate.errors.map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`);
  }
}

const pointer = (...steps) => steps.map(step => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const matches = (template, path) => new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path);
