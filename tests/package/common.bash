# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A fresh Debian in a folder, and the packages, for the tests of what is installed.
#
# DEBIAN: the folder; PACKAGES: that of the packages. ROOT is that of tests/cli/common.bash.

# The address of the Debian of this computer, from the lists of apt.
mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Component: main' |
		awk -v suite="$1" '$1 == suite { print $2; exit }'
}

# new_debian FOLDER: of the version of this computer, with systemd to boot it.
new_debian() {
	local suite address proxy=${http_proxy-}

	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	address=$(mirror "$suite")
	if [ -z "$address" ]; then
		apt-get update -qq
		address=$(mirror "$suite")
	fi
	if [ -z "$address" ]; then
		echo "apt knows no Debian $suite here"
		return 1
	fi
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	http_proxy=$proxy debootstrap --variant=minbase --include=systemd-sysv \
		"$suite" "$1" "$address"
}

# Nothing of the folder is mounted or there afterwards.
remove_debian() {
	awk -v folder="$DEBIAN/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r |
		xargs -r umount
	rm -rf --one-file-system "$DEBIAN"
}

inside() {
	chroot "$DEBIAN" "$@"
}

container() {
	timeout 100 systemd-nspawn --quiet --directory="$DEBIAN" --register=no --keep-unit --private-network \
		"$@" >"$BATS_TEST_TMPDIR/container.log" 2>&1 </dev/null
}

# Leaves out a test that boots the Debian where the kernel lets nobody do that.
needs_container() {
	if ! container true; then
		skip "no container here: $(tail -n 1 "$BATS_TEST_TMPDIR/container.log")"
	fi
}

# Boots the Debian, runs the script of stdin in it as root, and prints what that prints.
boot() {
	rm -f "$DEBIAN/root/printed"
	{
		echo 'exec >/root/printed 2>&1'
		cat
	} >"$DEBIAN/root/script"
	cat >"$DEBIAN/etc/systemd/system/script.service" <<-'UNIT'
		[Unit]
		After=basic.target
		[Service]
		Type=oneshot
		ExecStart=/bin/bash /root/script
		ExecStopPost=/bin/systemctl --no-block poweroff
	UNIT
	container --boot systemd.unit=script.service || cat "$BATS_TEST_TMPDIR/container.log" >&2
	cat "$DEBIAN/root/printed"
}
