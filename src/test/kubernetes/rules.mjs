// What no schema says: that the objects of one set fit each other, and that they fit the service.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const seconds = (text) => Number.parseInt(text, 10) * (text.endsWith('m') ? 60 : 1);
const contains = (whole, part) => Object.entries(part ?? {}).every(([key, value]) => whole?.[key] === value);
const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);

/** The objects that have pods, each with the template of these. */
const workloads = (objects) => objects.filter(({ spec }) => spec?.template?.spec?.containers);

const settingsOf = (objects, { containers: [container] }) => {
  const settings = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  for (const { configMapRef } of container.envFrom ?? []) {
    Object.assign(settings, ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef.name)?.data);
  }
  return settings;
};

const settingFaults = (settings, { containers: [container], volumes = [] }, documented) => {
  const faults = [];
  const secret = new Set(volumes.filter((volume) => volume.secret).map(({ name }) => name));
  const mounts = container.volumeMounts.filter(({ name }) => secret.has(name));
  for (const [name, value] of Object.entries(settings)) {
    const plain = name.replace(/_FILE$/, '');
    if (!documented.includes(`\`${plain}\``)) faults.push(`docs/configuration.md does not know ${name}`);
    if (plain !== name && !mounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`))) faults.push(`${name} is no file of a mounted secret`);
    if (plain === name && /SECRET|KEY|CLIENT_ID|REDIS_URL/.test(name)) faults.push(`${name} is a secret and stands there`);
  }
  for (const name of ['DEEPVUE_CLIENT_ID', 'DEEPVUE_CLIENT_SECRET', 'GATEWAY_API_KEYS']) {
    if (!(`${name}_FILE` in settings)) faults.push(`${name}_FILE is missing`);
  }
  return faults;
};

const podFaults = (objects, workload, read) => {
  const pod = workload.spec.template.spec;
  const settings = settingsOf(objects, pod);
  const faults = settingFaults(settings, pod, read('configuration.md'));
  const [container] = pod.containers;
  const grace = pod.terminationGracePeriodSeconds ?? pod.timeoutSeconds;
  const stop = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + seconds(settings.GATEWAY_DRAIN);
  if (!(grace >= stop + 10)) faults.push(`${grace} s are not ten more than the ${stop} s of preStop and GATEWAY_DRAIN`);
  if (!/:\d/.test(container.image)) faults.push(`${container.image} names no version`);
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    if (probe && !read('operating.md').includes(`\`${probe.httpGet.path}\``)) faults.push(`there is no ${probe.httpGet.path}`);
  }
  const annotations = workload.spec.template.metadata.annotations ?? {};
  const most = Math.max(workload.spec.replicas ?? 1, ...ofKind(objects, 'HorizontalPodAutoscaler').map(({ spec }) => spec.maxReplicas),
    ...Object.entries(annotations).filter(([name]) => /max-?scale$/i.test(name)).map(([, value]) => Number(value)));
  if (most > 1 && !('GATEWAY_REDIS_URL_FILE' in settings)) faults.push('several replicas without a Redis');
  if (most === 1 && workload.kind === 'Deployment' && workload.spec.strategy?.type !== 'Recreate') faults.push('an upgrade has two processes without a Redis');
  return faults;
};

/** A doctor with other settings than the service would say nothing about it. */
const doctorFaults = (objects) => {
  const deployments = ofKind(objects, 'Deployment').map(({ spec }) => spec.template);
  return ofKind(objects, 'CronJob').flatMap(({ metadata, spec }) => deployments.flatMap((service) => {
    const doctor = spec.jobTemplate.spec.template;
    const [one, other] = [doctor, service].map((template) => template.spec.containers[0]);
    const faults = ['image', 'env', 'envFrom', 'volumeMounts', 'resources', 'securityContext'].filter((field) => !isDeepStrictEqual(one[field], other[field]))
      .concat(['volumes', 'securityContext', 'serviceAccountName'].filter((field) => !isDeepStrictEqual(doctor.spec[field], service.spec[field])))
      .map((field) => `CronJob ${metadata.name} differs from the Deployment in ${field}`);
    const isSelected = ofKind(objects, 'Service').some((each) => contains(doctor.metadata.labels, each.spec.selector));
    return isSelected ? [...faults, `calls would be sent to CronJob ${metadata.name}`] : faults;
  }));
};

/** Matches as Kubernetes does, but for operators that the manifests do not use. */
const isPodSelector = ({ matchLabels, matchExpressions = [] }, labels) => contains(labels, matchLabels)
  && matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key]));

