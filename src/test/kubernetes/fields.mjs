// Has the TypeScript compiler judge the objects as literals of their types, so that a field that a type does not have is an error.
// That it would be is proved in the same run: every kind of object is judged once more for each of its mappings, with a field that no type has in it.

import ts from 'typescript';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { moduleOf } from './models.mjs';

/** Mappings whose keys are free, by the name of the field that holds them. */
const free = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'stringData', 'requests', 'limits']);
const wrong = 'fieldThatDoesNotExist';

const literal = (value, spoilt) => {
  if (Array.isArray(value)) return `[\n${value.map((each) => literal(each, spoilt)).join(',\n')}\n]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each, spoilt)}`);
  if (spoilt === value) fields.unshift(`${wrong}: true`);
  return `{\n${fields.join(',\n')}\n}`;
};

/** Every mapping within the value, with the names of the fields that lead to it. */
const mappingsOf = (value, path) => {
  if (value === null || typeof value !== 'object' || free.has(path.at(-1))) return [];
  if (Array.isArray(value)) return value.flatMap((each) => mappingsOf(each, path));
  return [[path.join('.'), value], ...Object.entries(value).flatMap(([name, each]) => mappingsOf(each, [...path, name]))];
};

/** One mapping for each place that a kind of object has. */
const placesOf = (objects) => [...new Map(objects.flatMap((object) => mappingsOf(object, [object.apiVersion, object.kind])
  .map(([path, mapping]) => [path, [object, mapping]]))).values()];

const judged = (file, source) => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  writeFileSync(path, source);
  const program = ts.createProgram([path], {
    strict: true, noEmit: true, skipLibCheck: true, types: [],
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  return ts.getPreEmitDiagnostics(program);
};

const declaration = (object, name, spoilt) => `export const ${name}: import('${moduleOf(object)}').I${object.kind} = ${literal(object, spoilt)};\n`;

export const refusedByCompiler = (objects) => {
  const spoilt = placesOf(objects);
  const source = objects.map((object, at) => declaration(object, `object${at}`)).join('')
    + spoilt.map(([object, mapping], at) => declaration(object, `spoilt${at}`, mapping)).join('');
  const noticed = new Set();
  const faults = [];
  for (const { file, start, messageText } of judged('objects.ts', source)) {
    const before = file ? file.text.slice(0, start) : '';
    const name = before.match(/export const (\w+)(?![\s\S]*export const)/)?.[1] ?? '';
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    if (name.startsWith('spoilt')) noticed.add(name);
    else faults.push(`${name && describe(objects[Number(name.slice(6))])}: ${message}`);
  }
  spoilt.forEach(([object, mapping], at) => {
    if (!noticed.has(`spoilt${at}`)) faults.push(`${describe(object)}: a wrong field is not noticed beside ${Object.keys(mapping)}`);
  });
  console.log(`${noticed.size} of ${spoilt.length} wrong fields were refused`);
  return faults;
};

const describe = (object) => `${object.kind} ${object.metadata?.name}`;
