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
process.stdin.on('end', shutDown).on('error', shutDown);

// The host names the containers whose uploads it wants to be told of, a line each. A blob that is stored there whole is then told by a line
// with its path as the request has it, as Event Grid tells of blobs in Azure. An append or page blob is created empty and filled later.
const watched = new Set();
require('readline')
  .createInterface({ input: process.stdin })
  .on('line', (container) => watched.add(container))
  .on('error', shutDown); // It passes the errors of its input on, and one that nobody hears would end Azurite before it has saved.

function tellOfUpload(request, response) {
  const [path, query] = request.url.split('?', 2);
  const [, , container, ...name] = path.split('/');
  const part = new URLSearchParams(query).get('comp');
  const isWhole = part === 'blocklist' || (part === null && ['BlockBlob', undefined].includes(request.headers['x-ms-blob-type']));
  if (!watched.has(container) || name.length === 0 || !isWhole) return;
  response.once('finish', () => {
    if (response.statusCode === 201 || response.statusCode === 202) log(`uploaded ${container}/${name.join('/')}`);
  });
}

// Azurite's key is public, and a request whose signature is in its address needs no header that a browser would ask about first: any web
// page could write messages, and one whose name leads to 127.0.0.1 (DNS rebinding) could read everything. As the local host does for
// itself, requests for another host, and those of web pages, are refused.
const { Server } = require('http');
const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response) {
  if (event !== 'request' || isOwn(request.headers)) {
    if (event === 'request' && request.method === 'PUT') tellOfUpload(request, response);
    return emit.apply(this, arguments);
  }
  response.writeHead(403, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' });
  response.end('Storage on this machine is for its programs, at 127.0.0.1, and not for web pages.');
  request.resume();
  return true;
};

function isOwn(headers) {
  const name = (headers.host ?? '').toLowerCase().replace(/:[0-9]+$/, '');
  return (['127.0.0.1', '[::1]', 'localhost'].includes(name) || name.endsWith('.localhost'))
    && headers.origin === undefined
    && !['cross-site', 'same-site'].includes(headers['sec-fetch-site']);
}

// Its telemetry is off and its metadata is in files, but Azurite loads the libraries of both, which takes a third of its start.
if (process.env.AZURITE_DB === undefined) {
  const Module = require('module');
  const load = Module._load;
  const unused = new Proxy({}, { get: () => class {} });
  Module._load = function (name, ...rest) {
    return name === 'applicationinsights' || name === 'sequelize' ? unused : load.call(this, name, ...rest);
  };
}

require('azurite/dist/src/azurite.js');
