#!/usr/bin/env bash
# Installs what the tests need beside Go, on Debian: a C compiler for the race
# detector, curl, sipp (a SIP peer), PostgreSQL and MariaDB servers that the tests start and throw
# away, and for the browser tests Chromium, Node.js and a Chinese typeface. Then
# the two packages of browser/package-lock.json. apt and npm can fail once; they are
# tried three times.
set -euo pipefail
need=()
command -v gcc >/dev/null || need+=(gcc libc6-dev)
command -v curl >/dev/null || need+=(curl ca-certificates)
command -v sipp >/dev/null || need+=(sip-tester)
[ -x /usr/sbin/mariadbd ] || need+=(mariadb-server)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
[ -x /usr/bin/chromium ] || need+=(chromium)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK-*' >/dev/null || need+=(fonts-noto-cjk)
command -v baresip >/dev/null || need+=(baresip)
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
apt_install() { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${need[@]}"; }
packages() { (cd "$(dirname "$0")/../browser" && npm ci --ignore-scripts --loglevel=error >/dev/null && cp package-lock.json node_modules/.installed); }
three_times() {
  for try in 1 2 3; do
    "$@" && return 0
    echo "$1 failed (try $try)" >&2
    sleep 5
  done
  return 1
}

if [ ${#need[@]} -gt 0 ] && ! three_times apt_install; then
  echo "could not install: ${need[*]}; install them by hand and run make test again" >&2
  exit 1
fi
browser=$(dirname "$0")/../browser
if ! cmp -s "$browser/package-lock.json" "$browser/node_modules/.installed" && ! three_times packages; then
  echo "npm ci in browser/ failed: see that a registry can be reached and run make test again" >&2
  exit 1
fi
