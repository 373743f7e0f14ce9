'use strict';

// Everything shown comes from two events of /status/events: "now", every second, and "trend", every ten.

const SILENCE_MS = 5000;
const RETRY_MS = 5000;
const STEPS = 90; // in a chart: a quarter of an hour

// Each series has a colour of its own, by its meaning, in status.css, and beside it a dash and a mark, or a pattern: no information
// is in the colour only.
const TIMES = [
  { name: 'p50', dash: [], mark: (path, x, y, r) => path.arc(x, y, r, 0, 2 * Math.PI) },
  { name: 'p95', dash: [8, 4], mark: (path, x, y, r) => path.rect(x - r, y - r, 2 * r, 2 * r) },
  { name: 'p99', dash: [2, 3], mark: (path, x, y, r) => {
    path.moveTo(x, y - 1.2 * r);
    path.lineTo(x + 1.2 * r, y + r);
    path.lineTo(x - 1.2 * r, y + r);
    path.closePath();
  } },
];
const CLASSES = [
  { name: 'success', label: 'success', pattern: 'solid' },
  { name: 'caller', label: 'caller', pattern: 'diagonal' },
  { name: 'upstream', label: 'Deepvue', pattern: 'level' },
  { name: 'service', label: 'this service', pattern: 'grid' },
];
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const $ = (id) => document.getElementById(id);

function say(id, text, tone) {
  const place = $(id);
  if (place.textContent !== text) place.textContent = text;
  place.classList.remove('good', 'warn', 'bad');
  if (tone) place.classList.add(tone);
}

function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const number = (n) => n.toLocaleString('en');

// Estimates: more digits would only look exact.
const estimated = (ms) => (ms === null || ms < 10 ? ms : Math.round(ms));

const ratio = (n) => n.toLocaleString('en', { maximumSignificantDigits: 2 });
const percent = (share) => `${ratio(share * 100)} %`;

// ---- now ---------------------------------------------------------------------------------------

function showNow(now) {
  say('version', now.version);
  showVerdict(now.verdict);
  say('rate', ratio(now.recent.calls_per_second));
  say('failed', now.recent.calls === 0 ? '–' : percent(now.recent.failed_share), now.verdict.causes.includes('failing-calls') ? 'bad' : undefined);
  say('unanswered', number(now.calls.unanswered));
  say('waiting', number(now.calls.waiting));
  say('at-upstream', number(now.calls.at_upstream));
  say('held-back', now.calls.held_back_seconds > 0
    ? `Deepvue refused calls; they resume in ${span(now.calls.held_back_seconds)}.` : '', 'warn');
  showToken(now.token);
  showBudget(now.budget);
  const breaker = now.breaker;
  say('breaker', breaker.next_try_seconds === undefined ? breaker.state : `${breaker.state}, next try in ${span(breaker.next_try_seconds)}`,
    { closed: 'good', open: 'bad', 'half-open': 'warn' }[breaker.state]);
  say('redis', now.redis.state.replace('-', ' '), { up: 'good', away: 'bad' }[now.redis.state]);
  say('replicas', now.redis.state === 'not-used' ? 'this one' : now.budget.replicas === 0 ? 'unknown' : number(now.budget.replicas));
  say('up', span(now.up_seconds));
}

// The state is announced by screen readers when it changes; the sentence is not, since it counts seconds.
function showVerdict({ state, sentence }) {
  const [, word, rest] = /^(\w+:?)\s(.*)$/.exec(sentence);
  say('verdict-state', word, { ok: 'good', degraded: 'bad', stopping: 'warn' }[state]);
  say('verdict', rest);
}

function showToken(token) {
  say('token-state', token.state, { held: 'good', failing: 'bad' }[token.state]);
  const held = token.state === 'held';
  say('token-age', held ? span(token.age_seconds) : '–');
  const renewal = token.next_try_seconds ?? token.renewal_seconds;
  say('token-renewal', !held ? '–' : renewal > 0 ? `in ${span(renewal)}` : 'with the next call');
  say('token-expiry', held ? `in ${span(token.expiry_seconds)}` : '–');
  say('token-failing', token.failing_code
    ? `Authorize fails: ${token.failing_code}; next try ${token.next_try_seconds === undefined ? 'with the next call' : `in ${span(token.next_try_seconds)}`}.` : '', 'bad');
}

function showBudget(budget) {
  const windows = $('windows');
  if (budget.windows.length === 0) {
    windows.textContent = 'No plan is set: nothing is counted.';
  } else if (windows.childElementCount !== budget.windows.length) {
    windows.replaceChildren(...budget.windows.map(bar));
  }
  budget.windows.forEach((window, i) => fill(windows.children[i], window));
  say('sharing', {
    together: budget.replicas === 1 ? 'Shared through Redis; this is the only replica.' : `Shared by ${number(budget.replicas)} replicas.`,
    alone: budget.replicas > 0
      ? `This replica uses ${budget.replicas === 1 ? 'the whole plan' : `1/${number(budget.replicas)} of the plan`}: the shared budget cannot be reached.`
      : 'This replica sends one call a minute: the shared budget was never reached.',
    own: '',
  }[budget.state], budget.state === 'alone' ? 'warn' : undefined);
}

