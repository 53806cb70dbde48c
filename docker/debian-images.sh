#!/usr/bin/env bash
# Makes the images of replicas.yaml other than Understudy's from Debian's packages, for a
# machine that gets none from a registry: understudy-postgres:debian and
# understudy-haproxy:debian. Run it as root, with debootstrap and Docker:
#
#   docker/debian-images.sh
#   cd docker
#   POSTGRES_IMAGE=understudy-postgres:debian BALANCER_IMAGE=understudy-haproxy:debian \
#     docker compose --file replicas.yaml up
set -euo pipefail

suite=${DEBIAN_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" | head -n 1)}
proxy=$(apt-config shell proxy Acquire::http::Proxy)
eval "$proxy"
if [ -n "$proxy" ]; then export http_proxy=$proxy; fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include=postgresql,haproxy "$suite" "$root" "$mirror"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/lib/postgresql/*

# PostgreSQL as the image postgres starts it: POSTGRES_USER and POSTGRES_PASSWORD are
# those of the superuser, whose database has the same name.
cat >"$root/usr/local/bin/run-postgres" <<'END'
#!/bin/sh
set -eu
cd /
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
data=/var/lib/postgresql/data
as="setpriv --reuid=postgres --regid=postgres --clear-groups"
mkdir -p "$data" /run/postgresql
chown postgres:postgres "$data" /run/postgresql
chmod 700 "$data"
if [ ! -e "$data/PG_VERSION" ]; then
  umask 077
  echo "$POSTGRES_PASSWORD" >/tmp/password
  chown postgres /tmp/password
  $as initdb --pgdata="$data" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  rm /tmp/password
  echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
  echo "create database \"$POSTGRES_USER\"" | $as postgres --single -D "$data" postgres
fi
exec $as postgres -D "$data" -c 'listen_addresses=*'
END
chmod 755 "$root/usr/local/bin/run-postgres"

tar -C "$root" -c . | docker import \
  --change 'ENTRYPOINT ["/usr/local/bin/run-postgres"]' --change 'EXPOSE 5432' \
  - understudy-postgres:debian
tar -C "$root" -c . | docker import \
  --change 'ENTRYPOINT ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]' \
  - understudy-haproxy:debian
