"""Runs a scenario with a client: what boto3's and the AWS CLI's runners share.

The scenario is the JSON file that scenario_test.go writes. A client is a class
with call(who, service, operation, input), which answers (output, code, message),
and with pages and wait, if it has paginators and waiters."""
import base64, hashlib, hmac, json, re, struct, sys, time, urllib.request


def totp(seed, step):
    digest = hmac.new(seed.encode(), struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


def look(value, path):
    """The member of a value at a path such as Users.0.Arn."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


class Scenario:
    def __init__(self, path, client):
        with open(path) as f:
            file = json.load(f)
        self.url, self.steps, self.variables = file["url"], file["steps"], file["variables"]
        self.client = client(self.url, file["region"])
        self.client.partition = file["partition"]
        self.failures, self.done = [], {"call": {}, "pages": {}, "wait": {}}

    def fill(self, value):
        """Puts the variables into the texts of a value."""
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        if isinstance(value, str):
            return re.sub(r"\$\{([^}]*)\}", self.variable, value)
        return value

    def variable(self, match):
        name, _, step = match[1].partition(" ")
        return totp(self.variables[name], int(step)) if step else self.variables[name]

    def run(self):
        for step in self.steps:
            try:
                fault = self.step(step)
            except Exception as e:
                fault = f"{type(e).__name__}: {e}"
            if fault:
                self.failures.append(f"{step['at']}: {fault}")
        facts = dict(self.client.facts(), failures=self.failures + self.client.faults, done=self.done)
        json.dump(facts, sys.stdout)

    def step(self, step):
        kind, wanted = step["kind"], step.get("code", "")
        given = self.fill(step["input"])
        if kind == "manage":
            out, code, message = self.manage(step["operation"], self.fill(step["path"]), given), "", ""
        else:
            who = self.variables[step["as"]]
            if kind == "pages":
                out, code, message = self.client.pages(who, step["service"], step["operation"], given)
            else:
                do = getattr(self.client, kind)
                out, code, message = do(who, step["service"], step["operation"], given)
            count = self.done[kind]
            count[step["operation"]] = count.get(step["operation"], 0) + 1
        if code != wanted or not message.endswith(step.get("message") or ""):
            return f"got {code or 'an answer'} {message}; want {wanted or 'an answer'} {step.get('message', '')}"
        if code:
            return None
        if kind == "pages":
            return self.paged(step["count"], *out)
        for name, path in step.get("save", {}).items():
            self.variables[name] = look(out, path)
        for path, want in step.get("check", {}).items():
            if look(out, path) != want:
                return f"{path} is {look(out, path)!r}, want {want!r}"
        return None

    @staticmethod
    def paged(want, pages, items, whole):
        """Items that came page by page, one each, against those that came at once."""
        texts = [json.dumps(i, sort_keys=True, default=str) for i in items]
        if len(items) != want or pages < min(want, 2) or len(set(texts)) != want:
            return f"{len(items)} items, {len(set(texts))} different, on {pages} pages; want {want}"
        if sorted(texts) != sorted(json.dumps(i, sort_keys=True, default=str) for i in whole):
            return f"items of pages {items}; at once {whole}"
        return None

    def manage(self, method, path, body):
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.url}/_understudy/{path}", data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
