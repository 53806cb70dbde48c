// Runs the scenario in argv[2] with the AWS SDK for JavaScript: a command for
// every operation, its paginators and its waiters, and errors by their class.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";

const modules = { iam, sts };
const file = JSON.parse(readFileSync(process.argv[2], "utf8"));
const variables = file.variables;
const failures = [];
const done = { call: {}, pages: {}, wait: {} };
const classes = new Set();

function totp(seed, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step));
  const digest = createHmac("sha1", seed).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

// look is the member of a value at a path; -1 is the last element of a list.
const look = (value, path) => path.split(".").reduce((v, part) => {
  const found = part === "-1" ? v.at(-1) : v[part];
  if (found === undefined) throw new Error(`no ${part} of ${path} in ${JSON.stringify(value)}`);
  return found;
}, value);

function fill(value) {
  if (Array.isArray(value)) return value.map(fill);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
  if (typeof value !== "string") return value;
  return value.replace(/\$\{([^} ]*)(?: ([^}]*))?\}/g, (_, name, step) => (step ? totp(variables[name], Number(step)) : variables[name]));
}

const clients = new Map();

function client(service, who) {
  const key = service + who.AccessKeyId + who.SessionToken;
  if (!clients.has(key)) {
    const Client = modules[service][service.toUpperCase() + "Client"];
    clients.set(key, new Client({
      region: "us-east-1", endpoint: file.url, maxAttempts: 1,
      credentials: { accessKeyId: who.AccessKeyId, secretAccessKey: who.SecretAccessKey, sessionToken: who.SessionToken },
    }));
  }
  return clients.get(key);
}

// member is an export of a service's module.
function member(service, name) {
  const found = modules[service][name];
  if (!found) throw new Error(`client-${service} has no ${name}`);
  return found;
}

const kinds = {
  call: (c, s) => c.send(new (member(s.service, s.operation + "Command"))(s.input)),
  async pages(c, s) {
    const pages = [];
    for await (const page of member(s.service, "paginate" + s.operation)({ client: c, pageSize: 1 }, { ...s.input })) pages.push(page);
    const whole = await c.send(new (member(s.service, s.operation + "Command"))({ ...s.input, MaxItems: 1000 }));
    const items = (page) => Object.keys(page).sort().filter((k) => Array.isArray(page[k])).flatMap((k) => page[k].map((v) => JSON.stringify(v))).sort();
    const paged = pages.flatMap(items).sort();
    if (paged.length !== s.count || pages.length < Math.min(s.count, 2) || new Set(paged).size !== s.count || JSON.stringify(paged) !== JSON.stringify(items(whole))) {
      throw new Error(`${paged.length} items on ${pages.length} pages, ${items(whole).length} at once; want ${s.count}`);
    }
    return {};
  },
  async wait(c, s) {
    const wait = member(s.service, "waitUntil" + s.operation);
    try {
      const { state } = await wait({ client: c, minDelay: 0.001, maxDelay: 0.002, maxWaitTime: 0.05 }, s.input);
      if (state !== "SUCCESS") throw new Error(`the waiter ended as ${state}`);
    } catch (e) {
      if (e.name !== "TimeoutError" || !e.message.includes("404")) throw e;
      throw Object.assign(new Error("the waiter has timed out"), { name: s.code });
    }
    return {};
  },
};

async function manage(s) {
  const body = s.operation === "POST" ? JSON.stringify(s.input) : undefined;
  const answer = await fetch(`${file.url}/_understudy/${fill(s.path)}`, { method: s.operation, body, headers: { "Content-Type": "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

// refused compares an error with the one that a step wants. Where the service's
// module exports a class for it, the error must be of that class.
function refused(s, e) {
  const names = [s.code, s.code + "Exception"];
  if (!s.code || !names.includes(e.name) || !e.message.endsWith(s.message ?? "")) return `got ${e.name}: ${e.message}; want ${s.code ?? "an answer"} ${s.message ?? ""}`;
  const Class = names.map((n) => modules[s.service][n]).find(Boolean);
  if (Class && s.kind !== "wait") {
    classes.add(Class.name);
    if (!(e instanceof Class) || !(e instanceof modules[s.service][s.service.toUpperCase() + "ServiceException"])) return `${e.name} is no ${Class.name}`;
  }
}

async function run(step) {
  const s = { ...step, input: fill(step.input) };
  let out;
  try {
    out = s.kind === "manage" ? await manage(s) : await kinds[s.kind](client(s.service, variables[s.as]), s);
    if (s.code) return `got an answer; want ${s.code}`;
  } catch (e) {
    return refused(s, e);
  } finally {
    if (s.kind !== "manage") done[s.kind][s.operation] = (done[s.kind][s.operation] ?? 0) + 1;
  }
  for (const [name, path] of Object.entries(s.save ?? {})) variables[name] = look(out, path);
  for (const [path, want] of Object.entries(s.check ?? {})) {
    if (JSON.stringify(look(out, path)) !== JSON.stringify(want)) return `${path} is ${JSON.stringify(look(out, path))}, want ${JSON.stringify(want)}`;
  }
}

for (const step of file.steps) {
  const fault = await run(step).catch((e) => `${e.name}: ${e.message}`);
  if (fault) failures.push(`${step.at}: ${fault}`);
}

const exported = (end, cut) => Object.values(modules).flatMap((m) => Object.keys(m)).filter((n) => end.test(n) && n !== "$Command").map(cut);
const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/@aws-sdk/${name}/package.json`, import.meta.url))).version;
console.log(JSON.stringify({
  client: `AWS SDK for JavaScript ${version("client-iam")}, ${version("client-sts")}`,
  operations: exported(/Command$/, (n) => n.slice(0, -"Command".length)),
  paginators: exported(/^paginate/, (n) => n.slice("paginate".length)),
  waiters: exported(/^waitUntil/, (n) => n.slice("waitUntil".length)),
  notes: `${classes.size} classes of errors`,
  failures, done,
}));
