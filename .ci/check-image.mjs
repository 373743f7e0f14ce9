// Whether the image that Jib has made says what it should, and the Dockerfiles the same: node .ci/check-image.mjs DIRECTORY-OF-THE-UNPACKED-TAR
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (name) => JSON.parse(readFileSync(join(process.argv[2], name), 'utf8'))
const [{ Config, Layers }] = read('manifest.json')
const { config } = read(Config)

assert.equal(config.User, '1001:1001')
assert.equal(config.WorkingDir, '/app')
assert.deepEqual(config.Entrypoint, ['/opt/java/bin/java', '@jvm.options', '-XX:AOTCache=app.aot', '-jar', 'quarkus-run.jar'])
assert.deepEqual(Object.keys(config.ExposedPorts), ['8080/tcp'])
assert.ok(!(config.Env ?? []).some((variable) => /DEEPVUE|GATEWAY/.test(variable)), 'no setting is part of the image')
for (const label of ['title', 'description', 'licenses', 'version']) {
  assert.ok(config.Labels[`org.opencontainers.image.${label}`], `the label ${label} is missing`)
}
assert.ok(config.Env.includes('LANG=C.UTF-8'))
assert.equal(Layers.length, 4)
// The entry point of the native binary, below, has the flag itself.
assert.match(readFileSync('docker/jvm.options', 'utf8'), /^-XX:\+ExitOnOutOfMemoryError$/m, 'a process whose heap is full does not end')

const [, base] = readFileSync('pom.xml', 'utf8').match(/<image\.base>([^<]*)</)
const dockerfiles = {
  jvm: { FROM: base, ENV: 'LANG=C.UTF-8', ENTRYPOINT: config.Entrypoint },
  native: {
    FROM: /^gcr\.io\/distroless\/cc-debian12:nonroot@sha256:/,
    ENTRYPOINT: ['/app/gateway', '-XX:+ExitOnOutOfMemoryError', '-Djava.io.tmpdir=/tmp'],
  },
}
for (const [form, { FROM, ENV, ENTRYPOINT }] of Object.entries(dockerfiles)) {
  const runtime = readFileSync(`docker/Dockerfile.${form}`, 'utf8').split(/^(?=FROM )/m).at(-1)
  const instruction = (name) => runtime.match(new RegExp(`^${name} (.*)`, 'm'))?.[1]
  if (FROM instanceof RegExp) assert.match(instruction('FROM'), FROM)
  else assert.equal(instruction('FROM'), FROM)
  assert.equal(instruction('USER'), config.User)
  assert.equal(instruction('WORKDIR'), config.WorkingDir)
  assert.equal(instruction('EXPOSE'), '8080')
  assert.equal(instruction('ENV'), ENV)
  assert.deepEqual(JSON.parse(instruction('ENTRYPOINT')), ENTRYPOINT)
  for (const label of Object.keys(config.Labels)) {
    assert.ok(runtime.includes(`${label}=`), `docker/Dockerfile.${form} lacks the label ${label}`)
  }
}

console.log(`ok: user, entry point, labels and ${Layers.length} layers of the image`)
