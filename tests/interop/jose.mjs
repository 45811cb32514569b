// A foreign implementation of JSON Web Signatures: npm jose, driven by one JSON request.
//
// stdin:  {"action": "sign", "header": {…}, "payload": {…}, "jwk": private key}
//         {"action": "verify", "token": "…", "jwk": public key, "typ": "…", "audience": "…"?, "now": instant}
// stdout: {"token": "…"}; {"header": {…}, "payload": {…}}; {"refused": "CODE"}

import {SignJWT, errors, importJWK, jwtVerify} from 'jose';
import {text} from 'node:stream/consumers';

async function sign({header, payload, jwk}) {
  const key = await importJWK(jwk, header.alg);
  return {token: await new SignJWT(payload).setProtectedHeader(header).sign(key)};
}

async function verify({token, jwk, typ, audience, now, algorithm}) {
  const key = await importJWK(jwk, algorithm);
  const options = {typ, audience, currentDate: new Date(now), algorithms: [algorithm]};
  try {
    const {payload, protectedHeader} = await jwtVerify(token, key, options);
    return {header: protectedHeader, payload};
  } catch(error) {
    if(error instanceof errors.JOSEError) {
      return {refused: error.code};
    }
    throw error;
  }
}

const request = JSON.parse(await text(process.stdin));
const answer = await {sign, verify}[request.action](request);
process.stdout.write(JSON.stringify(answer));