function bar() {
  const window = document.createElement('div');
  window.className = 'window';
  const words = document.createElement('p');
  words.append(document.createElement('span'), document.createElement('span'));
  const track = document.createElement('div');
  track.className = 'track';
  track.setAttribute('role', 'meter');
  track.setAttribute('aria-valuemin', '0');
  track.append(Object.assign(document.createElement('div'), { className: 'fill' }));
  window.append(words, track);
  return window;
}

function fill(place, { window, quota, left, more_seconds: more }) {
  const [words, track] = place.children;
  words.children[0].textContent = window;
  words.children[1].textContent = `${number(left)} of ${number(quota)}` + (left === 0 ? `, more in ${span(more)}` : '');
  track.setAttribute('aria-label', `calls left in the ${window}`);
  track.setAttribute('aria-valuemax', String(quota));
  track.setAttribute('aria-valuenow', String(Math.min(left, quota)));
  const part = Math.min(1, left / quota);
  track.firstChild.style.width = `${part * 100}%`;
  track.firstChild.className = 'fill' + (left === 0 ? ' none' : part < 0.1 ? ' low' : '');
}

// ---- the last minutes --------------------------------------------------------------------------

const charts = {};
let trend = null;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// A chart is made again when its colours change, and else only gets the new data.
function draw(id, data, values, options) {
  const key = String(dark.matches);
  if (charts[id] && charts[id].key === key) {
    charts[id].values = values;
    charts[id].plot.setData(data);
    return;
  }
  if (charts[id]) charts[id].plot.destroy();
  const line = colour('line');
  const axis = { stroke: colour('quiet'), grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const made = options(axis);
  charts[id] = { key, values };
  charts[id].plot = new uPlot({
    width: Math.max(200, $(id).clientWidth),
    height: 250,
    scales: { x: { range: showLatest }, y: made.y },
    axes: [{ ...axis, space: 90, values: (u, moments) => moments.map((s) => clock(s * 1000)) }, { ...axis, size: 72, ...made.axis }],
    legend: { markers: made.markers },
    hooks: { ready: [showIdle], setCursor: [showIdle] },
    series: [{ label: 'until', value: (u, s) => (s ? clock(s * 1000) : '–') },
      ...made.series.map((series, i) => ({ ...series, value: (u, drawn, at, index) => own(id, i, index) }))],
  }, data, $(id));
}

// By the data itself: of a single point, uPlot makes the range of a day.
function showLatest() {
  const last = ends().at(-1);
  return [last - trend.step_seconds * STEPS, last + trend.step_seconds / 2];
}

// The legend has values only while something is pointed at.
function showIdle(u) {
  u.root.classList.toggle('idle', (u.cursor.idx ?? null) === null);
}

const ends = () => trend.end.map((end) => Date.parse(end) / 1000);

function drawTimes() {
  const values = TIMES.map(({ name }) => trend[`${name}_ms`]);
  // A logarithm has no zero.
  const drawn = values.map((times) => times.map((ms) => (ms === null ? null : Math.max(0.1, ms))));
  draw('times-chart', [ends(), ...drawn], values, () => ({
    y: { distr: 3, range: (u, min, max) => (min === null ? [1, 1000] : uPlot.rangeLog(min, max, 10, true)) },
    axis: { values: (u, ticks) => ticks.map((ms) => (ms === null ? null : number(ms))) },
    markers: { width: 0, fill: (u, i) => legendMark(TIMES[i - 1]) },
    series: TIMES.map(({ name, dash, mark }) => ({
      label: name,
      stroke: colour(name),
      width: 2,
      dash,
      points: { show: true, fill: colour(name), filter: marked, paths: (u, series, from, to, indices) => marks(u, series, indices, mark) },
    })),
  }));
}

// Marks stand where there is room for them, and wherever a line begins or ends: at one call a minute, at every point.
function marked(u, series) {
  const values = u.data[series];
  const isWide = u.bbox.width / devicePixelRatio / STEPS >= 12;
  return values.map((value, i) => i).filter((i) => values[i] !== null && (isWide || (values[i - 1] ?? null) === null || (values[i + 1] ?? null) === null));
}

function marks(u, series, indices, mark) {
  const path = new Path2D();
  for (const i of indices ?? []) {
    const own = new Path2D();
    mark(own, u.valToPos(u.data[0][i], 'x', true), u.valToPos(u.data[series][i], 'y', true), 4 * devicePixelRatio);
    path.addPath(own);
  }
  return { stroke: path, fill: path, flags: 3 };
}

// For the legend: a piece of the line with its mark.
function legendMark({ name, dash, mark }) {
  const picture = document.createElement('canvas');
  picture.width = 28 * devicePixelRatio;
  picture.height = 14 * devicePixelRatio;
  const paint = picture.getContext('2d');
  paint.scale(devicePixelRatio, devicePixelRatio);
  paint.strokeStyle = paint.fillStyle = colour(name);
  paint.lineWidth = 2;
  paint.setLineDash(dash);
  paint.beginPath();
  paint.moveTo(0, 7);
  paint.lineTo(28, 7);
  paint.stroke();
  paint.beginPath();
  mark(paint, 14, 7, 4);
  paint.fill();
  return `center / contain no-repeat url(${picture.toDataURL()})`;
}

// Bars stand on each other: the tallest is drawn first, and each hides the foot of the one behind it.
function drawClasses(values) {
  const top = Math.max(1, ...trend.end.map((end, at) => values.reduce((sum, own) => sum + own[at], 0)));
  // So high that a single answer is seen beside thousands.
  const least = top / 30;
  const drawn = values.map((counts) => counts.map((n) => (n === 0 ? 0 : Math.max(n, least))));
  const heights = drawn.map((counts, i) => counts.map((n, at) => (n === 0 ? null : drawn.slice(i).reduce((sum, own) => sum + own[at], 0))));
  draw('outcomes-chart', [ends(), ...heights], values, () => ({
    y: { range: (u, min, max) => [0, Math.max(1, max * 1.1)] },
    axis: { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5] },
    markers: { width: 1, stroke: (u, i) => colour(CLASSES[i - 1].name), fill: (u, i) => cssPattern(CLASSES[i - 1]) },
    series: CLASSES.map((one) => ({
      label: one.label,
      stroke: colour(one.name),
      fill: (u) => canvasPattern(u.ctx, one),
      width: 1,
      paths: uPlot.paths.bars({ size: [0.8, 40] }),
      points: { show: false },
    })),
  }));
}

