// The reference page. Swagger UI reads the OpenAPI document, resolves it, builds each request and shows prose and code; this file
// is a layout for it. What is typed stays in this page's memory: it is in no storage and no address, and goes nowhere but to the
// service itself, when it is sent.
import { LANGUAGES } from './samples.js';

const sandbox = document.body.dataset.sandbox ? await import('./sandbox.js') : null;

/** Stands for a typed secret in the samples. Shorter than any password that the service takes, so it is never sent on by mistake. */
const HIDDEN = '***';
const JSON_TYPE = 'application/json';
const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** Characters of a key between quotation marks that are not its own; the document counts them. */
const QUOTES = 2;

/** As JSON browsers show it; as YAML they store it, in a file without an extension. */
const DOCUMENT = 'q/openapi?format=json';

/** Opens beside the page, so that nothing typed is lost. */
const BESIDE = { target: '_blank', rel: 'noopener' };

/** crypto.randomUUID exists only where the page came by https or from this machine. */
const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/** Whether a browser can send it: a header has characters of ISO 8859-1 only, and no line breaks. */
const isHeader = (name, value) => {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
};

const layout = system => {
  const { React, fn, getComponent } = system;
  const { createElement: h, Fragment, memo, useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } = React;

  const prose = text => h(getComponent('Markdown', true), { source: text ?? '' });

  // --- code -----------------------------------------------------------------------------------------------------------

  /** Characters. To colour a longer text blocks the page for seconds to minutes. */
  const MOST_COLOURED = 64 * 1024;

  const Code = ({ label, language, children }) =>
    h('div', { className: 'code', role: 'region', 'aria-label': label, tabIndex: 0 },
      children.length > MOST_COLOURED ? h('pre', null, children) : h(getComponent('SyntaxHighlighter', true), { language }, children));

  const Copy = ({ text }) => {
    const [copied, setCopied] = useState(false);
    useEffect(() => { setCopied(false); }, [text]);
    return navigator.clipboard && h('button', {
      type: 'button',
      className: 'quiet',
      onClick: () => navigator.clipboard.writeText(text).then(() => setCopied(true), () => {}),
    }, copied ? 'Copied' : 'Copy');
  };

  /** The request in the language that is chosen, by mouse or by arrow keys. */
  const Samples = ({ request }) => {
    const keys = Object.keys(LANGUAGES);
    const [chosen, setChosen] = useState(keys[0]);
    const tabs = useRef({});
    const text = fn[`requestSnippetGenerator_${chosen}`](system.Im.fromJS(request));
    const choose = key => {
      setChosen(key);
      tabs.current[key].focus();
    };
    const step = event => {
      const to = { ArrowRight: 1, ArrowLeft: -1, Home: -keys.indexOf(chosen), End: -keys.indexOf(chosen) - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        choose(keys.at((keys.indexOf(chosen) + to) % keys.length));
      }
    };
    return h('section', { className: 'panel samples', 'aria-label': 'Request' },
      h('div', { className: 'bar' },
        h('div', { role: 'tablist', 'aria-label': 'Language', onKeyDown: step },
          keys.map(key => h('button', {
            key,
            type: 'button',
            role: 'tab',
            id: `tab-${key}`,
            'aria-selected': key === chosen,
            'aria-controls': 'sample',
            tabIndex: key === chosen ? 0 : -1,
            ref: tab => { tabs.current[key] = tab; },
            onClick: () => choose(key),
          }, LANGUAGES[key].title))),
        h(Copy, { text })),
      h('div', { role: 'tabpanel', id: 'sample', 'aria-labelledby': `tab-${chosen}` },
        h(Code, { label: `Request in ${LANGUAGES[chosen].title}`, language: LANGUAGES[chosen].syntax }, text)));
  };

  // --- what can be typed ------------------------------------------------------------------------------------------------

  const bounds = ({ type, minLength, maxLength }) => [].concat(type ?? [])
    .concat(minLength || maxLength ? `${minLength ?? 0} to ${maxLength ?? 'any number of'} characters` : []).join(', ');

  /** Credentials, members of the body, query parameters and headers, in that order, from the document. */
  const fieldsOf = (operation, schemes) => {
    const credentials = (operation.security ?? []).flatMap(Object.keys).map((name, place) => ({
      part: 'credential',
      name,
      label: schemes[name].type === 'apiKey' ? schemes[name].name : 'Authorization: Bearer',
      kind: place === 0 ? 'credential' : 'instead of the key',
      more: place > 0,
      description: schemes[name].description,
      secret: true,
      hidden: schemes[name].type === 'apiKey' ? 'YOUR_API_KEY' : 'YOUR_TOKEN',
      example: place === 0 && !sandbox ? 'YOUR_API_KEY' : undefined,
      offered: place === 0 ? sandbox?.KEY : undefined,
    }));
    const queries = (operation.parameters ?? []).filter(parameter => parameter.in === 'query').map(({ name, required, description, schema }) => ({
      part: 'query',
      name,
      label: name,
      kind: [bounds(schema), required ? 'required' : 'optional'].join(', '),
      required,
      description,
      example: schema.examples?.[0],
      offered: sandbox ? schema.examples?.[0] : undefined,
    }));
    const { properties = {}, required = [] } = operation.requestBody?.content[JSON_TYPE].schema ?? {};
    const members = Object.entries(properties).map(([name, schema]) => ({
      part: 'body',
      name,
      label: name,
      kind: [bounds(schema), required.includes(name) ? 'required' : 'optional'].join(', '),
      required: required.includes(name),
      description: schema.description,
      secret: schema.format === 'password',
      hidden: HIDDEN,
      example: schema.examples?.[0],
      offered: sandbox ? schema.examples?.[0] : undefined,
    }));
    const headers = (operation.parameters ?? []).filter(parameter => parameter.in === 'header').map(({ name, description, schema, example }) => ({
      part: 'header',
      name,
      label: name,
      kind: ['header', bounds(name === IDEMPOTENCY_KEY ? { ...schema, maxLength: schema.maxLength - QUOTES } : schema)].join(', '),
      more: name !== IDEMPOTENCY_KEY,
      make: name === IDEMPOTENCY_KEY ? randomKey : undefined,
      description,
      placeholder: example ?? schema.examples?.[0],
    }));
    return [...credentials, ...members, ...queries, ...headers];
  };

  const keyOf = field => `${field.part}.${field.name}`;

  /**
   * What may be read in the samples: an empty field is its example, unless another credential takes its place; a typed secret is hidden until
   * that is asked for.
   */
  const shown = (field, value, secretsToo, hasCredential) => {
    if (!value) {
      return field.part === 'credential' && hasCredential ? '' : field.example ?? '';
    }
    const visible = !field.secret || secretsToo || value === field.offered;
    return visible ? value : field.hidden;
  };

  const Field = ({ field, value, onInput, choices }) => {
    const id = useId();
    const input = useRef();
    // React writes a value into the document; a secret must be in the input only.
    useEffect(() => {
      if (field.secret) {
        input.current.value = value;
      }
    }, []);
    return h('div', { className: 'field' },
      h('label', { htmlFor: id }, field.label), ' ',
      h('span', { className: 'kind', id: `${id}kind` }, field.kind),
      h('input', {
        id,
        ref: input,
        type: field.secret ? 'password' : 'text',
        // Browsers look for places to fill in what they have kept, and offer to keep what is typed; this is what they heed.
        autoComplete: field.secret ? 'new-password' : 'off',
        autoCapitalize: 'off',
        autoCorrect: 'off',
        spellCheck: false,
        required: field.required,
        placeholder: field.placeholder,
        ...(field.secret ? { defaultValue: field.offered } : { value }),
        list: choices.length > 1 ? `${id}choices` : undefined,
        'aria-describedby': `${id}kind ${id}hint`,
        onChange: event => onInput(event.target.value),
      }),
      choices.length > 1 && h('datalist', { id: `${id}choices` }, choices.map(choice => h('option', { key: choice, value: choice }))),
      field.make && h('button', { type: 'button', className: 'make', onClick: () => onInput(field.make()) }, `New ${field.label}`),
      h('div', { className: 'hint', id: `${id}hint` }, prose(field.description)));
  };

  /** Values of one field that make the sandbox answer in one way or another. */
  const Offers = ({ field, value, onChoose }) => {
    const id = useId();
    const offers = sandbox.OFFERS[field.name];
    return h('div', { className: 'field offer' },
      h('label', { htmlFor: id }, 'Try it in the sandbox'),
      h('select', { id, value: Object.hasOwn(offers, value) ? value : '', onChange: event => onChoose(event.target.value) },
        !Object.hasOwn(offers, value) && h('option', { value: '' }, `your own ${field.label}`),
        Object.entries(offers).map(([name, answer]) => h('option', { key: name, value: name }, `${name}: ${answer}`))),
      h('p', { className: 'hint' }, `A stand-in for Deepvue answers, with made-up data. Some values of ${field.label} make it fail.`));
  };

  // --- what comes back ---------------------------------------------------------------------------------------------------

  /** What JSON consists of, in a text that is known to be JSON. */
  const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s[\]{},:"]+/g;
  const MOST_DEPTH = 100;

  /** Indented, and each token as it came: a number of JavaScript is neither 100.00 nor one of twenty digits. */
  const pretty = text => {
    try {
      JSON.parse(text);
      const parts = [];
      let depth = 0;
      let last = '';
      for (const token of text.match(TOKENS)) {
        const opens = last === '{' || last === '[';
        const closes = token === '}' || token === ']';
        depth += closes ? -1 : 0;
        if (closes ? !opens : opens || last === ',') {
          parts.push('\n', '  '.repeat(depth));
        } else if (last === ':') {
          parts.push(' ');
        }
        depth += token === '{' || token === '[' ? 1 : 0;
        if (depth > MOST_DEPTH) {
          return text;
        }
        parts.push(token);
        last = token;
      }
      return parts.join('');
    } catch {
      return text;
    }
  };

  const problemIn = text => {
    try {
      const json = JSON.parse(text);
      return typeof json.outcome === 'string' ? json : null;
    } catch {
      return null;
    }
  };

  /** The text of others may end without a full stop. */
  const sentence = text => !text || /[.!?]$/.test(text) ? text : `${text}.`;

  const Outcome = ({ name }) => h('span', { className: `badge ${name}` }, name.replace('_', ' '));

  /** Not drawn again at each key that is pressed in a field. */
  const Answer = memo(({ answer }) => {
    const { text = '', next = [] } = answer;
    const problem = useMemo(() => answer.status >= 400 ? problemIn(text) : null, [answer]);
    const body = useMemo(() => pretty(text), [text]);
    return h('section', { className: 'panel answer', 'aria-label': 'Answer', 'aria-busy': answer.waiting ?? false },
      h('p', { className: 'bar', role: 'status' },
        answer.nothing && 'No answer yet: fill in and send.',
        answer.waiting && 'Sending…',
        answer.unsent,
        answer.lost && h('span', null, answer.lost, ' ', answer.advice),
        answer.status && h(Fragment, null,
          h('strong', { className: answer.status < 300 ? 'fine' : 'failed' }, `${answer.status} ${answer.statusText}`.trim()), ' ',
          problem && h(Outcome, { name: problem.outcome }), ' ',
          h('span', { className: 'time' }, `${answer.millis} ms`))),
      answer.status && h(Fragment, null,
        problem && h('p', { className: 'advice' }, h('strong', null, sentence(problem.title)), ' ', h('bdi', null, sentence(problem.detail)), ' ', h('a', { href: `problems/${problem.code}`, ...BESIDE }, `About ${problem.code}`)),
        Array.isArray(problem?.errors) && h('ul', { 'aria-label': 'Faults' }, problem.errors.map((fault, place) =>
          h('li', { key: place }, h('code', null, String(fault?.pointer)), ' ', h('bdi', null, String(fault?.detail))))),
        answer.meaning && h('div', { className: 'advice' }, prose(answer.meaning)),
        next.length > 0 && h('p', { className: 'advice' }, 'The ids of this answer are filled in: ', next.map(({ operationId, path }, place) =>
          h(Fragment, { key: operationId }, place > 0 && ', ', h('a', { href: `#${operationId}` }, path.split('/').at(-1)))), '.'),
        h('h3', null, 'Headers'),
        h('div', { className: 'headers' }, h('dl', null, Object.entries(answer.headers).map(([name, value]) =>
          h('div', { key: name }, h('dt', null, name), h('dd', null, [].concat(value).join(', ')))))),
        h('div', { className: 'bar' }, h('h3', null, 'Body'), h(Copy, { text })),
        h(Code, { label: 'Body of the answer', language: 'json' }, body)));
  });

  // --- the operation ------------------------------------------------------------------------------------------------------

  const NOTHING = { nothing: true };

  /** Whether the operation may not be carried out twice. */
  const registers = operation => operation['x-effect'] === 'REGISTERS';

  /** Deepvue has not finished. */
  const ACCEPTED = 202;

  const Try = ({ spec, path, method, operation, flow }) => {
    const fields = fieldsOf(operation, spec.components.securitySchemes);
    const offering = sandbox && fields.find(field => field.name in sandbox.OFFERS);
    const { operationId } = operation;
    useSyncExternalStore(flow.watch, flow.version);
    const typed = Object.fromEntries(fields.map(field => [keyOf(field), flow.valueOf(operationId, field) ?? field.offered ?? '']));
    const hasCredential = fields.some(field => field.part === 'credential' && typed[keyOf(field)]);
    const [secretsToo, setSecretsToo] = useState(false);
    const answer = flow.answerOf(operationId) ?? NOTHING;
    const answered = useRef();
    // In braces: what an effect returns React calls later, and scrollIntoView returns a Promise in some browsers.
    useEffect(() => {
      if (!answer.nothing) {
        answered.current.scrollIntoView({ block: 'nearest' });
      }
    }, [answer]);

    const requestOf = valueOf => {
      const values = part => Object.fromEntries(fields.filter(field => field.part === part)
        .map(field => [field.name, valueOf(field, typed[keyOf(field)])]).filter(([, value]) => value));
      const { url, headers, body } = fn.buildRequest({
        spec,
        pathName: path,
        method,
        operationId,
        parameters: Object.fromEntries(['header', 'query'].flatMap(part => Object.entries(values(part)).map(([name, value]) => [`${part}.${name}`, value]))),
        securities: { authorized: Object.fromEntries(Object.entries(values('credential')).map(([name, value]) => [name, { value }])) },
        ...(operation.requestBody && { requestBody: JSON.stringify(values('body')), requestContentType: JSON_TYPE }),
        // Else it joins the type of 200 and that of 202, which is the same.
        responseContentType: JSON_TYPE,
        contextUrl: document.baseURI,
      });
      return { url, method: method.toUpperCase(), headers, body };
    };

    const send = async event => {
      event.preventDefault();
      // Not by disabling the button, which would take the focus from it.
      if (answer.waiting) {
        return;
      }
      const request = requestOf((field, value) => value);
      const unfit = Object.entries(request.headers).filter(([name, value]) => !isHeader(name, value)).map(([name]) => name);
      if (unfit.length > 0) {
        flow.answer(operationId, { unsent: `Not sent: ${unfit.join(' and ')} has a character, perhaps an invisible one, that is not allowed in a header.` });
        return;
      }
      flow.begin(operationId, fields.map(field => [field, typed[keyOf(field)]]));
      const began = performance.now();
      try {
        const response = await fn.fetch({ ...request, credentials: 'omit', cache: 'no-store', redirect: 'error' }).catch(failure => {
          if (failure.response) {
            return failure.response;
          }
          throw failure;
        });
        const millis = Math.round(performance.now() - began);
        const sent = fields.filter(({ part, secret }) => !secret && ['body', 'query'].includes(part)).map(field => [field.name, typed[keyOf(field)]]);
        const { status, statusText, headers, text } = response;
        const next = status === 200 || status === ACCEPTED ? flow.record(text, operationId, sent) : [];
        const meaning = status === ACCEPTED ? operation.responses[ACCEPTED].description : undefined;
        flow.answer(operationId, { status, statusText, headers, text, millis, meaning, next });
      } catch (failure) {
        // Swagger UI gives the reason if there was a status and the body did not arrive.
        const lost = failure.responseError
          ? 'The connection was lost before the whole answer arrived; the call may have been carried out.'
          : `No answer: ${failure.message}. The call may have been carried out.`;
        // In words and without a link to the service, which may be gone.
        flow.answer(operationId, { lost, advice: operation['x-lost-answer'] });
      }
    };

    const input = field => h(Field, {
      key: keyOf(field),
      field,
      value: typed[keyOf(field)],
      choices: flow.choicesOf(field),
      onInput: value => flow.keep(operationId, field, value),
    });
    return h('div', { className: 'columns' },
      h('form', { onSubmit: send, autoComplete: 'off', 'aria-label': 'Request' },
        offering && h(Offers, { field: offering, value: typed[keyOf(offering)], onChoose: value => flow.keep(operationId, offering, value) }),
        fields.filter(field => !field.more).map(input),
        h('details', null,
          h('summary', null, 'Headers and other credentials'),
          fields.filter(field => field.more).map(input)),
        h('button', { type: 'submit', className: 'send', 'aria-disabled': answer.waiting ?? false }, 'Send')),
      h('div', { className: 'talk' },
        h(Samples, { request: requestOf((field, value) => shown(field, value, secretsToo, hasCredential)) }),
        h('label', { className: 'choice' },
          h('input', { type: 'checkbox', checked: secretsToo, onChange: event => setSecretsToo(event.target.checked) }),
          ` Show secrets that I typed; otherwise placeholders, such as ${HIDDEN}, take their place`),
        h('div', { ref: answered }, h(Answer, { answer }))));
  };

  // --- from one operation to the next ---------------------------------------------------------------------------------------

  /** What all other ids belong to. */
  const CLIENT = 'itr_client_id';

  /** Of one field; an answer may have any number of ids. */
  const MOST_CHOICES = 50;

  /** The names of what an operation asks for. */
  const needsOf = (spec, { parameters = [], requestBody }) => {
    const schema = requestBody?.content[JSON_TYPE].schema;
    const properties = schema?.$ref ? spec.components.schemas[schema.$ref.split('/').at(-1)].properties : schema?.properties;
    return [...parameters.filter(parameter => parameter.in === 'query').map(({ name }) => name), ...Object.keys(properties ?? {})];
  };

  /** Calls `take` with the name and the value of each text in JSON, and of each number that is the same in JavaScript. */
  const eachScalar = (json, take) => Object.entries(json ?? {}).forEach(([name, value]) => {
    if (typeof value === 'string' || Number.isSafeInteger(value)) {
      take(name, String(value));
    } else if (typeof value === 'object') {
      eachScalar(value, take);
    }
  });

  /**
   * What stays when another operation is shown: what was typed into each and its answer, which may not be there yet; and what goes from one
   * operation to the next: the credentials that were typed, and the ids of answers, which other operations ask for under the same names.
   * In the memory of this page only.
   */
  const flowOf = (spec, found) => {
    const needs = found.map(({ path, operation }) => ({ path, operationId: operation.operationId, names: needsOf(spec, operation) }));
    const asked = new Set(needs.flatMap(({ names }) => names));
    const ids = new Map();
    const credentials = new Map();
    const calls = new Map(needs.map(({ operationId }) => [operationId, { typed: new Map(), answer: undefined }]));
    let version = 0;
    let watcher = () => {};
    const changed = () => {
      version++;
      watcher();
    };
    const put = (operationId, { part, name }, value) => (part === 'credential' ? credentials : calls.get(operationId).typed).set(name, value);
    const answer = (operationId, given) => {
      calls.get(operationId).answer = given;
      changed();
    };
    const valueIn = (operationId, name) => calls.get(operationId).typed.get(name) ?? ids.get(name)?.[0];
    const valuesIn = ({ operationId, names }) => names.map(name => valueIn(operationId, name));
    /** An id that was answered or sent later takes the place of what was typed for other operations, unless their call is under way. */
    const supersede = (operationId, names, isOtherIds) => calls.forEach((call, other) => {
      if (other !== operationId && !call.answer?.waiting) {
        names.forEach(name => call.typed.delete(name));
        if (isOtherIds && call.answer?.next) {
          call.answer = { ...call.answer, next: [] };
        }
      }
    });
    return {
      version: () => version,
      watch: take => {
        watcher = take;
        return () => { watcher = () => {}; };
      },
      valueOf: (operationId, { part, name }) => part === 'credential' ? credentials.get(name) : valueIn(operationId, name),
      choicesOf: field => field.part === 'credential' ? [] : ids.get(field.name) ?? [],
      answerOf: operationId => calls.get(operationId).answer,
      keep: (operationId, field, value) => {
        put(operationId, field, value);
        changed();
      },
      /** From here on the call is under way with these values, whatever becomes of the ids. */
      begin: (operationId, values) => {
        values.forEach(([field, value]) => put(operationId, field, value));
        answer(operationId, { waiting: true });
      },
      answer,
      /**
       * Takes the ids of an answer, and of the request that it answers: those of different clients do not go together. Returns the operations
       * that the answer had an id for, whose fields have changed by that, and for which nothing is missing.
       */
      record: (text, operationId, sent) => {
        const fresh = new Map();
        try {
          eachScalar(JSON.parse(text).data, (name, value) => {
            const values = fresh.get(name) ?? [];
            if (asked.has(name) && values.length < MOST_CHOICES && !values.includes(value)) {
              fresh.set(name, [...values, value]);
            }
          });
        } catch {
          return [];
        }
        const before = new Map(ids);
        const valuesBefore = needs.map(valuesIn);
        const used = new Map(sent.filter(([name, value]) => value && asked.has(name)));
        const client = fresh.get(CLIENT)?.includes(used.get(CLIENT)) === false ? fresh.get(CLIENT)[0] : used.get(CLIENT);
        const ofOther = client && client !== ids.get(CLIENT)?.[0] ? [...asked].filter(name => name.endsWith('_id')) : [];
        ofOther.forEach(name => ids.delete(name));
        fresh.forEach((values, name) => ids.set(name, values));
        used.forEach((value, name) => {
          const values = ids.get(name) ?? [];
          if (values.includes(value) || !fresh.has(name)) {
            ids.set(name, values.includes(value) ? [value, ...values.filter(other => other !== value)] : [value]);
          }
        });
        supersede(operationId, [...ofOther, ...used.keys(), ...fresh.keys()], [...before].some(([name, values]) => ids.get(name)?.[0] !== values[0]));
        return needs.filter((next, place) => next.operationId !== operationId
          && next.names.some(name => fresh.has(name)) && next.names.every(name => ids.has(name))
          && valuesIn(next).some((value, field) => value !== valuesBefore[place][field]));
      },
    };
  };

  // --- every answer there is -------------------------------------------------------------------------------------------------

  const Example = ({ label, value }) => h('details', null,
    h('summary', null, 'Example', h('span', { className: 'unseen' }, ` of ${label}`)),
    h(Code, { label: `Example of ${label}`, language: 'json' }, typeof value === 'string' ? pretty(value) : JSON.stringify(value, null, 2)));

  /** Each member with its path, such as data.filed_itrs[].itr_id; those that data may have are below `then` where it may be something else. */
  const membersOf = (properties, before = '') => Object.entries(properties ?? {}).flatMap(([name, member]) => [
    [before + name, member],
    ...membersOf(member.properties ?? member.then?.properties, `${before}${name}.`),
    ...membersOf(member.items?.properties, `${before}${name}[].`),
  ]);

  const Success = ({ status, response, others }) => {
    const { schema, examples = {} } = response.content[JSON_TYPE];
    return h('article', null,
      h('h3', null, h('span', { className: 'status fine' }, status), ' ', 'Success'),
      prose(response.description),
      others
        ? h('p', null, `The members are those of ${others}.`)
        : h('dl', { className: 'members' }, membersOf(schema.properties).map(([name, member]) => h('div', { key: name },
          h('dt', null, h('code', null, name), ' ', h('span', { className: 'kind' }, bounds(member) || 'any type')),
          h('dd', null, prose(member.description))))),
      Object.entries(examples).map(([name, { value }]) => h(Example, { key: name, label: name, value })));
  };

  /** Every failure that the operation can answer with, and the address of its place on this page. */
  const problemsOf = ({ operationId, responses }) => Object.entries(responses)
    .flatMap(([status, response]) => Object.entries(response.content?.['application/problem+json']?.examples ?? {})
      .map(([code, { summary, value, 'x-remedy': remedy }]) => ({ status, code, title: summary, example: value, remedy, id: `${operationId}/${status}-${code}` })));

  /** Operations share the examples of the document, which have the path of one of them. */
  const ofPath = (path, example) => example.code === 'not-found' ? example : { ...example, instance: path };

  const Problem = ({ id, status, code, title, example, path, target }) => h('article', { id, tabIndex: -1, 'aria-current': id === target ? 'location' : undefined },
    h('h4', null,
      h('a', { className: 'status failed', href: `#${id}`, title: 'A link to this place' }, status), ' ', h('a', { href: `problems/${code}`, ...BESIDE }, code), ' ',
      h(Outcome, { name: example.outcome })),
    h('p', null, h('strong', null, `${title}. `), example.detail),
    h(Example, { label: `${status} ${code}`, value: ofPath(path, example) }));

  const Answers = ({ path, operation, problem, target }) => {
    const problems = problemsOf(operation);
    const successes = Object.entries(operation.responses).filter(([, response]) => response.content?.[JSON_TYPE]);
    return h(Fragment, null,
      h('h2', { id: `${operation.operationId}/answers`, tabIndex: -1 }, 'Answers'),
      successes.map(([status, response], place) => h(Success, { key: status, status, response, others: place > 0 && successes[0][0] })),
      h('h2', { id: `${operation.operationId}/problems`, tabIndex: -1 }, 'Problems'),
      prose(problem.properties.outcome.description),
      problem['x-remedies'].filter(({ name }) => problems.some(({ remedy }) => remedy === name)).map(({ name, title, meaning }) => h('section', { key: name, 'aria-label': title },
        h('h3', null, title),
        h('p', null, meaning),
        h('div', { className: 'problems' }, problems.filter(({ remedy }) => remedy === name)
          .map(each => h(Problem, { key: each.id, ...each, path, target }))))));
  };

  const Operation = ({ spec, path, method, operation, flow, target }) => {
    // The browser looked for the place in the address before it was there.
    useEffect(() => {
      const element = document.getElementById(location.hash.slice(1));
      element?.scrollIntoView();
      element?.focus({ preventScroll: true });
    }, []);
    return h(Fragment, null,
      h('h2', { id: operation.operationId, tabIndex: -1 }, operation.summary),
      h('p', { className: 'route' }, h('span', { className: 'method' }, method.toUpperCase()), ' ', h('code', null, path)),
      prose(operation.description),
      h(Try, { spec, path, method, operation, flow }),
      h(Answers, { path, operation, problem: spec.components.schemas.Problem, target }));
  };

  // --- finding ---------------------------------------------------------------------------------------------------------------

  /** What can be found: the operations, and the problems of the one that is shown. */
  const entriesOf = (found, shownOperation) => [
    ...found.map(({ method, path, operation: { operationId, summary, description } }) => ({
      id: operationId,
      label: `${path.split('/').at(-1)}: ${summary}`,
      text: [method, path, operationId, summary, description].join(' '),
    })),
    ...(shownOperation ? problemsOf(shownOperation) : []).map(({ id, status, code, title, example }) => ({
      id,
      label: `${status} ${code}: ${title}`,
      text: [status, code, title, example.detail, example.outcome].join(' '),
    })),
  ];

  /** An entry is found if each of the words is somewhere in it. */
  const Search = ({ entries }) => {
    const id = useId();
    const [words, setWords] = useState('');
    const sought = words.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = sought.length === 0 ? [] : entries.filter(({ text }) => sought.every(word => text.toLowerCase().includes(word)));
    return h('div', { className: 'search', role: 'search' },
      h('label', { htmlFor: id }, 'Search operations and problems'),
      h('input', { id, type: 'search', autoComplete: 'off', spellCheck: false, value: words, onChange: event => setWords(event.target.value) }),
      h('p', { 'aria-live': 'polite', className: 'hint' }, sought.length > 0 && (hits.length === 0 ? 'Nothing found.' : `${hits.length} found.`)),
      hits.length > 0 && h('ul', { 'aria-label': 'Found' }, hits.map(({ id: place, label }) =>
        h('li', { key: place }, h('a', { href: `#${place}` }, label)))));
  };

  /** One at a time; the address names it. */
  const Operations = ({ spec, found, chosen, target, specSelectors, specActions }) => {
    const flow = useMemo(() => flowOf(spec, found), []);
    useEffect(() => {
      const warn = event => found.some(({ operation }) => registers(operation) && flow.answerOf(operation.operationId)?.waiting) && event.preventDefault();
      addEventListener('beforeunload', warn);
      return () => { removeEventListener('beforeunload', warn); };
    }, []);
    useEffect(() => { document.title = `${chosen.operation.summary} · ITR Gateway`; }, [chosen]);
    const subtree = ['paths', chosen.path, chosen.method];
    // Only that one: to resolve all of them takes seconds.
    useEffect(() => { specActions.requestResolvedSubtree(subtree); }, [chosen]);
    const resolved = specSelectors.specResolvedSubtree(subtree);
    const operation = resolved?.toJS();
    const { operationId } = chosen.operation;
    return h(Fragment, null,
      h('div', { className: 'operations' }, h(Search, { entries: entriesOf(found, operation) })),
      found.length > 1 && h('nav', { className: 'operations', 'aria-label': 'Operations' },
        h('ul', null, found.map(({ method, path, operation: { operationId: id, summary } }) => h('li', { key: id },
          h('a', { href: `#${id}`, 'aria-current': id === operationId ? 'page' : undefined },
            h('span', { className: 'method' }, method.toUpperCase()), ' ', h('code', null, path.split('/').at(-1)), ' ', summary))))),
      h('main', { id: `${operationId}/main`, tabIndex: -1 },
        operation && h(Operation, { key: operationId, spec, path: chosen.path, method: chosen.method, operation, flow, target })));
  };

  const watchAddress = follow => {
    addEventListener('hashchange', follow);
    return () => { removeEventListener('hashchange', follow); };
  };

  const operationsOf = paths => Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([method, operation]) => operation.security?.length && !['head', 'options'].includes(method))
    .map(([method, operation]) => ({ path, method, operation })))
    .sort((one, other) => one.operation['x-order'] - other.operation['x-order']);

  return ({ specSelectors, specActions }) => {
    const failed = specSelectors.loadingStatus() === 'failed';
    const info = specSelectors.info().toJS();
    const isThere = specSelectors.loadingStatus() === 'success';
    const spec = useMemo(() => isThere ? specSelectors.specJson().toJS() : null, [isThere]);
    const found = useMemo(() => operationsOf(spec?.paths ?? {}), [spec]);
    const target = useSyncExternalStore(watchAddress, () => location.hash.slice(1));
    const chosen = found.find(({ operation }) => operation.operationId === target.split('/')[0]) ?? found[0];
    const place = name => `${chosen?.operation.operationId}/${name}`;
    return h(Fragment, null,
      h('header', null,
        chosen && h('a', { className: 'skip', href: `#${place('main')}`, onClick: () => document.getElementById(place('main')).focus() }, 'Skip to the operation'),
        h('h1', null, info.title ?? 'API reference', ' ', info.version && h('span', { className: 'kind' }, info.version)),
        prose(info.description),
        h('nav', { 'aria-label': 'More' },
          chosen && h(Fragment, null, h('a', { href: `#${place('answers')}` }, 'Answers'), h('a', { href: `#${place('problems')}` }, 'Problems')),
          h('a', { href: DOCUMENT, ...BESIDE }, 'OpenAPI document'))),
      chosen
        ? h(Operations, { spec, found, chosen, target, specSelectors, specActions })
        : h('main', null, failed
          ? h('p', { role: 'alert' }, 'The OpenAPI document could not be loaded from q/openapi.')
          : !isThere && h('p', null, 'Loading the OpenAPI document…')));
  };
};

SwaggerUIBundle({
  url: DOCUMENT,
  dom_id: '#reference',
  layout: 'Reference',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [system => ({
    components: { Reference: layout(system) },
    fn: Object.fromEntries(Object.entries(LANGUAGES).map(([key, { sample }]) =>
      [`requestSnippetGenerator_${key}`, request => sample(request.toJS())])),
  })],
  syntaxHighlight: { activated: true, theme: 'tomorrow-night' },
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
});
