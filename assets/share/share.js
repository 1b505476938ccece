"use strict";
(() => {
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const make = (tag, text, cls) => { const e = document.createElement(tag); if (text != null) e.textContent = text; if (cls) e.className = cls; return e; };
let lang = D.lang;
const say = t => t == null ? "" : typeof t === "string" ? t : (t[lang] || t.zh || t.en || "");
const words = key => say(D.words[key]);
const N = D.villages.length;
const MOST_LISTED = 2000;

// ---- the map's own coordinates: whole steps from the upper left corner
const shapes = D.shapes.map(rings => rings.map(deltas => {
  const points = new Float64Array(deltas.length);
  let x = 0, y = 0;
  for (let i = 0; i < deltas.length; i += 2) { x += deltas[i]; y += deltas[i + 1]; points[i] = x; points[i + 1] = y; }
  return points;
}));
const boxes = shapes.map(rings => {
  let b = [Infinity, Infinity, -Infinity, -Infinity];
  for (const p of rings) for (let i = 0; i < p.length; i += 2) {
    if (p[i] < b[0]) b[0] = p[i]; if (p[i + 1] < b[1]) b[1] = p[i + 1];
    if (p[i] > b[2]) b[2] = p[i]; if (p[i + 1] > b[3]) b[3] = p[i + 1];
  }
  return b;
});
const path = village => {
  const made = new Path2D();
  for (const p of shapes[village]) {
    for (let i = 0; i < p.length; i += 2) i ? made.lineTo(p[i], p[i + 1]) : made.moveTo(p[i], p[i + 1]);
    made.closePath();
  }
  return made;
};
const inside = (village, x, y) => {
  let odd = false;
  for (const p of shapes[village]) for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) {
    if ((p[i + 1] > y) !== (p[j + 1] > y) && x < (p[j] - p[i]) * (y - p[i + 1]) / (p[j + 1] - p[i + 1]) + p[i]) odd = !odd;
  }
  return odd;
};

// ---- what is shown
const state = { theme: 0, map: 0, selected: -1, hover: -1, tab: D.scenes.length ? "story" : "card", scene: -1, severity: "", folded: innerWidth <= 760 };
const view = { scale: 1, x: 0, y: 0 };
const themes = [...new Set(D.maps.map(m => m.theme))];
// Boundaries without figures are a map too.
const PLAIN = { theme: null, measure: -1, year: "", legend: [], missing: 0, classes: "-".repeat(N) };
const current = () => D.maps[state.map] || PLAIN;
const measured = () => D.indicators[current().measure];
const classOf = village => { const c = current().classes.charCodeAt(village); return c === 45 ? -1 : c - 48; };
const figure = (indicator, year, village) => {
  const of = D.indicators[indicator].values;
  const list = of[year] || of[""];
  const own = list ? list[village] : null;
  return own == null && of[""] ? of[""][village] : own;
};
const number = (v, indicator) => {
  const i = D.indicators[indicator];
  if (v == null) return words("unknown");
  if (i.categories) return say(i.categories[v]) || String(v);
  const text = v.toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { maximumFractionDigits: Math.max(i.decimals, 0) });
  const unit = say(i.unit);
  return unit ? text + (unit === "%" ? "%" : " " + unit) : text;
};