function canvasPattern(context, { name, pattern }) {
  if (pattern === 'solid') return colour(name);
  const tile = document.createElement('canvas');
  const size = 6 * Math.max(1, Math.round(devicePixelRatio));
  tile.width = tile.height = size;
  const paint = tile.getContext('2d');
  paint.fillStyle = colour('card');
  paint.fillRect(0, 0, size, size);
  paint.strokeStyle = colour(name);
  paint.lineWidth = size / 3;
  paint.beginPath();
  if (pattern === 'diagonal') {
    for (const start of [-size, 0, size]) {
      paint.moveTo(start - 1, size + 1);
      paint.lineTo(start + size + 1, -1);
    }
  } else {
    paint.moveTo(0, size / 2);
    paint.lineTo(size, size / 2);
  }
  if (pattern === 'grid') {
    paint.moveTo(size / 2, 0);
    paint.lineTo(size / 2, size);
  }
  paint.stroke();
  return context.createPattern(tile, 'repeat');
}

function cssPattern({ name, pattern }) {
  const stripes = (angle, ground) => `repeating-linear-gradient(${angle}deg, ${colour(name)} 0 2px, ${ground} 2px 5px)`;
  return {
    solid: colour(name),
    diagonal: stripes(-45, colour('card')),
    level: stripes(0, colour('card')),
    grid: `${stripes(90, 'transparent')}, ${stripes(0, colour('card'))}`,
  }[pattern];
}

function own(id, series, at) {
  const value = at === null || at === undefined ? null : charts[id].values[series][at];
  return value === null || value === undefined ? '–' : number(value);
}

const add = (one, other) => one + other;

function showTrend(next) {
  trend = next;
  TIMES.map(({ name }) => `${name}_ms`).forEach((times) => { trend[times] = trend[times].map(estimated); });
  const codes = Object.keys(trend.calls);
  const byClass = CLASSES.map(({ name }) => trend.end.map((end, at) =>
    codes.filter((code) => trend.classes[code] === name).map((code) => trend.calls[code][at]).reduce(add, 0)));
  // Without a point, the axis of time would be about 1970.
  if (trend.end.length === 0) return;
  drawTimes();
  drawClasses(byClass);
  const period = `${span(trend.end.length * trend.step_seconds)} until ${clock(trend.end.at(-1))}`;
  const last = trend.p50_ms.findLastIndex((p) => p !== null);
  if (last >= 0) {
    say('times-last', `In the ten seconds until ${clock(trend.end[last])}: ${TIMES.map(({ name }) => `${name} ${number(trend[`${name}_ms`][last])}`).join(', ')}.`);
    const sums = CLASSES.map(({ label }, i) => `${number(byClass[i].reduce(add, 0))} ${label}`);
    say('outcomes-last', `In the ${period}: ${sums.join(', ')}.`);
  } else {
    const none = `No call in the ${period}.`;
    say('times-last', none);
    say('outcomes-last', none);
  }
  showCodes(codes);
  showTable(codes, byClass);
}

