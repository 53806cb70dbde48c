"""Types a line and a tab into an interactive shell and prints what became of it.

    complete.py SHELL LINE...

The understudy on the PATH is completed. When the shell has asked it and is quiet, the
cursor goes to the beginning of the line and "echo" is typed there, so that the shell
prints the line instead of running it: a line printed for each LINE.
"""

import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(understudy completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "bindkey -e; autoload -Uz compinit; compinit -u -D; source <(understudy completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "understudy completion fish | source"),
}


PATIENCE = 300  # seconds

# Runs the program, and notes in a file that it has ended.
NOTING = """#!/bin/sh
'{program}' "$@"
code=$?
echo >>'{calls}'
exit $code
"""


def noting(directory):
    """Puts a program that notes its calls in the place of understudy, and returns their file."""
    calls, path = os.path.join(directory, "calls"), os.path.join(directory, "understudy")
    program = shutil.which("understudy")
    with open(path, "w") as f:
        f.write(NOTING.format(program=program, calls=calls))
    os.chmod(path, 0o700)
    os.environ["PATH"] = directory + ":" + os.environ["PATH"]
    return calls


def count(calls):
    return os.path.getsize(calls) if os.path.exists(calls) else 0


def wait_for_call(calls, before):
    """Returns when the program has been called and has ended since then."""
    end = time.monotonic() + PATIENCE
    while count(calls) == before:
        if time.monotonic() > end:
            sys.exit("the shell did not ask what completes the line")
        time.sleep(0.01)


def read_until_quiet(terminal):
    """Drops what the shell writes until it pauses: it may drop keys that are typed while it completes."""
    while select.select([terminal], [], [], 0.5)[0]:
        os.read(terminal, 65536)


def read_until(terminal, pattern):
    """Returns what the pattern finds in the shell's output, without colours."""
    seen, end = "", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
        text = re.sub(r"\x1b(\[[0-9;?>=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>()][0-9A-Za-z]?)", "", seen).replace("\r", "\n")
        found = re.search(pattern, text)
        if found:
            return found
    sys.exit(f"the shell did not answer with {pattern!r}; it wrote {seen!r}")


def main():
    command, setup = START[sys.argv[1]]
    with tempfile.TemporaryDirectory() as directory:
        complete(command, setup, noting(directory))


def complete(command, setup, calls):
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", PS1="", HISTFILE="", COLUMNS="200")
        os.execvp(command[0], command)
    # What the shell prints is told from what it echoes by the quotes.
    os.write(terminal, (setup + "\n").encode())
    os.write(terminal, b"echo rea''dy\n")
    read_until(terminal, r"(?m)^ready$")
    for number, line in enumerate(sys.argv[2:]):
        before = count(calls)
        os.write(terminal, line.encode() + b"\t")
        wait_for_call(calls, before)
        read_until_quiet(terminal)
        os.write(terminal, f"\x01echo answer''{number}: \n".encode())
        print(read_until(terminal, rf"(?m)^answer{number}: (.*?)\s*$").group(1), flush=True)
    os.write(terminal, b"exit\n")
    os.close(terminal)
    os.waitpid(child, 0)


main()
