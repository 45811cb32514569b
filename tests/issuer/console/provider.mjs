// An OpenID provider on loopback for the tests: one client, and whoever says a name is signed in.
// Prints its address when it is ready. Arguments: client id, client secret, redirect URI.
import http from "node:http";
import { Provider } from "oidc-provider";

const [clientId, clientSecret, redirectUri] = process.argv.slice(2);
const server = http.createServer((request, response) => handle(request, response));
let handle;
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "unverified" }),
    }),
    claims: { email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["a key of tests"] },
    features: { devInteractions: { enabled: true } },
  });
  handle = provider.callback();
  console.log(issuer);
});
