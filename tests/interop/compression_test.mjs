// Sends calls with compressed requests by grpc-js. Each must be refused with
// UNIMPLEMENTED and the name of the encoding. The same calls without
// compression must not be refused.
//
//   node compression_test.mjs --target=127.0.0.1:6335 --admin=127.0.0.1:6336
//
// Prints what differs. Exits with 1 if anything differs.
import {parseArgs} from 'node:util';

import grpc from '@grpc/grpc-js';

const CALL_MS = 15_000 * Number(process.env.PORTREG_TEST_PATIENCE ?? 1);
const SERVICE = '/portreg.v1.PortRegistryService';
const HEALTH = '/grpc.health.v1.Health';
const REFLECTION = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo';
// A request that is long enough to be compressed: a field of 127 bytes.
const REQUEST = Buffer.concat([Buffer.from([0x0a, 0x7f]), Buffer.alloc(127, 'x')]);
const ENCODINGS = {deflate: 1, gzip: 2};

const {values: flags} = parseArgs({options: {
  'target': {type: 'string'}, 'admin': {type: 'string'}}});
const METHODS = [
  ...['Lookup', 'BatchLookup', 'Classify', 'Check', 'Suggest', 'Search', 'GetRegistryInfo'].map(
      (name) => [flags.target, `${SERVICE}/${name}`, 'unary']),
  ...['ListRange', 'Watch'].map((name) => [flags.target, `${SERVICE}/${name}`, 'server']),
  ...[flags.target, flags.admin].flatMap((address) => [
    [address, `${HEALTH}/Check`, 'unary'], [address, `${HEALTH}/Watch`, 'server'],
    [address, REFLECTION, 'both']])];

const same = (bytes) => bytes;

// Returns how a call ends, or begins to be answered: {code, details}.
function ask(address, path, streams, options) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(),
                                 {'grpc.enable_http_proxy': 0, 'grpc.enable_retries': 0,
                                  ...options});
  const terms = [path, same, same];
  const rest = [new grpc.Metadata(), {deadline: Date.now() + CALL_MS}];
  return new Promise((resolve) => {
    if (streams === 'unary') {
      client.makeUnaryRequest(...terms, REQUEST, ...rest, (error) => resolve(error ?? {code: 0}));
      return;
    }
    const call = streams === 'server' ? client.makeServerStreamRequest(...terms, REQUEST, ...rest) :
                                        client.makeBidiStreamRequest(...terms, ...rest);
    call.on('data', () => { resolve({code: 0}); call.cancel(); });
    call.on('error', resolve);
    call.on('end', () => resolve({code: 0}));
    if (streams === 'both') call.end(REQUEST);
  }).finally(() => client.close());
}

for (const [address, path, streams] of METHODS) {
  for (const [name, algorithm] of Object.entries(ENCODINGS)) {
    const {code, details} = await ask(
        address, path, streams, {'grpc.default_compression_algorithm': algorithm});
    if (code !== grpc.status.UNIMPLEMENTED || !details.includes(name)) {
      console.log(`${path} by ${name}: ${grpc.status[code]}: ${details}`);
      process.exitCode = 1;
    }
  }
  const {code, details} = await ask(address, path, streams, {});
  if (code === grpc.status.UNIMPLEMENTED || code === grpc.status.DEADLINE_EXCEEDED) {
    console.log(`${path} without compression: ${grpc.status[code]}: ${details}`);
    process.exitCode = 1;
  }
}
