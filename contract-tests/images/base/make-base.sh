#!/bin/sh
# Writes a minimal root file system as a tar archive, from the packages of this machine's own distribution: its sources,
# what apt was told about fetching, and the certificates it trusts. So it can be made wherever apt works.
set -eu
archive=$1
. /etc/os-release

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Sources of others are left out: their keys are not in the new system.
set --
for file in /etc/apt/sources.list "/etc/apt/sources.list.d/$ID.sources" "/etc/apt/sources.list.d/$ID.list"; do
  if [ -s "$file" ]; then set -- "$@" "$file"; fi
done

apt-config dump | grep -E '^Acquire::(http|https|Check)' | grep -v '""' >"$work/fetching" || true

# One file for each certificate, as update-ca-certificates and the Java keystore want them.
mkdir "$work/certificates"
awk -v folder="$work/certificates" '
  /BEGIN CERTIFICATE/ { file = sprintf("%s/host-%03d.crt", folder, ++count) }
  file { print >file }
  /END CERTIFICATE/ { close(file); file = "" }
' /etc/ssl/certs/ca-certificates.crt

mmdebstrap --variant=apt --include=ca-certificates \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Apt::Install-Recommends "false"' \
  --aptopt="$work/fetching" \
  --customize-hook="cp $work/certificates/*.crt \"\$1/usr/local/share/ca-certificates/\"" \
  --customize-hook='chroot "$1" update-ca-certificates >/dev/null 2>&1' \
  "$VERSION_CODENAME" "$archive" "$@"
