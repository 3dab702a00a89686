/* What the server's forms/conditions.py, scores.py, page.py and wording.py say, once more for the page that is being typed:
   conditions, scores, numbers, times, shortened words. No page is touched here. One list of cases is run against both (tests/forms/rules.json). */
"use strict";

window.benhanRules = (function () {
  const number = (text) => {
    const plain = String(text).replace(/ /g, "").replace(",", ".");
    return /^-?\d{1,15}$/.test(plain) || /^-?\d{1,12}\.\d{1,8}$/.test(plain) ? Number(plain) : null;
  };
  /* 8:05, 8h05, 8h, 0805 as 08:05; null when it is no time. */
  const time = (text) => {
    const m = /^(\d{1,2})(?:[:hg.]([0-5]?\d)?|([0-5]\d))$/.exec(String(text).trim());
    if (!m || Number(m[1]) > 23) return null;
    return `${m[1].padStart(2, "0")}:${(m[2] || m[3] || "0").padStart(2, "0")}`;
  };

  /* ---------- conditions ---------- */
  const spelled = (value) => (value === null || value === undefined ? "" : String(value));
  const asNumber = (value) => {
    if (typeof value === "number") return value;
    return typeof value === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : null;
  };
  const ORDER = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };
  function term({ op, values }, actual) {
    const given = Array.isArray(actual) ? actual.map(spelled) : [spelled(actual)];
    if (op === "==" || op === "in") return values.some((v) => given.includes(v));
    if (op === "!=") return !given.includes(values[0]);
    const n = asNumber(actual);
    return n !== null && ORDER[op](n, Number(values[0]));
  }
  /* groups: any of them, in each all terms; `valueOf(name)` gives a value, a list, or null. */
  const holds = (groups, valueOf) => !groups.length || groups.some((all) => all.every((t) => term(t, valueOf(t.name))));

  /* ---------- scores ---------- */
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const FORMULAS = {
    sum,
    difference: (v) => v[0] - sum(v.slice(1)),
    bmi: ([weight, height]) => (height > 0 ? weight / (height / 100) ** 2 : null),
    body_surface: ([weight, height]) => (weight > 0 && height > 0 ? Math.sqrt((weight * height) / 3600) : null),
    mean_pressure: ([systolic, diastolic]) => evenly((systolic + 2 * diastolic) / 3),
  };
  /* Halves go to the even neighbour, as the server rounds. */
  function evenly(value) {
    const below = Math.floor(value);
    return value - below === 0.5 ? below + (below % 2) : Math.round(value);
  }
  function twoDecimals(value) {
    const text = Math.abs(value) < 1e15 ? value.toFixed(2) : String(value);
    const halfway = /^-?\d+\.\d\d5$/.test(String(value));
    return halfway ? Number(evenHundredth(String(value))) : Number(text);
  }
  function evenHundredth(text) {
    // 0.125 is exact in the machine and goes to 0.12; 1.005 is not and toFixed knows on which side it lies.
    const exact = Number.isInteger(Number(text) * 8);
    if (!exact) return Number(text).toFixed(2);
    return (evenly(Math.round(Math.abs(Number(text)) * 1000) / 10) / 100) * Math.sign(Number(text));
  }
  /* spec: {formula, of, partial}; pointsOf(name) gives points or null. Null while answers are missing. */
  function score(spec, pointsOf) {
    const found = spec.of.map(pointsOf);
    const known = found.filter((p) => p !== null);
    if (!known.length || (known.length < found.length && !(spec.partial && spec.formula === "sum"))) return null;
    const value = FORMULAS[spec.formula](known);
    return value === null || !Number.isFinite(value) ? null : twoDecimals(value);
  }
  const band = (bands, value) => (value === null ? null : bands.find((b) => b.from <= value && value <= b.to) || null);

  /* ---------- shortened words in a text, as forms/wording.py finds them ---------- */
  const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const ROMAN = /^[IVX]+$/;
  const LOUD = /^\p{Lu}+$/u;
  const SHOUTED_RUN = 3;  // so many words in capitals one after the other are a heading or a name
  /* Words of two to five capitals that stand alone. */
  function inCapitals(text) {
    const runs = [];
    let before = null;
    for (const m of text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
      const loud = LOUD.test(m[0]);
      if (loud && before && /^[ \t]*$/.test(text.slice(before.index + before[0].length, m.index))) runs[runs.length - 1].push(m);
      else if (loud) runs.push([m]);
      before = loud ? m : null;
    }
    return runs.filter((run) => run.length < SHOUTED_RUN).flat()
      .filter((m) => /^.{2,5}$/u.test(m[0]) && !ROMAN.test(m[0]));
  }
  /* words: the facility's list; allowed: capitals that are no abbreviation. Gives text → [{at, word, listed}], in NFC. */
  function finder(words, allowed = []) {
    const longest = [...words].sort((a, b) => b.length - a.length).map(quoted).join("|");
    const pattern = words.length ? new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_])(?:${longest})(?![\\p{L}\\p{M}\\p{N}_])`, "gu") : null;
    const known = new Set([...words, ...allowed]);
    return (given) => {
      const text = given.normalize("NFC");
      const listed = pattern ? [...text.matchAll(pattern)].map((m) => ({ at: m.index, word: m[0], listed: true })) : [];
      const inside = (at) => listed.some((w) => w.at <= at && at < w.at + w.word.length);
      const others = inCapitals(text).filter((m) => !known.has(m[0]) && !inside(m.index)).map((m) => ({ at: m.index, word: m[0], listed: false }));
      return [...listed, ...others].sort((a, b) => a.at - b.at);
    };
  }
  /* The places of a ready-made text still to be filled in: ___ and {tuổi}. */
  const GAP = /_{3,}|\{[^{}\n]{1,40}\}/g;
  const gaps = (text) => [...text.matchAll(GAP)].map((m) => ({ at: m.index, gap: m[0] }));
  /* For search: lower case, no marks, đ as d. */
  const fold = (text) => text.normalize("NFC").toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
  return { number, time, holds, score, band, finder, gaps, fold };
})();
