# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What quickstart and check share: the packages that are missing, and the build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# meson and Python print UTF-8.
export LC_ALL=C.UTF-8

# shellcheck disable=SC2034
build_packages=(gcc libc6-dev meson ninja-build pkg-config libinih-dev libjansson-dev libldap-dev
	libsasl2-dev libgnutls28-dev libkrb5-dev libc-ares-dev libsasl2-modules-gssapi-mit
	ca-certificates)
# What scripts/package needs beside them.
# shellcheck disable=SC2034
package_packages=(debhelper dpkg-dev fakeroot lintian)

say() {
	printf '%s\n' "$*" >&2
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages NAME...: those that are missing.
install_packages() {
	local package missing=()

	for package in "$@"; do
		is_installed "$package" || missing+=("$package")
	done
	if [ ${#missing[@]} -eq 0 ]; then
		return 0
	fi
	say "installing: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		say "this needs root: apt-get install --no-install-recommends ${missing[*]}"
		return 1
	fi
	as_root apt-get update -qq
	without_starting as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# without_starting COMMAND...: no server is started that a package brings. Debian asks this file.
without_starting() {
	local policy=/usr/sbin/policy-rc.d status=0

	if [ -e "$policy" ]; then
		"$@"
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
	"$@" || status=$?
	as_root rm -f "$policy"
	return "$status"
}

# configure FOLDER OPTION...: the first time, and when options differ.
configure() {
	local folder=$1
	shift

	if [ -f "$folder/build.ninja" ]; then
		meson configure "$folder" "$@"
	else
		meson setup "$folder" "$root" "$@"
	fi
}

# build FOLDER OPTION...: what meson and the compiler say is shown when it fails.
build() {
	local log=$1/build.log

	mkdir -p "$1"
	say "building in ${1#"$root"/}"
	if ! { configure "$@" && ninja -C "$1"; } >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
}
