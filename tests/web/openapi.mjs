// Validates the OpenAPI description, and validates answers by its schemas.
//
//   node openapi.mjs DESCRIPTION ANSWERS
//
// ANSWERS is a file of JSON: objects with the name of a schema and an answer. Prints what
// is wrong, one problem a line.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [descriptionFile, answersFile] = process.argv.slice(2);
const description = JSON.parse(readFileSync(descriptionFile, "utf8"));
const result = await new Validator().validate(description);
if (!result.valid) console.log(JSON.stringify(result.errors));

const ajv = new Ajv2020({ strict: false });
addFormats.default ? addFormats.default(ajv) : addFormats(ajv);
ajv.addFormat("int32", true);
// Refuses unknown fields, so that the description lacks no field.
for (const schema of Object.values(description.components.schemas)) {
  if (schema.properties) schema.additionalProperties = false;
}
ajv.addSchema(description, "portreg");
for (const { schema, answer } of JSON.parse(readFileSync(answersFile, "utf8"))) {
  const validate = ajv.getSchema(`portreg#/components/schemas/${schema}`);
  if (!validate(answer)) console.log(`${schema}: ${JSON.stringify(validate.errors)}`);
}
