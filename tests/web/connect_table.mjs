// Puts questions to the web door by the Connect protocol, with the real client.
//
//   node connect_table.mjs BASE_URL DESCRIPTOR_SET QUESTIONS
//
// QUESTIONS is a file of JSON: objects with the method, the request, and the
// answer or the code and reason that are wanted. Each is asked by POST and by GET,
// in JSON and in Protobuf. Prints what differs and a summary.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createFileRegistry, fromBinary, fromJson, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";

const [baseUrl, descriptorSet, questionsFile] = process.argv.slice(2);
const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSet)));
const service = registry.getService("portreg.v1.PortRegistryService");
const questions = JSON.parse(readFileSync(questionsFile, "utf8"));

const seen = new Set();
// An answer by GET has an entity tag, except those of Check and Suggest.
const note = (next) => async (request) => {
  const response = await next(request);
  seen.add(response.header.get("etag") ? "GET" : "POST");
  return response;
};

async function ask(client, question) {
  const method = service.methods.find((each) => each.name === question.method);
  const request = fromJson(method.input, question.request, { registry });
  try {
    const answer = await client[method.localName](request);
    return { answer: toJson(method.output, answer, { registry }) };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const info = error.details.find((each) => each.type === "google.rpc.ErrorInfo");
    return { code: Code[error.code], reason: info.debug.reason };
  }
}

let asked = 0;
let wrong = 0;
for (const useBinaryFormat of [false, true]) {
  for (const useHttpGet of [false, true]) {
    const client = createClient(service, createConnectTransport({
      baseUrl, httpVersion: "1.1", useBinaryFormat, useHttpGet, interceptors: [note] }));
    for (const question of questions) {
      const { name, method, request, ...wanted } = question;
      // A GET with a longer target would be refused, as by most servers.
      if (useHttpGet && JSON.stringify(request).length > 4000) continue;
      const found = await ask(client, question);
      asked += 1;
      if (isDeepStrictEqual(found, wanted)) continue;
      wrong += 1;
      console.log(`${name} (binary ${useBinaryFormat}, GET ${useHttpGet}): `
        + `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
    }
  }
}
console.log(`${asked} questions by ${[...seen].sort().join(" and ")}, ${wrong} answered wrongly`);
process.exit(wrong === 0 && asked > 0 ? 0 : 1);
