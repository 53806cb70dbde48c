"""Runs the scenario in argv[1] with the AWS CLI: its own driver with a command
line for each step, in one process, because a start takes half a second."""
import contextlib, io, json, os, re, sys, tempfile

import awscli
import botocore.waiter
from awscli.clidriver import create_clidriver
from botocore import xform_name

from scenario import Scenario

REFUSED = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: (.*)", re.S)


class AwsCli:
    faults = []

    def __init__(self, url, region):
        self.url, self.region, self.drivers = url, region, {}
        self.known, self.waiters = {}, []
        for service in ("iam", "sts"):
            table = self.commands(create_clidriver(), service)
            self.known.update({c._operation_model.name: name for name, c in table.items() if hasattr(c, "_operation_model")})
            if "wait" in table:
                self.waiters = ["".join(part.title() for part in name.split("-")) for name in table["wait"].subcommand_table]
        botocore.waiter.time.sleep = lambda _: None  # a waiter's failing case waits for nothing

    @staticmethod
    def commands(driver, service):
        return driver._get_command_table()[service]._get_command_table()

    def driver(self, who):
        key = (who["AccessKeyId"], who.get("SessionToken"))
        if key not in self.drivers:
            made = create_clidriver()
            made.session.set_credentials(who["AccessKeyId"], who["SecretAccessKey"], who.get("SessionToken"))
            self.drivers[key] = made
        return self.drivers[key]

    def run(self, who, *words):
        """What a command line answers: its output, or AWS's code and message."""
        out, log = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
            code = self.driver(who).main([*words, "--endpoint-url", self.url, "--region", self.region, "--output", "json"])
        if code == 0:
            return json.loads(out.getvalue() or "{}"), "", ""
        refused = REFUSED.search(log.getvalue())
        if not refused:
            raise RuntimeError(f"{' '.join(words)}: exit status {code}: {log.getvalue()}")
        return None, refused[1], refused[3].strip()

    def call(self, who, service, operation, given):
        words = [service, self.known[operation]]
        if operation == "CreateVirtualMFADevice":  # takes no JSON, and writes the seed into a file
            with tempfile.TemporaryDirectory() as dir:
                seed = ["--outfile", os.path.join(dir, "seed"), "--bootstrap-method", "Base32StringSeed"]
                return self.run(who, *words, *self.options(given), *seed)
        return self.run(who, *words, "--cli-input-json", json.dumps(given), "--no-paginate")

    @staticmethod
    def options(given):
        """Members of an input as options of a command line."""
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        return [word for name, text in texts.items() for word in ("--" + xform_name(name, "-"), text)]

    def pages(self, who, service, operation, given):
        words = [service, self.known[operation], "--cli-input-json", json.dumps(given)]
        paged, code, message = self.run(who, *words, "--page-size", "1")
        if code:
            return None, code, message
        items = self.items(paged)
        return (len(items), items, self.items(self.run(who, *words)[0])), "", ""

    @staticmethod
    def items(out):
        return [i for key in sorted(out) if isinstance(out[key], list) for i in out[key]]

    def wait(self, who, service, waiter, given):
        try:
            return self.run(who, service, "wait", xform_name(waiter, "-"), *self.options(given))
        except RuntimeError as e:
            if "Max attempts exceeded" in str(e):
                return None, "NoSuchEntity", ""
            raise

    def facts(self):
        return {
            "client": f"AWS CLI {awscli.__version__}", "operations": list(self.known), "waiters": self.waiters,
            "paginators": [], "notes": f"{len(self.drivers)} sets of credentials",
        }


Scenario(sys.argv[1], AwsCli).run()
