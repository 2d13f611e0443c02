#!/usr/bin/env bash
# Fetches a real Asterisk for the tests: Debian's own, into a folder beside the system's packages.
# Without root, or where it cannot be fetched, those tests are skipped; AGENTBOT_RIG=required
# makes that a failure. AGENTBOT_RIG_ROOT names another folder.
set -euo pipefail
root=${AGENTBOT_RIG_ROOT:-/var/cache/agentbot-rig/asterisk}

without() {
  echo "tests with a real Asterisk will be skipped: $1" >&2
  [ "${AGENTBOT_RIG:-}" = required ] && exit 1
  exit 0
}

[ -x "$root/usr/sbin/asterisk" ] && exit 0
command -v asterisk >/dev/null && exit 0
[ "$(id -u)" = 0 ] || without "no asterisk installed, and only root can fetch one"
command -v apt-get >/dev/null || without "not Debian or Ubuntu"
command -v debootstrap >/dev/null || {
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends debootstrap
} || without "debootstrap cannot be installed"

# Ubuntu knows Debian's archive key only by this package.
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keys" ] || DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends debian-archive-keyring \
  || without "Debian's archive keys cannot be installed"
# The mirror of this machine, where it is one of Debian; else debootstrap's own.
mirror=
if grep -qs '^ID=debian' /etc/os-release; then
  # Not every machine has all of these files.
  mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null || true; } \
    | sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +([^ ]*\/debian)\/?( .*)?$/\3/p' | head -n 1)
fi

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9
[ -x "$root/usr/sbin/asterisk" ] && exit 0
rm -rf "$root.part"
echo "fetching Asterisk from Debian sid (some 550 MB unpacked, kept in $root)"
if ! debootstrap --variant=minbase --include=asterisk,asterisk-core-sounds-en-wav --keyring="$keys" \
  sid "$root.part" $mirror >"$root.log" 2>&1; then
  tail -n 5 "$root.log" >&2
  rm -rf "$root.part"
  without "debootstrap failed (see $root.log)"
fi
rm -rf "$root.part"/var/cache/apt/archives/*.deb
mv "$root.part" "$root"
