/* Runs every case of rules.json through ui/static/ui/rules.js and prints what it says, for test_rules.py to compare. */
"use strict";

const fs = require("fs");
const vm = require("vm");

const [script, cases] = process.argv.slice(2).map((path) => fs.readFileSync(path, "utf-8"));
const window = {};
vm.runInNewContext(script, { window });
const rules = window.benhanRules;
const given = JSON.parse(cases);
const find = rules.finder(given.short_words.words, given.short_words.allowed);
const bandsOf = (list) => list.map(([from, to], n) => ({ from, to, n }));

process.stdout.write(JSON.stringify({
  numbers: given.numbers.map(([text]) => rules.number(text)),
  times: given.times.map(([text]) => rules.time(text)),
  conditions: given.conditions.map((c) => rules.holds(c.groups, (name) => (name in c.values ? c.values[name] : null))),
  scores: given.scores.map((c) => rules.score({ formula: c.formula, partial: Boolean(c.partial), of: c.points.map((_, n) => n) }, (n) => c.points[n])),
  bands: given.bands.map((c) => { const found = rules.band(bandsOf(c.bands), c.value); return found ? found.n : null; }),
  short_words: given.short_words.cases.map(([text]) => find(text).map((w) => [w.at, w.word, w.listed])),
  gaps: given.gaps.map(([text]) => rules.gaps(text).map((g) => g.gap)),
  folds: given.folds.map(([text]) => rules.fold(text)),
}));
