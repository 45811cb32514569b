// A foreign reader and writer of status lists: npm @digitalbazaar/vc-bitstring-status-list.
//
// stdin:  {"action": "create", "url": list, "purpose": text, "indexes": [set ones], "length": number}
//         {"action": "decode", "encodedList": text}
//         {"action": "check", "credential": {…}, "list": {…}}
// stdout: {"list": unsigned list credential}; {"length": number, "indexes": [set ones]};
//         {"verified": boolean, "statuses": [boolean], "reason": text}
//
// Nothing is fetched: did:key is computed, and the one list comes with the request.

import {checkStatus, createCredential, createList, decodeList}
  from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {securityLoader} from '@digitalbazaar/security-document-loader';
import {text} from 'node:stream/consumers';

async function create({url, purpose, indexes, length}) {
  const list = await createList({length});
  for(const index of indexes) {
    list.setStatus(index, true);
  }
  return {list: await createCredential({id: url, list, statusPurpose: purpose})};
}

async function decode({encodedList}) {
  const list = await decodeList({encodedList});
  const indexes = [];
  for(let index = 0; index < list.length; ++index) {
    if(list.getStatus(index)) {
      indexes.push(index);
    }
  }
  return {length: list.length, indexes};
}

async function check({credential, list}) {
  const loader = securityLoader();
  loader.addStatic(list.id, list);
  const result = await checkStatus({
    credential,
    documentLoader: loader.build(),
    suite: new DataIntegrityProof({cryptosuite})
  });
  return {
    verified: result.verified,
    statuses: (result.results ?? []).map(({status}) => status),
    reason: result.error?.message ?? null
  };
}

const actions = {create, decode, check};
const request = JSON.parse(await text(process.stdin));
const answer = await actions[request.action](request);
process.stdout.write(JSON.stringify(answer) + '\n');
