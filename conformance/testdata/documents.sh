# The beginning of the script that runs a document; see TestDocuments. The
# variable WORK names a directory outside that of the document.
set -euo pipefail
unset AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION
where=start
server=
watchers=()

at() { where=$1; }
wrong() { echo "$where: $*"; exit 1; }

trap 'code=$?; [ $code = 0 ] || { echo "failed at $where"; cat "$WORK"/*.err 2>/dev/null; } ; stop' EXIT

stop() {
  local pid
  for pid in "${watchers[@]}" $server; do kill "$pid" 2>/dev/null || true; done
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  server=
  watchers=()
}

stop_server() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  server=
}

# A document shows a server in one shell and its clients in another. Here the
# server goes to the background, in the place of the one before, and so does
# what watches it.
understudy() {
  case ${1-} in
    serve)
      shift
      stop_server
      command understudy serve --log-level warn "$@" >"$WORK/serve.out" 2>"$WORK/serve.err" &
      server=$!
      for _ in $(seq 6000); do
        if command understudy health >/dev/null 2>&1; then return; fi
        kill -0 "$server" 2>/dev/null || wrong "the server does not start: understudy serve $*"
        sleep 0.05
      done
      wrong "the server does not answer" ;;
    watch)
      shift
      command understudy watch "$@" >"$WORK/watch.out" 2>"$WORK/watch.err" &
      watchers+=($!)
      for _ in $(seq 6000); do
        if grep -q '^watching$' "$WORK/watch.err"; then return; fi
        sleep 0.05
      done
      wrong "nothing is watched: understudy watch $*" ;;
    *) command understudy "$@" ;;
  esac
}

# An emulator of other services goes to the background too.
moto_server() {
  command moto_server "$@" >"$WORK/moto.out" 2>"$WORK/moto.err" &
  watchers+=($!)
  for _ in $(seq 6000); do
    if curl -s -o "$WORK/moto.answer" "http://127.0.0.1:$2/moto-api/data.json"; then return; fi
    sleep 0.05
  done
  wrong "moto does not answer"
}

# Debian's pytest serves another Python too.
python3 -c 'import pytest' 2>/dev/null || export PYTHONPATH=/usr/lib/python3/dist-packages

# The SDK for JavaScript warns of versions of Node.js that it will not take some day.
export NODE_NO_WARNINGS=1

understudy serve
