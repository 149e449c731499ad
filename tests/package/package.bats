#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian packages, installed in a fresh Debian.

load ../cli/common
load common

setup_file() {
	export PACKAGES=$BATS_FILE_TMPDIR/packages DEBIAN=$BATS_FILE_TMPDIR/debian
	local log=$BATS_FILE_TMPDIR/debian.log debian

	new_debian "$DEBIAN" >"$log" 2>&1 3>&- &
	debian=$!
	if ! "$ROOT/scripts/package" "$PACKAGES" >"$BATS_FILE_TMPDIR/package.log" 2>&1; then
		cat "$BATS_FILE_TMPDIR/package.log"
		wait "$debian"
		return 1
	fi
	if ! wait "$debian"; then
		tail -n 20 "$log" "$DEBIAN/debootstrap/debootstrap.log"
		return 1
	fi
	mkdir "$DEBIAN/root/packages"
	cp "$PACKAGES"/*.deb "$DEBIAN/root/packages"
	rm "$DEBIAN"/root/packages/*-dbgsym_*
}

teardown_file() {
	remove_debian
}

# casarray in the Debian, as a program outside of it: for the transcripts of documents.
outside() {
	cat <<-END
		#!/bin/bash
		exec chroot "$DEBIAN" env HOME="\${HOME#"$DEBIAN"}" CASARRAY_DIRECTORY="\$CASARRAY_DIRECTORY" \\
			bash -c 'cd "\$0" && exec casarray "\$@"' "\${PWD#"$DEBIAN"}" "\$@"
	END
}

@test "the packages are these, of the version of the project" {
	local version
	version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$ROOT/meson.build")
	[ -n "$version" ]
	diff - <(for file in "$DEBIAN"/root/packages/*.deb; do dpkg-deb -W "$file"; done) <<-END
		casarray	$version
		libcasarray-dev	$version
		libcasarray0	$version
	END
}

@test "lintian, which judges them when they are built, finds an error" {
	# What scripts/package asks it, of a package that has one.
	mkdir -p "$BATS_TEST_TMPDIR/bad"
	dpkg-deb -R "$PACKAGES"/libcasarray-dev_*.deb "$BATS_TEST_TMPDIR/bad"
	rm "$BATS_TEST_TMPDIR/bad/usr/share/doc/libcasarray-dev/copyright"
	dpkg-deb -b "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/bad.deb" >/dev/null
	! lintian --allow-root --fail-on error "$BATS_TEST_TMPDIR/bad.deb" >"$BATS_TEST_TMPDIR/said"
	grep -q '^E: libcasarray-dev: no-copyright-file' "$BATS_TEST_TMPDIR/said"
}

@test "they are installed with what they need, and nothing more of theirs" {
	inside env DEBIAN_FRONTEND=noninteractive bash -c \
		'apt-get install -qq --no-install-recommends /root/packages/*.deb' >/dev/null 2>&1
	[ "$(inside casarray version)" = "casarray $(inside dpkg-query -W -f='${Version}' casarray)" ]
	[ "$(inside ldd /usr/bin/casarray | grep -c 'libcasarray.so.0 => /lib/')" -eq 1 ]
	# Nothing of this computer's folders is in what was built.
	! inside grep -rlF -e "$ROOT" -e "$PACKAGES" /usr/bin/casarray /usr/include/casarray.h \
		/usr/share/casarray /lib/systemd/system
}

@test "zsh finds the completion where Debian has such" {
	inside env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qq --no-install-recommends zsh >/dev/null 2>&1
	equal "$(inside zsh -fc 'autoload -Uz compinit && compinit -u -D && print -r -- $_comps[casarray]')" \
		_casarray
}

@test "the example of README.md, in the fresh Debian" {
	local bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	outside >"$bin/casarray"
	chmod 755 "$bin/casarray"
	inside rm -rf /tmp/readme
	inside mkdir /tmp/readme
	inside cmp /usr/share/doc/casarray/examples/contoso.ldif - <"$ROOT/examples/contoso.ldif"
	CASARRAY=$bin/casarray TMPDIR=$DEBIAN/tmp/readme \
		"$ROOT/tests/doc/transcript.py" check "$ROOT/README.md"
}

@test "the module for servers is there, with its libraries" {
	run inside casarray audit --directory ldap://127.0.0.1:1 --anonymous
	[ "$status" -eq 7 ]
	[[ "$output" == *"cannot connect to 'ldap://127.0.0.1:1'"* ]]
}

@test "a program of ten lines is built with the development package, and runs" {
	local flags
	export PKG_CONFIG_SYSROOT_DIR=$DEBIAN PKG_CONFIG_LIBDIR
	PKG_CONFIG_LIBDIR=$(echo "$DEBIAN"/usr/lib/*/pkgconfig)
	flags=$(PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
		pkg-config --cflags --libs libcasarray)
	# shellcheck disable=SC2086
	gcc -std=c11 -Wall -Wextra -Werror "$ROOT/tests/data/ten-lines.c" -o "$DEBIAN/root/program" \
		$flags -Wl,-rpath-link,"$(dirname "$PKG_CONFIG_LIBDIR")"
	run inside /root/program /usr/share/doc/casarray/examples/contoso.ldif
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = error ]
	[ "${#lines[@]}" -gt 10 ]
}

