# What the example scripts share; they source it. It starts a server with a
# clean state on a free port of 127.0.0.1, and stops it when the script ends.
#
#   . "$(dirname "$0")/lib.sh"
#
# The first argument of the script is the path of the understudy binary. Before it
# sources this, a script may set flags, an array of further flags of the server;
# work, a directory of its own; and emulator, the ID of a process. The directory
# is removed and the process ended when the script ends.
set -euo pipefail

understudy=${1:-${UNDERSTUDY_BINARY:-bin/understudy}}
work=${work:-$(mktemp -d)}
server=
trap 'for p in $server ${emulator-}; do kill "$p" 2>/dev/null || true; done; rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# is GOT WANT: what a command printed.
is() { [ "$1" = "$2" ] || die "got \"$1\", want \"$2\""; echo "$1"; }

# like GOT PATTERN: the same, with the shell's wildcards.
like() { case "$1" in $2) echo "$1" ;; *) die "got \"$1\", want something like \"$2\"" ;; esac; }

# refused TEXT COMMAND...: the command must fail with AWS's text.
refused() {
  local want=$1 got
  shift
  if got=$("$@" 2>&1); then die "it succeeded: $*"; fi
  case "$got" in *"$want"*) echo "$want" ;; *) die "got \"$got\", want \"$want\"" ;; esac
}

# allow ACTIONS: a policy that allows a JSON list of actions on everything.
allow() { printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"*"}]}' "$1"; }

# trust SERVICE: a trust policy for a service.
trust() { printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}' "$1"; }

# totp SEED STEP...: what an authenticator app shows STEP times 30 seconds from
# now, for each of them.
totp() {
  python3 -c '
import base64, hashlib, hmac, struct, sys, time
key = base64.b32decode(sys.argv[1] + "=" * (-len(sys.argv[1]) % 8))
now = int(time.time()) // 30
for step in sys.argv[2:]:
    d = hmac.new(key, struct.pack(">Q", now + int(step)), hashlib.sha1).digest()
    at = d[-1] & 15
    print("%06d" % ((struct.unpack(">I", d[at:at + 4])[0] & 0x7FFFFFFF) % 1000000), end=" ")
print()' "$@"
}

# The CLI reads nothing of this user's, and keeps no sessions for him: its cache
# of them is in his home, by role and session name.
export HOME=$work AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials AWS_PAGER= AWS_EC2_METADATA_DISABLED=true

root() { AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws "$@" --output text; }

# as ID SECRET COMMAND...: the same with the keys of somebody else.
as() {
  local id=$1 secret=$2
  shift 2
  AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret aws "$@" --output text
}

: >"$work/out" # the loop below may read it before the server writes
"$understudy" serve --addr 127.0.0.1:0 --log-level warn ${flags[@]+"${flags[@]}"} >"$work/out" &
server=$!
endpoint=
for _ in $(seq 200); do
  endpoint=$(sed -n '1{N;s/.* on \(http:[^ ]*\)\n.*/\1/p;}' "$work/out")
  [ -z "$endpoint" ] || break
  kill -0 "$server" 2>/dev/null || die "the server did not start"
  sleep 0.05
done
[ -n "$endpoint" ] || die "the server did not say where it listens"
eval "$("$understudy" env --addr "${endpoint#http://}")"
account=$(root sts get-caller-identity --query Account)
