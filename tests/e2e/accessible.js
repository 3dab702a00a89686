// What a page must keep for people who see little, hear the page read or use keys only (WCAG 2.2 AA). Returns faults.
() => {
  const faults = [];
  const seen = (e) => { const b = e.getBoundingClientRect(); const s = getComputedStyle(e); return b.width > 0 && b.height > 0 && s.visibility !== "hidden" && !e.closest("[hidden], .visually-hidden, .skip-link"); };
  const tell = (what, e) => faults.push(`${what}: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 140)}`);
  const named = (e) => {
    const by = (e.getAttribute("aria-labelledby") || "").split(" ").map((i) => document.getElementById(i)).filter(Boolean).map((n) => n.textContent).join("");
    const labels = e.labels ? [...e.labels].map((l) => l.textContent).join("") : "";
    const inner = [...e.querySelectorAll("[aria-label], img[alt]")].map((n) => n.getAttribute("aria-label") || n.alt).join("");
    const own = /^(A|BUTTON|SUMMARY)$/.test(e.tagName) ? e.textContent + inner : "";
    return (by + labels + own + (e.getAttribute("aria-label") || "") + (e.getAttribute("title") || "")).trim();
  };
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  for (const mark of ["main", "h1"]) if (document.querySelectorAll(mark).length !== 1) faults.push(`not exactly one ${mark}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((i, n) => ids.indexOf(i) !== n))) faults.push(`id twice: ${id}`);
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) { const n = Number(h.tagName[1]); if (level && n > level + 1) tell("heading skips a level", h); level = n; }
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href], summary, canvas[tabindex]")) if (seen(e) && !named(e)) tell("no name", e);
  for (const e of document.querySelectorAll("img:not([alt])")) tell("no alt", e);
  for (const e of document.querySelectorAll("th:not([scope])")) if (e.closest("tbody") || !e.closest("thead")) tell("th without scope", e);
  for (const e of document.querySelectorAll("[aria-describedby], [aria-controls]")) {
    for (const i of (e.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)) if (!document.getElementById(i)) tell(`describes by nothing (${i})`, e);
  }
  // targets: 24 px, but for links inside text and boxes with a label around them
  for (const e of document.querySelectorAll("a[href], button, select, summary, input:not([type=hidden])")) {
    const b = e.getBoundingClientRect();
    if (!seen(e) || e.closest("label") || getComputedStyle(e).display === "inline" || e.matches("[type=checkbox], [type=radio]")) continue;
    if (b.height < 23.5 || b.width < 23.5) tell(`target ${Math.round(b.width)}x${Math.round(b.height)}`, e);
  }
  // contrast of every text against what is painted behind it
  const colour = (t) => { const m = t.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = (e) => { for (let n = e; n; n = n.parentElement) { const c = colour(getComputedStyle(n).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const done = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || done.has(e) || !seen(e) || e.closest("svg, [disabled], script, style, template")) continue;
    done.add(e);
    const s = getComputedStyle(e);
    const [one, two] = [light(colour(s.color)), light(behind(e))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const big = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.6 && Number(s.fontWeight) >= 700);
    if (ratio < (big ? 3 : 4.5)) tell(`contrast ${ratio.toFixed(2)}`, e);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1) faults.push("wider than the screen");
  const raw = document.body.innerText.match(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|\b(?:None|undefined|NaN)\b|\b(?:records|patients|signing|access|site|archive)\.[a-z_]+\.[a-z_]+/);
  if (raw) faults.push(`a code of the program is shown: …${document.body.innerText.slice(Math.max(0, raw.index - 90), raw.index + 60).replace(/\s+/g, ' ')}`);
  return [...new Set(faults)].slice(0, 12);
}
