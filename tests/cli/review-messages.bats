#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is said to mistakes that people make.

load common

setup() { common_setup; }

@test "a file without --directory before it" {
	try 2 audit "$LDIF"
	contains "$err" "unexpected word '$LDIF'; '--directory $LDIF' names the file to work on"
	try 2 Remove-ClientAccessArray outlook "$LDIF"
	contains "$err" "'-Directory $LDIF' names the file to work on"
	try 2 audit nothing-of-that-name
	[[ $err != *"names the file"* ]]
}

@test "several rules in one word" {
	try 2 audit --rule CAS040,CAS041
	contains "$err" "give --rule once for each"
	try 2 audit --family arrays,databases
	contains "$err" "give --family once for each"
}

@test "an FQDN that is taken, with no name given" {
	try 3 new-array --fqdn outlook.contoso.com --site Lisbon
	contains "$err" "the FQDN 'outlook.contoso.com' is taken"
}

@test "a wildcard that fits nothing" {
	try 0 set-database 'zzz*' --rpc-client-access-server auto
	contains "$err" "no database was chosen: nothing fits"
	try 0 set-database 'Fin*' --rpc-client-access-server auto --what-if
	[[ $err != *"nothing fits"* ]]
}
