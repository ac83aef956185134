'use strict';
const { closeSync, fstatSync, openSync, readFileSync, statSync } = require('node:fs');
const { Script } = require('node:vm');
const filename = __filename;
// All of it at once: a file that is replaced meanwhile must not bring parts of another version in.
const file = readFileSync(filename);
// Of each part: how far before the end of this file it begins, its length, the line before it, and whether it may be
// there compiled.
const index = new Map(Object.entries(INDEX));
const loaded = new Map();
let compiled;
function need(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const place = index.get(name);
  if (place === undefined) return require(name);
  const [fromEnd, length, line, early] = place;
  const begins = file.length - fromEnd;
  const head = '/* ' + name + '\n';
  if (file.toString('latin1', begins - head.length, begins) !== head) {
    throw new Error(filename + ' was replaced while it started');
  }
  const code = file.toString('latin1', begins, begins + length).replaceAll('*@@/', '*/');
  if (early) compiled ??= readCompiled();
  // Another version of V8, or one with other flags, does not take it and compiles the code itself.
  const cachedData = early ? compiled.get(name) : undefined;
  const script = new Script(code, { filename, lineOffset: line, cachedData });
  const module = { exports: {} };
  loaded.set(name, module);
  script.runInThisContext()(module.exports, need, module, need);
  return module.exports;
}
// What V8 made of the parts at the build, if it lies beside this file. It is code as this file is, so it must be of the
// same build, the same owner's, and open to nobody else.
function readCompiled() {
  const found = new Map();
  let handle;
  try {
    handle = openSync(filename + '.compiled', 'r');
    const { uid, mode } = fstatSync(handle);
    if (uid !== statSync(filename).uid || (mode & 0o022) !== 0) return found;
    const bytes = readFileSync(handle);
    const end = bytes.indexOf(10);
    const { build, places } = JSON.parse(bytes.toString('latin1', 0, end));
    if (build !== BUILD) return found;
    for (const [name, [at, length]] of Object.entries(places)) {
      found.set(name, bytes.subarray(end + 1 + at, end + 1 + at + length));
    }
  } catch {
    // It only makes the start faster.
    found.clear();
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
  return found;
}
need('./main.js');
