// A foreign issuer, holder and verifier of SD-JWT VCs: npm @sd-jwt/sd-jwt-vc, driven by one JSON
// request.
//
// stdin:  {"action": "issue", "claims": {…}, "frame": {…}, "header": {…}, "key": JWK}
//         {"action": "present", "token": "…", "frame": {…}, "binding": {…}, "key": JWK}
//         {"action": "verify", "token": "…", "issuerKey": JWK, "holderKey"?: JWK, "nonce": "…",
//          "required": ["…"], "statusTokens"?: {URL: "…"}, "now": seconds}
// stdout: {"token": "…"}, or {"verified": true, "claims": {…}}, or
//         {"verified": false, "reason": "…"}
//
// Without "holderKey" the holder's key is the one that the issuer signed into "cnf". Nothing is
// fetched: a status list is one of "statusTokens".

import {ES256, digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {text} from 'node:stream/consumers';

const BASE = {hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt};

async function issue({claims, frame, header, key}) {
  const signer = await ES256.getSigner(key);
  const instance = new SDJwtVcInstance({...BASE, signer, signAlg: 'ES256'});
  return {token: await instance.issue(claims, frame, {header})};
}

async function present({token, frame, binding, key}) {
  const kbSigner = await ES256.getSigner(key);
  const instance = new SDJwtVcInstance({...BASE, kbSigner, kbSignAlg: 'ES256'});
  return {token: await instance.present(token, frame, {kb: {payload: binding}})};
}

async function verify(request) {
  const {token, issuerKey, holderKey, nonce, required, statusTokens = {}, now} = request;
  const verifier = await ES256.getVerifier(issuerKey);
  const kbVerifier = async (data, signature, {cnf}) =>
    (await ES256.getVerifier(holderKey ?? cnf.jwk))(data, signature);
  const statusListFetcher = async url => statusTokens[url];
  const instance = new SDJwtVcInstance({...BASE, verifier, kbVerifier, statusListFetcher});
  try {
    const {payload} = await instance.verify(token, {
      currentDate: now, keyBindingNonce: nonce, requiredClaimKeys: required
    });
    return {verified: true, claims: payload};
  } catch(error) {
    return {verified: false, reason: String(error.message ?? error)};
  }
}

const request = JSON.parse(await text(process.stdin));
const actions = {issue, present, verify};
console.log(JSON.stringify(await actions[request.action](request)));
