// An authorization server that nobody here wrote (npm oidc-provider), beside one FHIR Patient, on a free loopback port.
// The first line of output is {"url"}; commands on standard input: {"lifetime": n} for device codes, and {"slow": n} for
// how many questions of a device are answered with slow_down, which this server leaves to what stands before it.
"use strict";
const http = require("node:http");
const readline = require("node:readline");

(async () => {
  const oidc = require("oidc-provider");
  const Provider = oidc.default || oidc.Provider || oidc;
  const server = http.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const base = `http://127.0.0.1:${server.address().port}`;
  let lifetime = 600, slow = 0;

  const provider = new Provider(base, {
    clients: [{
      client_id: "genesis-tui",
      token_endpoint_auth_method: "none",
      application_type: "native",
      redirect_uris: ["http://127.0.0.1/callback"],
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
    }],
    scopes: ["openid", "fhirUser", "launch/patient", "patient/*.rs", "offline_access"],
    claims: { openid: ["sub"], fhirUser: ["fhirUser"] },
    conformIdTokenClaims: false,
    findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, fhirUser: `${base}/fhir/Patient/one` }) }),
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: { enabled: false },
    },
    pkce: { methods: ["S256"], required: () => true },
    issueRefreshToken: async () => true,
    ttl: { DeviceCode: () => lifetime, AccessToken: () => 600, AuthorizationCode: () => 60, RefreshToken: () => 3600,
      Session: () => 600, Interaction: () => 600, Grant: () => 3600, IdToken: () => 600 },
    extraTokenClaims: async () => ({}),
    renderError: async (ctx, out) => { ctx.type = "html"; ctx.body = `<h1>error</h1>${JSON.stringify(out)}`; },
  });
  const answers = provider.callback();

  server.on("request", (request, response) => {
    const path = request.url.split("?")[0];
    const say = (status, body) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (path === "/fhir/.well-known/smart-configuration") {
      return say(200, {
        issuer: base,
        authorization_endpoint: `${base}/auth`,
        token_endpoint: `${base}/token`,
        revocation_endpoint: `${base}/token/revocation`,
        device_authorization_endpoint: `${base}/device/auth`,
        grant_types_supported: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        code_challenge_methods_supported: ["S256"],
        scopes_supported: ["openid", "fhirUser", "launch/patient", "patient/*.rs", "offline_access"],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (path === "/fhir/metadata") {
      return say(200, {
        resourceType: "CapabilityStatement", status: "active", date: "2026-01-01", kind: "instance", fhirVersion: "4.0.1",
        format: ["json"], rest: [{ mode: "server", resource: [{ type: "Patient", interaction: [{ code: "read" }, { code: "search-type" }] }] }],
      });
    }
    if (path.startsWith("/fhir/Patient")) {
      const patient = { resourceType: "Patient", id: "one", name: [{ family: "Byron", given: ["Ada"] }], birthDate: "1990-12-10" };
      const token = (request.headers.authorization || "").replace("Bearer ", "");
      return provider.AccessToken.find(token).then((found) => {
        if (!found) return say(401, { resourceType: "OperationOutcome", issue: [] });
        if (path === "/fhir/Patient/one") return say(200, patient);
        return say(200, { resourceType: "Bundle", type: "searchset", entry: [{ resource: patient }] });
      });
    }
    if (path === "/token" && slow > 0) {
      slow -= 1;
      return say(400, { error: "slow_down" });
    }
    return answers(request, response);
  });

  process.stdout.write(JSON.stringify({ url: `${base}/fhir` }) + "\n");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    lifetime = command.lifetime || lifetime;
    slow = command.slow || 0;
    process.stdout.write("{}\n");
  }
  process.exit(0);
})();
