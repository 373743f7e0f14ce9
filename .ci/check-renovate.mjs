// Whether Renovate sees each version that stands outside of pom.xml's and npm's own places: node .ci/check-renovate.mjs
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const { customManagers } = JSON.parse(readFileSync('.github/renovate.json', 'utf8'))
const files = ['pom.xml', '.ci/run']
const seen = new Map()

for (const { managerFilePatterns, matchStrings, depNameTemplate } of customManagers) {
  const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)))
  for (const expression of matchStrings) {
    const matches = files
      .filter((file) => patterns.some((pattern) => pattern.test(file)))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(new RegExp(expression, 'g'))])
    assert.ok(matches.length, `nothing in ${managerFilePatterns} matches ${expression}`)
    for (const { groups, 0: line } of matches) {
      assert.match(groups.currentValue, /^[\w.-]+$/, line)
      assert.ok(depNameTemplate ?? groups.depName, line)
      seen.set(line, groups.currentValue)
    }
  }
}

const run = readFileSync('.ci/run', 'utf8')
for (const [, name, version] of run.matchAll(/^readonly (\w+)=(\d+(?:\.\d+)+)(?=\s)/gm)) {
  assert.equal(seen.get(`readonly ${name}=${version}`), version, `Renovate does not watch the version of ${name} in .ci/run`)
}
const [written] = run.match(/[\w.-]+:[\w.-]+:\d+\.\d+[\w.]*/) ?? []
assert.equal(written, undefined, 'a version in .ci/run that Renovate does not watch')
console.log(`ok: Renovate sees ${seen.size} versions`)
