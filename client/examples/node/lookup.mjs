// Asks a portreg server, from Node.js.
//
//   node lookup.mjs [TARGET [PROTO_DIRECTORY]]
//
// TARGET is a gRPC target, 127.0.0.1:6335 by default. PROTO_DIRECTORY contains
// portreg/v1/port_registry_service.proto; the default is the repository's.
import {randomUUID} from 'node:crypto';
import {fileURLToPath} from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const CALL_MS = 2_000;  // a call without a deadline may wait for ever
const LISTING_MS = 30_000;
const LISTING_ATTEMPTS = 3;  // in a row without a message

const [target = '127.0.0.1:6335',
       protoDirectory = fileURLToPath(new URL('../../../proto', import.meta.url))] =
    process.argv.slice(2);

// With `defaults`, fields with the value zero are present. The ports of a record
// without a port are still absent, because 0 is a port.
const definition = protoLoader.loadSync(
    ['portreg/v1/port_registry_service.proto',
     'portreg/errordetails/v1/error_details.proto'],
    {includeDirs: [protoDirectory], longs: String, enums: String, defaults: true});
const {PortRegistryService} = grpc.loadPackageDefinition(definition).portreg.v1;

// Returns metadata that the server sends back, so that logs can be joined.
function tracing(options) {
  const metadata = new grpc.Metadata(options);
  metadata.set('x-request-id', randomUUID());
  return metadata;
}

// Resolves to the answer of a call; rejects with grpc.ServiceError.
function call(client, method, request) {
  return new Promise((resolve, reject) => {
    client[method](request, tracing(), {deadline: Date.now() + CALL_MS},
                   (error, answer) => error ? reject(error) : resolve(answer));
  });
}

// Returns why a call failed: a name of ErrorReason without its prefix. Empty if
// gRPC itself ended the call, as it does for UNAVAILABLE.
function reasonOf(error) {
  const message = (name) => definition[`portreg.errordetails.v1.${name}`];
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (bytes === undefined) return '';
  // These have the wire format of google.rpc.Status and google.rpc.ErrorInfo.
  for (const detail of message('Status').deserialize(bytes).details) {
    if (detail.type_url.endsWith('/google.rpc.ErrorInfo')) {
      return message('ErrorInfo').deserialize(detail.value).reason;
    }
  }
  return '';
}

// Returns a failure for people: its code, its reason if any, its message.
function textOf(error) {
  const what = `${grpc.status[error.code]} ${reasonOf(error)}`.trim();
  return `${what}: ${error.details}`;
}

// Yields each record of a ListRangeRequest once. If the stream breaks, continues
// with the resume token of the last message. ABORTED (REVISION_CHANGED) means that
// the registry has changed since: start again.
async function* listRecords(client, request) {
  let resumeToken = '';
  let attempts = LISTING_ATTEMPTS;
  for (;;) {
    try {
      const stream = client.ListRange({...request, resumeToken},
                                      tracing({waitForReady: resumeToken !== ''}),
                                      {deadline: Date.now() + LISTING_MS});
      for await (const message of stream) {
        resumeToken = message.resumeToken;
        attempts = LISTING_ATTEMPTS;
        yield* message.records;
      }
      return;
    } catch (error) {
      if (error.code !== grpc.status.UNAVAILABLE || --attempts === 0) throw error;
    }
  }
}

// Returns a record for people.
function lineOf({firstPort, lastPort, transport, service, description}) {
  let ports = '-';  // a name without a port
  if (firstPort !== undefined) {
    ports = firstPort === lastPort ? `${firstPort}` : `${firstPort}-${lastPort}`;
  }
  if (transport !== 'TRANSPORT_UNSPECIFIED') {
    // A transport of a later server that this program does not know is a number.
    ports += '/' + `${transport}`.replace(/^TRANSPORT_/, '').toLowerCase();
  }
  return `${ports} ${service || '(no name)'}: ${description}`;
}

async function showLookups(client) {
  for (const key of [{port: 2082}, {service: 'AirPlay'}]) {
    const answer = await call(client, 'Lookup', key);
    for (const record of answer.records) console.log(lineOf(record));
  }
}

async function showRefusal(client) {
  try {
    await call(client, 'Lookup', {service: 'no-such-name'});
  } catch (error) {
    console.log(textOf(error));
  }
}

async function showListing(client) {
  const listed = [];
  for await (const record of listRecords(client, {layers: ['LAYER_COMMON']})) {
    listed.push(record);
  }
  console.log(`${listed.length} records, from ${lineOf(listed[0])}`);
}

async function showSearch(client) {
  const found = await call(client, 'Search', {query: 'control panel', maxResults: 2});
  for (const {record} of found.matches) console.log(lineOf(record));
  console.log(`${found.matches.length} of ${found.totalCount} matches`);
  const {similarServices} = await call(client, 'Search', {query: 'kerbberos'});
  console.log(`did you mean ${similarServices.join(', ')}?`);
}

// Says what speaks against two ports for a service.
async function showCheck(client) {
  const claims = [6000, 7109].map((firstPort) => (
      {firstPort, transports: ['TRANSPORT_TCP'], service: 'ledger', owner: 'payments'}));
  const {results} = await call(client, 'Check', {claims});
  results.forEach(({findings}, i) => {
    for (const {severity, message} of findings) {
      // A severity of a later server that this program does not know is a number.
      const name = `${severity}`.replace(/^SEVERITY_/, '').toLowerCase();
      console.log(`${claims[i].firstPort}: ${name}: ${message}`);
    }
  });
}

// Asks for a port that nothing speaks against.
async function showSuggestion(client) {
  const {ports, freeCount, candidateCount} = await call(client, 'Suggest', {
    firstPort: 28500, lastPort: 28599, service: 'ledger', owner: 'payments', key: 'ledger'});
  console.log(`use ${ports.join(', ') || 'no port'}: ` +
              `${freeCount} of ${candidateCount} ports are free`);
}

const client = new PortRegistryService(target, grpc.credentials.createInsecure());
try {
  await showLookups(client);
  await showRefusal(client);
  await showListing(client);
  await showSearch(client);
  await showCheck(client);
  await showSuggestion(client);
} catch (error) {
  if (error.metadata === undefined) throw error;  // not the error of a call
  console.error(textOf(error));
  process.exitCode = 1;
} finally {
  client.close();
}