// ---- drawing
const canvas = $("canvas"), ctx = canvas.getContext("2d");
let layers = null, drawn = false, whole = null;
const build = () => {
  const legend = current().legend;
  layers = legend.map(() => new Path2D());
  const missing = new Path2D();
  whole = whole || (() => { const all = new Path2D(); for (let v = 0; v < N; v++) all.addPath(path(v)); return all; })();
  for (let v = 0; v < N; v++) { const c = classOf(v); (c < 0 || !layers[c] ? missing : layers[c]).addPath(path(v)); }
  layers.missing = missing;
};
const hatch = (() => {
  const c = document.createElement("canvas"); c.width = c.height = 8;
  const g = c.getContext("2d");
  g.fillStyle = "#e3e6e3"; g.fillRect(0, 0, 8, 8);
  g.strokeStyle = "#b0b7b2"; g.lineWidth = 1;
  for (const o of [-8, 0, 8]) { g.beginPath(); g.moveTo(o, 8); g.lineTo(o + 8, 0); g.stroke(); }
  return c;
})();
const ask = () => { if (!drawn) { drawn = true; requestAnimationFrame(draw); } };
const draw = () => {
  drawn = false;
  const ratio = window.devicePixelRatio || 1;
  const w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); }
  if (!layers) build();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, w, h);
  ctx.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio);
  const pattern = ctx.createPattern(hatch, "repeat");
  pattern.setTransform(new DOMMatrix([1 / view.scale, 0, 0, 1 / view.scale, 0, 0]));
  ctx.fillStyle = measured() ? pattern : "#cfe3dc"; ctx.fill(layers.missing, "evenodd");
  current().legend.forEach((row, i) => { ctx.fillStyle = row.colour; ctx.fill(layers[i], "evenodd"); });
  ctx.lineWidth = 0.8 / view.scale; ctx.strokeStyle = "rgba(255,255,255,.85)"; ctx.stroke(whole);
  for (const [village, colour, width] of [[state.hover, "#1f2a26", 1.6], [state.selected, "#e11d48", 3]]) {
    if (village >= 0) { ctx.lineWidth = width / view.scale; ctx.strokeStyle = colour; ctx.stroke(path(village)); }
  }
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  points(w, h);
  names(w, h);
};
const points = (w, h) => {
  const dot = (x, y, r, colour) => { ctx.beginPath(); ctx.arc(x, y, r, 0, 7); ctx.fillStyle = colour; ctx.fill(); ctx.lineWidth = 1.2; ctx.strokeStyle = "#fff"; ctx.stroke(); };
  const at = (x, y) => [x * view.scale + view.x, y * view.scale + view.y];
  const theme = current().theme;
  for (const [kind, , px, py] of D.facilities.points) {
    const k = D.facilities.kinds[kind];
    if (k.theme !== theme) continue;
    const [x, y] = at(px, py);
    if (x > -6 && y > -6 && x < w + 6 && y < h + 6) dot(x, y, 3.4, k.colour);
  }
  if (state.tab === "gaps") for (const g of D.gaps) {
    if (g.x == null || (state.severity && g.s !== state.severity)) continue;
    const [x, y] = at(g.x, g.y);
    if (x > -8 && y > -8 && x < w + 8 && y < h + 8) dot(x, y, 5, D.severities[g.s].colour);
  }
};
const names = (w, h) => {
  ctx.font = "12px system-ui, sans-serif"; ctx.textAlign = "center"; ctx.textBaseline = "middle";
  const taken = [];
  for (let v = 0; v < N; v++) {
    const b = boxes[v], village = D.villages[v];
    const x = village[5] * view.scale + view.x, y = village[6] * view.scale + view.y;
    if (x < 0 || y < 0 || x > w || y > h) continue;
    const width = ctx.measureText(village[0]).width;
    if ((b[2] - b[0]) * view.scale < width + 4 && v !== state.selected) continue;
    const box = [x - width / 2, y - 8, x + width / 2, y + 8];
    if (taken.some(t => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) continue;
    taken.push(box);
    if (taken.length > 400) break;
    ctx.lineWidth = 3; ctx.strokeStyle = "rgba(255,255,255,.9)"; ctx.lineJoin = "round"; ctx.strokeText(village[0], x, y);
    ctx.fillStyle = "#1f2a26"; ctx.fillText(village[0], x, y);
  }
};

// ---- moving about
const fit = ([x0, y0, x1, y1], room) => {
  const w = canvas.clientWidth, h = canvas.clientHeight;
  view.scale = Math.min(w / Math.max(x1 - x0, 1), h / Math.max(y1 - y0, 1)) * (room || 0.92);
  view.x = w / 2 - (x0 + x1) / 2 * view.scale; view.y = h / 2 - (y0 + y1) / 2 * view.scale;
  ask();
};
const all = [0, 0, D.size[0], D.size[1]];
const zoom = (factor, x, y) => {
  const least = Math.min(canvas.clientWidth / D.size[0], canvas.clientHeight / D.size[1]) * 0.5;
  const next = Math.min(Math.max(view.scale * factor, least), 60);
  view.x = x - (x - view.x) * next / view.scale; view.y = y - (y - view.y) * next / view.scale;
  view.scale = next; ask();
};
const middle = () => [canvas.clientWidth / 2, canvas.clientHeight / 2];
const at = e => { const r = canvas.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
const villageAt = (px, py) => {
  const x = (px - view.x) / view.scale, y = (py - view.y) / view.scale;
  for (let v = 0; v < N; v++) { const b = boxes[v]; if (x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3] && inside(v, x, y)) return v; }
  return -1;
};
const held = new Map();
let moved = 0, spread = 0;
canvas.addEventListener("pointerdown", e => { canvas.setPointerCapture(e.pointerId); held.set(e.pointerId, at(e)); moved = 0; spread = 0; });
canvas.addEventListener("pointermove", e => {
  const now = at(e), before = held.get(e.pointerId);
  if (!before) { hover(now); return; }
  held.set(e.pointerId, now);
  const list = [...held.values()];
  if (list.length === 1) {
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    view.x += now[0] - before[0]; view.y += now[1] - before[1]; ask();
  } else {
    const [a, b] = list, far = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (spread) zoom(far / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    spread = far; moved = 99;
  }
});
const release = e => {
  if (held.delete(e.pointerId) && e.type === "pointerup" && moved < 6) choose(villageAt(...at(e)), false);
  spread = 0;
};
canvas.addEventListener("pointerup", release);
canvas.addEventListener("pointercancel", release);
canvas.addEventListener("pointerleave", () => hover(null));
canvas.addEventListener("wheel", e => { e.preventDefault(); zoom(Math.exp(-e.deltaY * 0.0016), ...at(e)); }, { passive: false });
canvas.addEventListener("keydown", e => {
  const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[e.key];
  if (state.scene >= 0 && (e.key === "ArrowLeft" || e.key === "ArrowRight")) { scene(state.scene + (e.key === "ArrowRight" ? 1 : -1)); e.preventDefault(); return; }
  if (step) { view.x += step[0]; view.y += step[1]; ask(); e.preventDefault(); }
  if (e.key === "+" || e.key === "=") zoom(1.4, ...middle());
  if (e.key === "-") zoom(1 / 1.4, ...middle());
  if (e.key === "Escape") { scene(-1); choose(-1, false); }
});
const hover = place => {
  const village = place ? villageAt(...place) : -1, tip = $("tip");
  if (village !== state.hover) { state.hover = village; ask(); }
  tip.style.display = village < 0 ? "none" : "block";
  if (village < 0) return;
  const m = current();
  tip.textContent = D.villages[village][0] + (measured() ? "  " + number(figure(m.measure, m.year, village), m.measure) : "");
  tip.style.left = Math.min(place[0] + 14, canvas.clientWidth - 180) + "px"; tip.style.top = (place[1] + 16) + "px";
};

// ---- choosing
const choose = (village, fly) => {
  state.selected = village;
  if (village >= 0) { state.tab = "card"; if (fly) { const b = boxes[village]; const w = Math.max(b[2] - b[0], b[3] - b[1]) * 2; fit([b[0] - w, b[1] - w, b[2] + w, b[3] + w], 1); } }
  show(); ask();
};
const show = () => { head(); legend(); panel(); story(); };
const shift = (theme, measure, year) => {
  const list = D.maps.map((m, i) => [m, i]).filter(([m]) => m.theme === theme);
  const same = list.filter(([m]) => measure == null || m.measure === measure);
  const of = same.length ? same : list.filter(([m]) => m.measure === list[0][0].measure);
  const found = of.find(([m]) => m.year === year) || of[of.length - 1] || list[0];
  if (found && found[1] !== state.map) { state.map = found[1]; layers = null; }
  show(); ask();
};
const head = () => {
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  $("title").textContent = say(D.title); $("stamp").textContent = say(D.stamp); $("notice").textContent = say(D.notice);
  $("source").textContent = say(D.source) + "  " + say(D.date);
  const m = current(), nav = $("themes");
  nav.replaceChildren(...themes.map(t => {
    const b = make("button", say(D.themes[t])); b.type = "button"; b.setAttribute("role", "tab"); b.setAttribute("aria-selected", String(t === m.theme));
    b.onclick = () => shift(t, null, m.year); return b;
  }));
  const options = (select, list, chosen, then, label) => {
    select.replaceChildren(...list.map(([value, text]) => { const o = make("option", text); o.value = value; o.selected = value === String(chosen); return o; }));
    select.setAttribute("aria-label", label); select.onchange = () => then(select.value); select.style.display = list.length > 1 ? "" : "none";
  };
  const measures = [...new Set(D.maps.filter(x => x.theme === m.theme).map(x => x.measure))];
  options($("measure"), measures.map(i => [String(i), say(D.indicators[i].name)]), m.measure, v => shift(m.theme, Number(v), m.year), words("measure"));
  const years = D.maps.filter(x => x.theme === m.theme && x.measure === m.measure).map(x => x.year);
  options($("year"), years.map(y => [y, y]), m.year, v => shift(m.theme, m.measure, v), words("year"));
  $("search").placeholder = words("search"); $("search").setAttribute("aria-label", words("search"));
  $("language").textContent = lang === "en" ? "中文" : "English";
  for (const [id, key] of [["in", "in"], ["out", "out"], ["fit", "fit"]]) $(id).setAttribute("aria-label", words(key));
  canvas.setAttribute("aria-label", [say(D.title), measured() && say(measured().name), m.year].filter(Boolean).join(" · "));
};
const legend = () => {
  const m = current(), i = measured(), box = $("legend");
  box.style.display = i ? "" : "none";
  if (!i) return;
  const unit = say(i.unit);
  // On a small screen it hides too much of the map: its title opens it.
  const head = make("button", say(i.name) + (unit ? " (" + unit + ")" : "") + (m.year ? " · " + m.year : "")); head.type = "button";
  const fold = () => { box.classList.toggle("folded", state.folded); head.setAttribute("aria-expanded", String(!state.folded)); };
  head.onclick = () => { state.folded = !state.folded; fold(); };
  box.replaceChildren(head); fold();
  const row = (label, count, colour) => {
    const r = make("div", null, "row"), s = make("span", null, colour ? "swatch" : "swatch hatch");
    if (colour) s.style.background = colour;
    r.append(s, make("span", label), make("span", String(count), "n")); box.append(r);
  };
  [...m.legend].reverse().forEach(x => row(say(x.label), x.count, x.colour));
  if (m.missing) row(words("missing"), m.missing, null);
  for (const k of D.facilities.kinds.filter(k => k.theme === m.theme)) {
    const r = make("div", null, "row"), s = make("span", null, "swatch"); s.style.background = k.colour; s.style.width = s.style.height = "11px"; s.style.borderRadius = "50%"; s.style.margin = "0 6px";
    r.append(s, make("span", say(k.name)), make("span", String(k.count), "n")); box.append(r);
  }
};
const tabs = () => {
  const list = [["card", "village"]];
  if (D.scenes.length) list.unshift(["story", "story"]);
  if (D.charts.some(c => c.measure === current().measure)) list.push(["charts", "charts"]);
  if (D.gaps.length) list.push(["gaps", "gaps"]);
  $("tabs").replaceChildren(...list.map(([id, key]) => {
    const b = make("button", words(key)); b.type = "button"; b.setAttribute("role", "tab"); b.setAttribute("aria-selected", String(state.tab === id));
    b.onclick = () => { state.tab = id; show(); ask(); }; return b;
  }));
};
const panel = () => {
  tabs();
  const box = $("panel"); box.replaceChildren();
  if (state.tab === "gaps") return gaps(box);
  if (state.tab === "charts") return charts(box);
  if (state.tab === "story") return scenes(box);
  card(box);
};
// The namespace of drawings: a name, and nothing that is fetched.
const DRAWING = ["http:", "", "www.w3.org", "2000", "svg"].join("/");
const charts = box => {
  for (const c of D.charts.filter(c => c.measure === current().measure)) {
    const d = make("div", null, "chart");
    const own = new DOMParser().parseFromString(say(c.svg).replace("<svg ", '<svg xmlns="' + DRAWING + '" '), "image/svg+xml");
    d.append(document.importNode(own.documentElement, true));
    box.append(make("h3", say(c.name)), d);
  }
};
const card = box => {
  const v = state.selected;
  if (v < 0) { box.append(make("p", words("choose"), "quiet")); return; }
  const village = D.villages[v], m = current();
  box.append(make("h2", village[0]), make("div", [village[2], village[3], village[1]].filter(Boolean).join(" · "), "quiet"));
  for (const theme of Object.keys(D.themes)) {
    const list = D.indicators.map((x, i) => [x, i]).filter(([x]) => x.theme === theme);
    const rows = list.map(([x, i]) => [x, i, figure(i, m.year, v)]).filter(([, , value]) => value != null);
    if (!rows.length) continue;
    box.append(make("h3", say(D.themes[theme])));
    const table = make("table");
    for (const [x, i, value] of rows) { const tr = make("tr"); tr.append(make("td", say(x.name)), make("td", number(value, i))); table.append(tr); }
    box.append(table);
  }
  const own = D.gaps.filter(g => g.v === v);
  if (own.length) { box.append(make("h3", words("gaps"))); own.forEach(g => box.append(gap(g))); }
  for (const photo of D.photos[v] || []) { const img = make("img"); img.src = photo; img.alt = village[0]; box.append(img); }
};
const gap = g => {
  const b = make("button", null, "gap"), dot = make("span", null, "dot");
  b.type = "button"; dot.style.background = D.severities[g.s].colour;
  b.append(dot, make("strong", (g.v >= 0 ? D.villages[g.v][0] + " · " : "") + say(g.rule)), make("div", say(g.why), "quiet"));
  b.onclick = () => { if (g.v >= 0) choose(g.v, true); };
  return b;
};
const gaps = box => {
  const bar = make("nav");
  for (const s of ["", ...Object.keys(D.severities)]) {
    const n = s ? D.gaps.filter(g => g.s === s).length : D.gaps.length;
    if (!n) continue;
    const b = make("button", (s ? say(D.severities[s].name) : words("all")) + " " + n); b.type = "button"; b.setAttribute("aria-pressed", String(state.severity === s));
    b.onclick = () => { state.severity = s; show(); ask(); }; bar.append(b);
  }
  box.append(bar);
  const shown = D.gaps.filter(g => !state.severity || g.s === state.severity);
  shown.slice(0, MOST_LISTED).forEach(g => box.append(gap(g)));
  if (shown.length > MOST_LISTED) box.append(make("p", words("more-gaps").replace("{n}", shown.length - MOST_LISTED), "quiet"));
};
const scenes = box => D.scenes.forEach((s, i) => {
  const b = make("button", null, "gap"); b.type = "button"; b.setAttribute("aria-pressed", String(i === state.scene));
  b.append(make("strong", (i + 1) + "  " + say(s.name)), make("div", say(s.title), "quiet"));
  b.onclick = () => scene(i); box.append(b);
});
const scene = i => {
  if (i >= D.scenes.length) return;
  state.scene = i;
  if (i < 0) { show(); return; }
  const s = D.scenes[i];
  if (s.map != null && s.map !== state.map) { state.map = s.map; layers = null; }
  state.selected = s.village;
  fit(s.box || all, s.box ? 1 : 0.92);
  state.tab = "story"; show(); ask();
};
const story = () => {
  const box = $("story"), s = D.scenes[state.scene];
  box.style.display = s ? "block" : "none"; box.replaceChildren();
  $("map").classList.toggle("telling", Boolean(s));
  if (!s) return;
  box.append(make("h2", say(s.title) || say(s.name)));
  if (say(s.note)) box.append(make("p", say(s.note)));
  const bar = make("div", null, "row");
  const go = (text, to) => { const b = make("button", text); b.type = "button"; b.disabled = to >= D.scenes.length; b.onclick = () => scene(to); bar.append(b); };
  if (state.scene > 0) go(words("before"), state.scene - 1);
  go(words("next"), state.scene + 1); go(words("end"), -1);
  bar.append(make("span", (state.scene + 1) + " / " + D.scenes.length, "quiet")); box.append(bar);
};

// ---- searching: names, pinyin in full, cut short or by initials, codes
const answers = (query, readings, k, i) => {
  if (k === query.length) return true;
  if (i >= readings.length) return false;
  for (const r of readings[i]) {
    for (let n = Math.min(r.length, query.length - k); n > 0; n--) {
      if (query.startsWith(r.slice(0, n), k) && answers(query, readings, k + n, i + 1)) return true;
    }
  }
  return false;
};
const readings = D.villages.map(v => {
  const own = v[4].split(" ").map(r => r.split("/"));
  return [...v[0]].map((c, i) => [c.toLowerCase(), ...(own[i] || []).filter(Boolean)]);
});
const find = text => {
  const query = text.trim().toLowerCase().replace(/\s+/g, "");
  if (!query) return [];
  const found = [];
  for (let v = 0; v < N; v++) {
    const name = D.villages[v][0].toLowerCase();
    const rank = name.startsWith(query) ? 0 : name.includes(query) ? 1 : D.villages[v][1].startsWith(query) && query.length > 2 ? 2
      : readings[v].some((_, i) => answers(query, readings[v], 0, i)) ? 3 : -1;
    if (rank >= 0) found.push([rank, name.length, v]);
  }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).slice(0, 12).map(x => x[2]);
};
let hit = 0;
const hits = () => {
  const list = find($("search").value);
  hit = Math.min(hit, Math.max(list.length - 1, 0));
  $("hits").replaceChildren(...list.map((v, i) => {
    const li = make("li", D.villages[v][0]); li.append(make("small", "  " + D.villages[v][2]));
    li.setAttribute("role", "option"); li.setAttribute("aria-selected", String(i === hit));
    li.onmousedown = e => { e.preventDefault(); take(v); }; return li;
  }));
  return list;
};
const take = v => { $("search").value = ""; hits(); choose(v, true); };
$("search").addEventListener("input", () => { hit = 0; hits(); });
$("search").addEventListener("blur", () => $("hits").replaceChildren());
$("search").addEventListener("keydown", e => {
  const list = find($("search").value);
  if (e.key === "ArrowDown") { hit = Math.min(hit + 1, list.length - 1); hits(); e.preventDefault(); }
  if (e.key === "ArrowUp") { hit = Math.max(hit - 1, 0); hits(); e.preventDefault(); }
  if (e.key === "Enter" && list.length) take(list[hit]);
  if (e.key === "Escape") { $("search").value = ""; hits(); canvas.focus(); }
});

$("in").onclick = () => zoom(1.5, ...middle());
$("out").onclick = () => zoom(1 / 1.5, ...middle());
$("fit").onclick = () => fit(all);
$("language").onclick = () => { lang = lang === "en" ? "zh" : "en"; show(); ask(); };
window.addEventListener("resize", ask);
window.addEventListener("beforeprint", () => { draw(); });
state.map = Math.max(0, D.maps.findIndex((m, i) => i === D.first));
show();
requestAnimationFrame(() => fit(all));
})();