const clock = (moment) => new Date(moment).toLocaleTimeString('en-GB');

function listed(counts) {
  return counts.filter(([, n]) => n > 0).map(([code, n]) => `${number(n)} ${code}`).join(', ') || '–';
}

function showCodes(codes) {
  $('codes').replaceChildren(...CLASSES.map(({ name, label }) => {
    const group = document.createElement('div');
    const sums = codes.filter((code) => trend.classes[code] === name).map((code) => [code, trend.calls[code].reduce(add, 0)]);
    group.append(Object.assign(document.createElement('dt'), { textContent: label }),
      Object.assign(document.createElement('dd'), { textContent: listed(sums) }));
    return group;
  }));
}

function showTable(codes, byClass) {
  const columns = ['until', ...TIMES.map(({ name }) => name), ...CLASSES.map(({ label }) => label), 'calls a second', 'failed', 'codes'];
  if ($('columns').childElementCount === 0) {
    $('columns').append(...columns.map((name) => Object.assign(document.createElement('th'), { scope: 'col', textContent: name })));
  }
  const rows = trend.end.map((end, at) => {
    const row = document.createElement('tr');
    const counts = byClass.map((calls) => calls[at]);
    const all = counts.reduce(add, 0);
    const [success, , upstream, service] = counts;
    const failed = upstream + service;
    const times = TIMES.map(({ name }) => trend[`${name}_ms`][at]).map((ms) => (ms === null ? '–' : number(ms)));
    [clock(end), ...times, ...counts.map(number), ratio(all / trend.step_seconds), all === 0 ? '–' : percent(failed / Math.max(1, success + failed)),
      listed(codes.map((code) => [code, trend.calls[code][at]]))].forEach((text, column) => {
      row.append(Object.assign(document.createElement(column === 0 ? 'th' : 'td'), { textContent: text, ...(column === 0 && { scope: 'row' }) }));
    });
    return row;
  });
  $('steps').replaceChildren(...rows.reverse());
}

dark.addEventListener('change', () => trend && showTrend(trend));
new ResizeObserver(() => Object.entries(charts).forEach(([id, { plot }]) => {
  plot.setSize({ width: Math.max(200, $(id).clientWidth), height: 250 });
})).observe(document.querySelector('main'));

// ---- live --------------------------------------------------------------------------------------

// Silence is measured by the monotonic clock, and shown in local time.
let heard = performance.now();
let heardAt = Date.now();
let wasLive = false;
let isRefused = false;
let events;
let openedAt;

function connection(text, state) {
  const place = $('connection');
  if (place.textContent !== text) place.textContent = text;
  place.className = state;
  document.querySelector('main').classList.toggle('lost', state === 'lost');
}

function listen() {
  openedAt = performance.now();
  events = new EventSource('/status/events');
  events.addEventListener('now', (event) => {
    heard = performance.now();
    heardAt = Date.now();
    wasLive = true;
    isRefused = false;
    connection('live', 'live');
    showNow(JSON.parse(event.data));
  });
  // A connection that fails is opened again by the browser; an answer that is no stream of events closes it.
  events.addEventListener('error', () => {
    isRefused = events.readyState === EventSource.CLOSED;
    if (isRefused) lost();
  });
  events.addEventListener('trend', (event) => showTrend(JSON.parse(event.data)));
}

function lost() {
  const since = clock(heardAt);
  connection(isRefused ? 'refused by the service: too many viewers, the key changed, or it is stopping'
    : wasLive ? `connection lost at ${since}; what is shown is from then` : `no connection since ${since}`, 'lost');
  say('verdict-state', 'Unknown:');
  say('verdict', `the service has sent no update since ${since}.`);
}

function connect() {
  connection('connecting…', '');
  heard = performance.now();
  listen();
}

// Over HTTP/1.1 a browser keeps six connections to a host: the streams of six tabs would leave none for any other page.
document.addEventListener('visibilitychange', () => {
  events?.close();
  if (!document.hidden) connect();
});
if (!document.hidden) connect();
setInterval(() => {
  if (!document.hidden && performance.now() - heard > SILENCE_MS) {
    lost();
    // In every state: the browser gives up after an answer that is no stream of events, such as 503, and does not notice that nothing comes on a
    // connection whose other end has vanished.
    if (performance.now() - openedAt > RETRY_MS) {
      events.close();
      listen();
    }
  }
}, 1000);
