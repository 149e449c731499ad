# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A domain controller behind a program that sees what is said: one that takes a password in clear
# text, which casarray sends to a local socket only.

. "${BASH_SOURCE[0]%/*}/../directory/proxy.bash"

proxied_setup() {
	unset CASARRAY_DIRECTORY
	PROXY_FOLDER=$(mktemp -d)
	PROXY_TARGET=$AD_ADDRESS:389
}

proxied_teardown() {
	proxy_stop
	rm -rf "$PROXY_FOLDER"
}

# proxied STATUS ARGUMENT...: try, through what proxy_start started.
proxied() {
	try "$@" --directory "$PROXY" --user "$AD_USER" --password-file "$AD_PASSWORD_FILE"
}
