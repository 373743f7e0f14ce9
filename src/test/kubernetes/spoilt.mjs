// Mistakes that rules.mjs has to notice, each made in a copy of the overlay with several replicas.

import { faultsOf } from './rules.mjs';

const only = (objects, kind) => objects.find((object) => object.kind === kind);
const policy = (objects) => only(objects, 'NetworkPolicy');
const pod = (objects) => only(objects, 'Deployment').spec.template.spec;
const doctor = (objects) => only(objects, 'CronJob').spec.jobTemplate.spec.template;
const setting = (objects, name, value) => {
  const { env } = pod(objects).containers[0];
  env.splice(env.findIndex((each) => each.name === name), 1, ...(value ? [value] : []));
};

const mistakes = {
  'a misspelt setting': (objects) => setting(objects, 'GATEWAY_API_KEYS_FILE', { name: 'GATEWAY_API_KEY_FILE', value: '/run/secrets/itr-gateway/a' }),
  'a secret as a value': (objects) => setting(objects, 'DEEPVUE_CLIENT_SECRET_FILE', { name: 'DEEPVUE_CLIENT_SECRET', value: 'a' }),
  'a file outside of the mounted secret': (objects) => setting(objects, 'GATEWAY_API_KEYS_FILE', { name: 'GATEWAY_API_KEYS_FILE', value: '/tmp/a' }),
  'replicas without Redis': (objects) => setting(objects, 'GATEWAY_REDIS_URL_FILE'),
  'too little time to stop': (objects) => { pod(objects).terminationGracePeriodSeconds = 30; },
  'an image without a version': (objects) => { pod(objects).containers[0].image = 'itr-gateway:latest'; },
  'a probe of a path that does not exist': (objects) => { pod(objects).containers[0].livenessProbe.httpGet.path = '/healthz'; },
  'scaling on calls that wait': (objects) => { only(objects, 'HorizontalPodAutoscaler').spec.metrics[0].pods.metric.name = 'gateway_waiting'; },
  'scaling on a metric that does not exist': (objects) => { only(objects, 'HorizontalPodAutoscaler').spec.metrics[0].pods.metric.name = 'gateway_load'; },
  'scaling what does not exist': (objects) => { only(objects, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'gateway'; },
  'two numbers of replicas': (objects) => { only(objects, 'Deployment').spec.replicas = 2; },
  'a route to nowhere': (objects) => { only(objects, 'HTTPRoute').spec.rules[0].backendRefs[0].port = 8080; },
  'a Service without a port': (objects) => { only(objects, 'Service').spec.ports[0].targetPort = 'web'; },
  'a budget for other pods': (objects) => { only(objects, 'PodDisruptionBudget').spec.selector.matchLabels = { app: 'gateway' }; },
  'a policy without a resolver on the node': (objects) => { policy(objects).spec.egress[0].to.splice(1, 1); },
  'a policy that opens the metadata server': (objects) => { delete policy(objects).spec.egress[0].ports; },
  'a policy for other pods': (objects) => { policy(objects).spec.podSelector.matchLabels = { app: 'gateway' }; },
  'a policy for no pod that there is': (objects) => { policy(objects).spec.podSelector.matchExpressions[0].values = ['gateway']; },
  'a doctor without a setting of the service': (objects) => { doctor(objects).spec.containers[0].env.pop(); },
  'a doctor with other files': (objects) => { doctor(objects).spec.volumes[0].secret.secretName = 'doctor'; },
  'a doctor that calls are sent to': (objects) => { doctor(objects).metadata.labels = only(objects, 'Deployment').spec.template.metadata.labels; },
  'a policy that is not applied for doctor': (objects) => { delete policy(objects).metadata.labels['itr-gateway/doctor']; },
};

export const unnoticed = (objects, repository) => Object.entries(mistakes).filter(([, make]) => {
  const copy = structuredClone(objects);
  make(copy);
  return faultsOf(copy, repository).length === 0;
}).map(([mistake]) => `not noticed: ${mistake}`);
