"""Types a line and a tab into an interactive shell and prints what became of it.

    complete.py SHELL LINE...

The understudy on the PATH is completed. After the tab the cursor goes to the
beginning of the line and "echo" is typed there, so that the shell prints the
line instead of running it: a line printed for each LINE.
"""

import os
import pty
import re
import select
import sys
import time

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(understudy completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "bindkey -e; autoload -Uz compinit; compinit -u -D; source <(understudy completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "understudy completion fish | source"),
}


def read_until(terminal, pattern):
    """Returns what the pattern finds in the shell's output, without colours."""
    seen, end = "", time.monotonic() + 30
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
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", PS1="", HISTFILE="", COLUMNS="200")
        os.execvp(command[0], command)
    # What the shell prints is told from what it echoes by the quotes.
    os.write(terminal, (setup + "\n").encode())
    os.write(terminal, b"echo rea''dy\n")
    read_until(terminal, r"(?m)^ready$")
    for number, line in enumerate(sys.argv[2:]):
        os.write(terminal, line.encode() + b"\t")
        time.sleep(0.5)  # a shell may drop keys that are typed while it completes
        os.write(terminal, f"\x01echo answer''{number}: \n".encode())
        print(read_until(terminal, rf"(?m)^answer{number}: (.*?)\s*$").group(1), flush=True)
    os.write(terminal, b"exit\n")
    os.close(terminal)
    os.waitpid(child, 0)


main()
