// What SAM or AWS refuses or ignores in docker/serverless/lambda, and that each template fits its image and the service.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const folder = 'docker/serverless/lambda';
const LEAST_MANAGED_MEMORY = 2048;

const functionFaults = (own, shared, invokeModeOfImage, documented) => {
  const faults = [];
  const all = { ...shared, ...own };
  const settings = { ...shared.Environment?.Variables, ...own.Environment?.Variables };
  if (all.VpcConfig && all.CapacityProviderConfig) faults.push('SAM refuses VpcConfig beside CapacityProviderConfig');
  if (all.CapacityProviderConfig && !(all.MemorySize >= LEAST_MANAGED_MEMORY)) faults.push(`managed instances need ${LEAST_MANAGED_MEMORY} MB`);
  if (all.CapacityProviderConfig && all.ReservedConcurrentExecutions) faults.push('managed instances are bounded by FunctionScalingConfig');
  const concurrency = all.CapacityProviderConfig?.PerExecutionEnvironmentMaxConcurrency;
  if (concurrency && !(Number(settings.GATEWAY_MAX_WAITING) + Number(settings.GATEWAY_MAX_IN_FLIGHT) < concurrency)) faults.push('Lambda refuses callers before the service does');
  if (all.VpcConfig && all.FunctionUrlConfig.InvokeMode !== 'BUFFERED') faults.push('function URLs do not stream from a VPC');
  if (all.PackageType === 'Image' && all.FunctionUrlConfig.InvokeMode.toLowerCase() !== invokeModeOfImage) faults.push(`the image answers with ${invokeModeOfImage}`);
  for (const name of Object.keys(settings).filter((each) => /^(DEEPVUE|GATEWAY)_/.test(each))) {
    if (!documented.includes(`\`${name}\``)) faults.push(`docs/configuration.md does not know ${name}`);
  }
  if (!settings.GATEWAY_REDIS_URL) faults.push('environments without a Redis');
  return faults;
};

export const samFaults = (repository) => {
  const read = (...path) => readFileSync(join(repository, ...path), 'utf8');
  const documented = read('docs', 'configuration.md');
  const [, invokeModeOfImage] = read(folder, 'Dockerfile').match(/AWS_LWA_INVOKE_MODE=(\w+)/);
  return readdirSync(join(repository, folder)).filter((name) => name.endsWith('.yaml')).flatMap((name) => {
    const document = parseDocument(read(folder, name), { logLevel: 'error' }); // !Ref and the like stay as they are
    if (document.errors.length > 0) throw document.errors[0];
    const template = document.toJS();
    return Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
      .flatMap(([id, { Properties }]) => functionFaults(Properties, template.Globals?.Function ?? {}, invokeModeOfImage, documented)
        .map((fault) => `${name}: ${id}: ${fault}`));
  });
};
