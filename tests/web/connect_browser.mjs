// Asks the web door with the real client for browsers, in a page of another site.
// Writes what it found into the page's title. BASE_URL and DESCRIPTOR_SET, in base64,
// come from the page.
import { createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, base64Decode(window.DESCRIPTOR_SET)));
const service = registry.getService("portreg.v1.PortRegistryService");

async function ask() {
  const found = [];
  for (const useHttpGet of [false, true]) {
    for (const useBinaryFormat of [false, true]) {
      const client = createClient(service, createConnectTransport({
        baseUrl: window.BASE_URL, useHttpGet, useBinaryFormat }));
      const answer = await client.lookup({ key: { case: "port", value: 443 } });
      found.push(toJson(service.method.lookup.output, answer, { registry }));
      try {
        await client.lookup({ key: { case: "service", value: "no-such" } });
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        found.push([Code[error.code], error.details[0].debug.reason]);
      }
    }
  }
  return found;
}

ask().then(
  (found) => { document.title = JSON.stringify(found); },
  (error) => { document.title = `failed: ${error}`; });
