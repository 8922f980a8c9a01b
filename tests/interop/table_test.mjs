// Puts the questions of questions.json by a client that shares no code with the
// others: grpc-js, with the .proto files loaded while it runs.
//
//   node table_test.mjs --target=127.0.0.1:6335 --other-target=127.0.0.1:6336
//       --proto=proto --questions=tests/interop/questions.json
//
// The first server has the flags that questions.json requires. The other has
// none, so its resume tokens are of another revision. Prints what differs.
// Exits with 1 if anything differs.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const SERVICE = 'portreg.v1.PortRegistryService';
const DETAILS_KEY = 'grpc-status-details-bin';
const CALL_MS = 15_000 * Number(process.env.PORTREG_TEST_PATIENCE ?? 1);
const TYPE_PREFIX = 'type.googleapis.com/google.rpc.';

const {values: flags} = parseArgs({options: {
  'target': {type: 'string'}, 'other-target': {type: 'string'},
  'proto': {type: 'string'}, 'questions': {type: 'string'}}});
const table = JSON.parse(readFileSync(flags.questions, 'utf8')).questions;

// Messages are as near to proto3 JSON as the loader allows: names of enum
// values, camelCase fields, no absent fields, decoded details of errors.
const definition = protoLoader.loadSync(
    ['portreg/v1/port_registry_service.proto', 'google/rpc/error_details.proto',
     'google/rpc/status.proto'],
    {longs: String, enums: String, json: true, includeDirs: [
      flags.proto, path.join(path.dirname(flags.questions), 'proto')]});
const methods = definition[SERVICE];

function connect(address) {
  return new grpc.Client(address, grpc.credentials.createInsecure(),
                         {'grpc.enable_http_proxy': 0, 'grpc.enable_retries': 0});
}

// Returns the loader's message as proto3 JSON. The loader represents
// google.protobuf.Timestamp as two numbers.
function toJson(value) {
  if (Array.isArray(value)) return value.map(toJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) =>
      [key, key === 'modifyTime' ? timestamp(field) : toJson(field)]));
}

function timestamp({seconds, nanos = 0}) {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  return nanos ? `${whole}.${String(nanos).padStart(9, '0')}Z` : `${whole}Z`;
}

// Returns how a call ends: {code, messages, status}, the last from the trailer.
function ask(client, name, request) {
  const method = methods[name];
  const serialize = Buffer.isBuffer(request) ? (bytes) => bytes : method.requestSerialize;
  const options = {deadline: Date.now() + CALL_MS};
  const terms = [method.path, serialize, method.responseDeserialize, request, new grpc.Metadata(),
                 options];
  return new Promise((resolve) => {
    const end = (error, messages) => resolve(
        error ? {code: grpc.status[error.code], messages, status: statusOf(error)} :
                {code: 'OK', messages: messages.map(toJson), status: {}});
    if (!method.responseStream) {
      client.makeUnaryRequest(...terms, (error, message) => end(error, [message]));
      return;
    }
    const messages = [];
    const stream = client.makeServerStreamRequest(...terms);
    stream.on('data', (message) => messages.push(message));
    stream.on('error', (error) => end(error, messages));
    stream.on('end', () => end(null, messages));
  });
}

function statusOf(error) {
  const [bytes] = error.metadata.get(DETAILS_KEY);
  return bytes ? toJson(definition['google.rpc.Status'].deserialize(bytes)) : {};
}

// Returns where `found` does not contain `wanted`, each with its path. null
// means an absent field. Lists have equal lengths.
function differences(found, wanted, place = 'answer') {
  const show = JSON.stringify;
  if (wanted?.$matches !== undefined) {
    const right = typeof found === 'string' && new RegExp(wanted.$matches).test(found);
    return right ? [] : [`${place}: ${show(found)} is not ${show(wanted)}`];
  }
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.flatMap((item, i) => differences(found[i], item, `${place}[${i}]`));
  }
  if (isObject(wanted) && isObject(found)) {
    return Object.entries(wanted).flatMap(([key, value]) => {
      if (value !== null) return differences(found[key], value, `${place}.${key}`);
      return key in found ? [`${place}.${key}: ${show(found[key])} is there`] : [];
    });
  }
  return found === wanted ? [] : [`${place}: ${show(found)}, not ${show(wanted)}`];
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requestOf(row, revision, otherToken) {
  if (row.requestBytes !== undefined) return Buffer.from(row.requestBytes, 'hex');
  const request = {...row.request};
  if (row.fill) request[row.fill.field] = Array(row.fill.count).fill(row.fill.item);
  if (row.resumeFrom) request.resumeToken = otherToken;
  if (row.sendRevision) request.revision = revision;
  return request;
}

// Returns the answer that a row describes: all messages in one, without
// revision and resume tokens.
function answerOf(row, messages, revision) {
  for (const message of messages) assert.equal(message.revision, revision);
  if (row.method === 'ListRange') {
    for (const message of messages) assert.ok(message.resumeToken);
    return {records: messages.flatMap((message) => message.records ?? [])};
  }
  const answers = messages.map(({revision: _, ...answer}) => answer);
  return row.method === 'Watch' ? {messages: answers} : answers[0];
}

function checkRefusal(row, status) {
  const details = Object.fromEntries((status.details ?? []).map(
      ({'@type': type, ...detail}) => [type.slice(TYPE_PREFIX.length), detail]));
  assert.deepEqual(details.ErrorInfo, {reason: row.reason, domain: 'portreg'});
  const violations = details.BadRequest?.fieldViolations ?? [];
  assert.deepEqual(violations.map(({field}) => field), row.fields);
}

function checkAnswer(row, answer) {
  if (row.answer !== undefined) return assert.deepEqual(answer, row.answer);
  const {records = []} = answer;
  const found = row.summary === undefined ? answer :
      {records: records.length, first: records[0], last: records.at(-1)};
  assert.deepEqual(differences(found, row.contains ?? row.summary), []);
}

async function check(row, client, revision, otherToken) {
  const request = requestOf(row, revision, otherToken);
  const {code, messages, status} = await ask(client, row.method, request);
  assert.equal(code, row.code, JSON.stringify(status));
  if (code !== 'OK') return checkRefusal(row, status);
  checkAnswer(row, answerOf(row, messages, revision));
  if (!row.rereadEachMessage) return;
  assert.ok(messages.length > 1);
  for (const [i, {resumeToken}] of messages.entries()) {
    const rest = await ask(client, row.method, {...request, resumeToken});
    assert.deepEqual(answerOf(row, rest.messages, revision),
                     answerOf(row, messages.slice(i + 1), revision));
  }
}

const client = connect(flags.target);
const other = connect(flags['other-target']);
let differ = 0;
try {
  const [info] = (await ask(client, 'GetRegistryInfo', {})).messages;
  const listing = await ask(other, 'ListRange', {lastPort: 100});
  const otherToken = listing.messages[0].resumeToken;
  for (const row of table) {
    try {
      await check(row, client, info.revision, otherToken);
    } catch (error) {
      ++differ;
      console.log(`${row.name}: ${error.message}`);
    }
  }
} finally {
  client.close();
  other.close();
}
console.log(`${table.length} questions, ${differ} answered wrongly`);
process.exitCode = table.length > 0 && differ === 0 ? 0 : 1;
