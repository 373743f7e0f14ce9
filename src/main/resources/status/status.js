'use strict';

// Everything shown comes from two events of /status/events: "now", every second, and "trend", every ten.

const SILENCE_MS = 5000;
const P = ['p50_ms', 'p95_ms', 'p99_ms'];
const COLOURS = {
  light: ['#2f6fde', '#9a5b00', '#b3261e', '#1a7f4b', '#7a3fb8', '#00758a', '#a1307a', '#566074'],
  dark: ['#6ea0ff', '#f0b75a', '#ff8a80', '#5fd39a', '#c39bff', '#5fd0e0', '#ff9ad5', '#a2adbf'],
};
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

// ---- now ---------------------------------------------------------------------------------------

function showNow(now) {
  say('version', now.version);
  say('unanswered', number(now.calls.unanswered));
  say('waiting', number(now.calls.waiting));
  say('at-upstream', number(now.calls.at_upstream));
  say('held-back', now.calls.held_back_seconds > 0
    ? `Deepvue turned us away; calls go again in ${span(now.calls.held_back_seconds)}.` : '', 'warn');
  showToken(now.token);
  showBudget(now.budget);
  const breaker = now.breaker;
  say('breaker', breaker.next_try_seconds === undefined ? breaker.state : `${breaker.state}, next try in ${span(breaker.next_try_seconds)}`,
    { closed: 'good', open: 'bad', 'half-open': 'warn' }[breaker.state]);
  say('redis', now.redis.state.replace('-', ' '), { up: 'good', away: 'bad' }[now.redis.state]);
  say('replicas', now.redis.state === 'not-used' ? 'this one' : number(now.budget.replicas));
  say('up', span(now.up_seconds));
}

function showToken(token) {
  say('token-state', token.state, { held: 'good', failing: 'bad' }[token.state]);
  const held = token.state === 'held';
  say('token-age', held ? span(token.age_seconds) : '–');
  say('token-renewal', !held ? '–' : token.renewal_seconds > 0 ? `in ${span(token.renewal_seconds)}` : 'with the next call');
  say('token-expiry', held ? `in ${span(token.expiry_seconds)}` : '–');
  say('token-failing', token.failing_code
    ? `Authorize fails: ${token.failing_code}; next try in ${span(token.next_try_seconds)}.` : '', 'bad');
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
    together: `Shared by ${number(budget.replicas)} replicas.`,
    alone: budget.replicas > 0 ? `Alone, with 1/${number(budget.replicas)} of the plan: the shared budget cannot be reached.`
      : 'Alone, a call a minute: the shared budget was never reached.',
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

// Bars stand on each other: the tallest is drawn first, and each hides the foot of the one behind it.
function draw(id, names, values, stacked) {
  const place = $(id);
  const width = Math.max(200, place.clientWidth);
  const key = names.join() + dark.matches;
  const ends = trend.end.map((end) => Date.parse(end) / 1000);
  const heights = stacked ? values.map((_, i) => ends.map((_, at) => values.slice(i).reduce((sum, own) => sum + own[at], 0))) : values;
  const data = [ends, ...heights];
  if (charts[id] && charts[id].key === key) {
    charts[id].values = values;
    charts[id].plot.setData(data);
    return;
  }
  if (charts[id]) charts[id].plot.destroy();
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue('--quiet').trim();
  const line = style.getPropertyValue('--line').trim();
  const colours = COLOURS[dark.matches ? 'dark' : 'light'];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const span = trend.step_seconds * 90;
  const plot = new uPlot({
    width,
    height: 250,
    scales: {
      x: { range: (u, min, max) => [max - span, max + trend.step_seconds / 2] },
      y: { range: (u, min, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [{ ...axis, space: 90, values: (u, moments) => moments.map((s) => clock(s * 1000)) }, { ...axis, size: 60 }],
    series: [{ label: 'until', value: (u, s) => (s ? clock(s * 1000) : '–') }, ...names.map((label, i) => {
      const colour = colours[i % colours.length];
      const look = stacked ? { fill: colour, width: 0, paths: uPlot.paths.bars({ size: [0.8, 40] }), points: { show: false } }
        : { width: 2, points: { size: 5 } };
      return { label, stroke: colour, value: (u, height, series, at) => own(id, i, at), ...look };
    })],
  }, data, place);
  charts[id] = { key, plot, values };
}

function own(id, series, at) {
  const value = at === null || at === undefined ? null : charts[id].values[series][at];
  return value === null || value === undefined ? '–' : number(value);
}

function showTrend(next) {
  trend = next;
  const codes = Object.keys(trend.calls).sort((one, other) => (other === 'ok') - (one === 'ok'));
  draw('times-chart', P.map((p) => p.slice(0, 3)), P.map((p) => trend[p]), false);
  draw('outcomes-chart', codes, codes.map((code) => trend.calls[code]), true);
  const last = trend.p50_ms.findLastIndex((p) => p !== null);
  if (last >= 0) {
    say('times-last', `In the ten seconds until ${clock(trend.end[last])}: ${P.map((p) => `${p.slice(0, 3)} ${number(trend[p][last])}`).join(', ')}.`);
    const sums = codes.map((code) => [code, trend.calls[code].reduce((sum, n) => sum + n, 0)]).filter(([, n]) => n > 0);
    say('outcomes-last', `In the last ${span(trend.end.length * trend.step_seconds)}: ${sums.map(([code, n]) => `${number(n)} ${code}`).join(', ')}.`);
  }
  showTable(codes);
}

const clock = (moment) => new Date(moment).toLocaleTimeString('en-GB');

function showTable(codes) {
  const rows = trend.end.map((end, i) => {
    const row = document.createElement('tr');
    const answers = codes.filter((code) => trend.calls[code][i] > 0).map((code) => `${trend.calls[code][i]} ${code}`).join(', ');
    [clock(end), ...P.map((p) => (trend[p][i] === null ? '–' : number(trend[p][i]))), answers || '–'].forEach((text) => {
      row.append(Object.assign(document.createElement('td'), { textContent: text }));
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

let heard = 0;

function connection(text, state) {
  const place = $('connection');
  if (place.textContent !== text) place.textContent = text;
  place.className = state;
}

const events = new EventSource('/status/events');
events.addEventListener('now', (event) => {
  heard = performance.now();
  connection('live', 'live');
  showNow(JSON.parse(event.data));
});
events.addEventListener('trend', (event) => showTrend(JSON.parse(event.data)));
setInterval(() => {
  if (performance.now() - heard > SILENCE_MS) connection('nothing heard; what stands here is old', 'lost');
}, 1000);
