'use strict';
// Required before the program: at its end, writes what V8 has made of each of its parts into the folder RECORD_CODE, by
// the line before it.
const { writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const vm = require('node:vm');

const scripts = new Map();
vm.Script = class extends vm.Script {
  constructor(code, options) {
    // It stays in the code, and is what errors call the file: not where it was built.
    super(code, { ...options, filename: basename(options.filename) });
    scripts.set(options.lineOffset, this);
  }
};
process.on('exit', () => {
  for (const [line, script] of scripts)
    writeFileSync(join(process.env.RECORD_CODE, String(line)), script.createCachedData());
});