const selectorFaults = (objects) => {
  const labels = workloads(objects).map(({ spec }) => spec.template.metadata.labels);
  const selectors = [
    ...ofKind(objects, 'Deployment').map((each) => [each, each.spec.selector.matchLabels]),
    ...ofKind(objects, 'Service').filter(({ apiVersion }) => apiVersion === 'v1').map((each) => [each, each.spec.selector]),
    ...ofKind(objects, 'PodDisruptionBudget').map((each) => [each, each.spec.selector.matchLabels]),
  ].map(([each, matchLabels]) => [each, { matchLabels }])
    .concat(ofKind(objects, 'NetworkPolicy').map((each) => [each, each.spec.podSelector]));
  return selectors.filter(([, selector]) => !labels.some((each) => isPodSelector(selector, each)))
    .map(([{ kind, metadata }]) => `${kind} ${metadata.name} selects no pod`);
};

/** With it, docs/deploy.md applies what a Job made of the CronJob needs, before all else is there. */
const DOCTOR = 'itr-gateway/doctor';

const doctorLabelFaults = (objects) => {
  const pods = ofKind(objects, 'CronJob').map(({ spec }) => spec.jobTemplate.spec.template.metadata.labels);
  const policies = ofKind(objects, 'NetworkPolicy').filter(({ spec }) => pods.some((labels) => isPodSelector(spec.podSelector, labels)));
  const others = pods.length === 0 ? [] : ['CronJob', 'ConfigMap', 'ServiceAccount'].flatMap((kind) => ofKind(objects, kind));
  return [...policies, ...others].filter(({ metadata }) => metadata.labels?.[DOCTOR] !== 'true')
    .map(({ kind, metadata }) => `${kind} ${metadata.name} is not applied for doctor`);
};

const routeFaults = (objects) => {
  const services = ofKind(objects, 'Service').filter(({ apiVersion }) => apiVersion === 'v1');
  const named = workloads(objects).flatMap(({ spec }) => spec.template.spec.containers[0].ports.map(({ name }) => name));
  const backends = ofKind(objects, 'HTTPRoute').flatMap(({ spec }) => spec.rules.flatMap(({ backendRefs }) => backendRefs));
  return [
    ...services.flatMap(({ spec }) => spec.ports).filter(({ targetPort }) => !named.includes(targetPort)).map(({ targetPort }) => `no port is named ${targetPort}`),
    ...backends.filter(({ name, port }) => !services.some(({ metadata, spec }) => metadata.name === name && spec.ports.some((each) => each.port === port)))
      .map(({ name, port }) => `the route leads to ${name}:${port}, which is no Service`),
  ];
};

const autoscalerFaults = (objects, read) => ofKind(objects, 'HorizontalPodAutoscaler').flatMap(({ spec }) => {
  const faults = [];
  const target = ofKind(objects, spec.scaleTargetRef.kind).find(({ metadata }) => metadata.name === spec.scaleTargetRef.name);
  if (!target) faults.push(`there is no ${spec.scaleTargetRef.kind} ${spec.scaleTargetRef.name} to scale`);
  else if ('replicas' in target.spec) faults.push('both the Deployment and its autoscaler say how many replicas there are');
  for (const name of spec.metrics.flatMap(({ pods }) => (pods ? [pods.metric.name] : []))) {
    if (!read('operating.md').includes(`| \`${name}\` |`)) faults.push(`there is no metric ${name}`);
    // These grow while the plan is used up, and more replicas do not raise the plan.
    if (['gateway_waiting', 'gateway_calls_in_flight'].includes(name)) faults.push(`${name} is no reason for more replicas`);
  }
  return faults;
});

/** A pod selector does not match a resolver on the node, and the address of one is that of a cloud's metadata server. */
const policyFaults = (objects) => {
  const rules = ofKind(objects, 'NetworkPolicy').flatMap(({ spec }) => spec.egress ?? []);
  const linkLocal = rules.flatMap(({ to = [], ports = [] }) => to.map(({ ipBlock }) => ipBlock?.cidr).filter((cidr) => cidr?.startsWith('169.254.'))
    .map((cidr) => [cidr, ports.map(({ protocol, port }) => `${protocol} ${port}`)]));
  if (rules.length === 0) return [];
  return [
    ...['169.254.20.10/32', '169.254.169.254/32'].filter((resolver) => !linkLocal.some(([cidr]) => cidr === resolver)).map((resolver) => `the resolver ${resolver} is not reached`),
    ...linkLocal.filter(([, ports]) => [...ports].sort().join() !== 'TCP 53,UDP 53').map(([cidr]) => `${cidr} is open for more or less than DNS`),
  ];
};

export const faultsOf = (objects, repository) => {
  const read = (file) => readFileSync(join(repository, 'docs', file), 'utf8');
  return [
    ...workloads(objects).flatMap((workload) => podFaults(objects, workload, read)),
    ...selectorFaults(objects),
    ...doctorFaults(objects),
    ...doctorLabelFaults(objects),
    ...routeFaults(objects),
    ...autoscalerFaults(objects, read),
    ...policyFaults(objects),
  ];
};
