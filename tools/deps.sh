#!/usr/bin/env bash
# Installs what the tests need beside Go, on Debian: a C compiler for the race
# detector, curl, sipp (a SIP peer), and PostgreSQL and MariaDB servers that the tests start and throw
# away. apt can
# fail once; it is tried three times.
set -euo pipefail
need=()
command -v gcc >/dev/null || need+=(gcc libc6-dev)
command -v curl >/dev/null || need+=(curl ca-certificates)
command -v sipp >/dev/null || need+=(sip-tester)
[ -x /usr/sbin/mariadbd ] || need+=(mariadb-server)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
[ ${#need[@]} -eq 0 ] && exit 0
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
for try in 1 2 3; do
  if as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${need[@]}"; then exit 0; fi
  echo "apt failed (try $try)" >&2
  sleep 5
done
echo "could not install: ${need[*]}; install them by hand and run make test again" >&2
exit 1
