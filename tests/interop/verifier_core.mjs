// A foreign verifier that reports by a log: npm @digitalcredentials/verifier-core.
//
// stdin:  {"credential": {…}, "documents": {URL: {…}}}
// stdout: what verifyCredential returns, without the credential; "asked" lists the addresses it
//         reached for.
//
// It fetches status lists, registries and schemas by itself. Here its only network is the
// documents of the request: every other address fails as if the machine were offline.

import {text} from 'node:stream/consumers';

const {credential, documents} = JSON.parse(await text(process.stdin));
const asked = [];
console.log = console.error;  // it talks while it works; standard output is for the answer

globalThis.fetch = async (resource) => {
  const url = typeof resource === 'string' ? resource : resource.url ?? String(resource);
  asked.push(url);
  if(!(url in documents)) {
    throw new TypeError('fetch failed');
  }
  return new Response(JSON.stringify(documents[url]), {
    status: 200, headers: {'content-type': 'application/json'}
  });
};

const {verifyCredential} = await import('@digitalcredentials/verifier-core');
const result = await verifyCredential({credential, knownDIDRegistries: []});
const {credential: _, ...rest} = result;
const plain = JSON.stringify({...rest, asked}, (name, value) =>
  name === 'stackTrace' ? String(value?.message ?? value) : value);
process.stdout.write(plain + '\n');
