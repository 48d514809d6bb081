// Runs Azurite for as long as standard input stays open.
//
// The local host holds the other end of that pipe. When the host stops, or is killed in a way that runs no
// code of its own, the pipe closes and Azurite shuts down as it would on SIGTERM: it saves its tables first.
'use strict';

// Ctrl-C reaches every process of the terminal's group, but storage must outlive the functions that use it:
// the host decides when it goes, so Azurite's own SIGINT handler is not installed.
const once = process.once;
process.once = function (event, ...rest) {
  return event === 'SIGINT' ? this : once.call(this, event, ...rest);
};
process.on('SIGINT', () => {});

// A killed host reads no output any more; writing to it must not end Azurite before it has saved.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// Each service says so when it has saved its data. What else keeps the event loop busy then, such as a client's
// idle connection, is of no consequence.
const log = console.log;
let closed = 0;
console.log = (...line) => {
  log(...line);
  if (/successfully closed/.test(line[0]) && ++closed === 3) process.exit(0);
};

let closing = false;
function shutDown() {
  if (closing) return;
  closing = true;
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(0), 8000).unref();
}
process.stdin.on('end', shutDown).on('error', shutDown).resume();

require('azurite/dist/src/azurite.js');