@test "the units are well formed, and the service is confined" {
	local units=(/lib/systemd/system/casarray-audit@.service /lib/systemd/system/casarray-audit@.timer)
	equal "$(inside systemd-analyze verify --man=no "${units[@]}" 2>&1)" ''
	inside systemd-analyze security --offline=true --threshold=12 --no-pager "${units[0]}" >/dev/null
}

@test "the service audits, fails on findings and keeps the last report" {
	needs_container
	equal "$(boot <<-'END'
		report=/var/lib/casarray-audit/contoso/report.json
		service() {
			systemctl start casarray-audit@contoso.service 2>/dev/null
			echo "$1: $(systemctl show casarray-audit@contoso.service -p ExecMainStatus --value)" \
				"$(systemctl is-failed casarray-audit@contoso.service)"
		}
		set_profile() {
			printf '%s\n' '[profile contoso]' "$@" >/etc/casarray/casarray.conf
		}
		audit() {
			CASARRAY_DIRECTORY=/srv/contoso.ldif casarray audit --profile contoso --format json \
				--fail-on never "$@"
		}

		service "no profile"
		cp /usr/share/doc/casarray/examples/contoso.ldif /srv
		set_profile 'directory = /srv/contoso.ldif'
		service "findings"
		cmp <(audit) $report && stat -c %a $report
		echo 'CASARRAY_AUDIT_OPTIONS=--site Berlin --fail-on never' >/etc/casarray/contoso.env
		service "options"
		cmp <(audit --site Berlin) $report && echo replaced
		set_profile 'directory = ldap://127.0.0.1:1'
		service "no server"
		cmp <(audit --site Berlin) $report && echo kept
		journalctl --output cat --unit casarray-audit@contoso.service | grep -o "cannot connect to '.*1'" | tail -n 1
	END
	)" "$(cat <<-'END'
		no profile: 2 failed
		findings: 1 failed
		600
		options: 0 inactive
		replaced
		no server: 7 failed
		kept
		cannot connect to 'ldap://127.0.0.1:1'
	END
	)"
}

@test "the service has the keytab of its profile, or one without keys, and sees no /home" {
	needs_container
	equal "$(boot <<-'END'
		service() {
			systemctl start casarray-audit@contoso.service 2>/dev/null
			systemctl show casarray-audit@contoso.service -p ExecMainStatus --value
		}
		mkdir /etc/systemd/system/casarray-audit@contoso.service.d
		cat >/etc/systemd/system/casarray-audit@contoso.service.d/look.conf <<-'UNIT'
			[Service]
			ExecStartPre=/bin/sh -c 'od -A n -t x1 "$${KRB5_CLIENT_KTNAME#FILE:}" >keytab'
		UNIT
		systemctl daemon-reload

		rm -f /etc/casarray/contoso.env
		cp /usr/share/doc/casarray/examples/contoso.ldif /home
		printf '%s\n' '[profile contoso]' 'directory = /home/contoso.ldif' >/etc/casarray/casarray.conf
		service
		cat /var/lib/casarray-audit/contoso/keytab
		cp /home/contoso.ldif /srv
		sed -i 's|/home/|/srv/|' /etc/casarray/casarray.conf
		printf '\5\2\1' >/etc/casarray/contoso.keytab
		chmod 600 /etc/casarray/contoso.keytab
		service
		cat /var/lib/casarray-audit/contoso/keytab
	END
	)" "$(cat <<-'END'
		4
		 05 02
		1
		 05 02 01
	END
	)"
}

@test "the timer starts the service of its profile" {
	needs_container
	equal "$(boot <<-'END'
		systemctl enable --quiet --now casarray-audit@contoso.timer
		systemctl is-active casarray-audit@contoso.timer
		systemctl show casarray-audit@contoso.timer -p Unit --value
		systemctl list-timers --no-legend casarray-audit@contoso.timer | grep -c casarray-audit@contoso.service
	END
	)" "$(printf '%s\n' active casarray-audit@contoso.service 1)"
}

@test "removed and purged, nothing of them is left" {
	local package
	for package in casarray libcasarray0 libcasarray-dev; do
		inside dpkg -L "$package"
	done | grep casarray | sort -u >"$BATS_TEST_TMPDIR/files"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/files")" -gt 60 ]
	# What administrators put there is theirs.
	inside sh -c 'rm -rf /etc/casarray/* /etc/systemd/system/casarray-audit@* \
		/etc/systemd/system/*/casarray-audit@*'
	inside mkdir -p /var/lib/casarray-audit /var/lib/private/casarray-audit/contoso
	inside env DEBIAN_FRONTEND=noninteractive apt-get purge -qq \
		casarray libcasarray0 libcasarray-dev >/dev/null 2>&1
	while read -r file; do
		if inside test -e "$file"; then
			echo "$file"
		fi
	done <"$BATS_TEST_TMPDIR/files" >"$BATS_TEST_TMPDIR/left"
	diff /dev/null "$BATS_TEST_TMPDIR/left"
	[ -z "$(inside find /var/lib /etc -name '*casarray*' ! -path '*/dpkg/*' ! -path '*/apt/*' ! -name 'stamp-*')" ]
}
