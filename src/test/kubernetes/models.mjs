// Where the npm packages kubernetes-models keep the model of an object.

/** Group and version as the packages name their folders. */
export const moduleOf = ({ apiVersion, kind }) => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (group === 'serving.knative.dev') return `@kubernetes-models/knative/${group}/${version}/${kind}`;
  if (group.startsWith('gateway.networking')) return `@kubernetes-models/gateway-api/${group}/${version}/${kind}`;
  return `kubernetes-models/${group === '' ? version : `${group}/${version}`}/${kind}`;
};

export const modelOf = async (object) => {
  try {
    return (await import(moduleOf(object)))[object.kind];
  } catch {
    return undefined;
  }
};
