#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# get-site: the whole of its output, and what it refuses.

load common

setup() {
	common_setup
}

@test "text, in full" {
	try 0 get-site
	equal "$out" "NAME        ARRAYS          SERVERS                       DATABASES  SUBNETS
HeadOffice  outlook         EX07, EX1, EX2, EX13                  4  10.10.0.0/16, 10.11.0.0/16
Berlin      outlook-berlin  BER-MBX1, BER-CAS1, BER-CAS2          5  10.20.0.0/16
Lisbon                      LIS1                                  1  10.30.0.0/16
Branch                                                            0  10.99.0.0/16"
}

@test "--exchange, wildcards, refusals" {
	try 0 get-site --exchange --format json
	equal "$(names)" HeadOffice,Berlin,Lisbon
	try 0 get-site 'B*' --format json
	equal "$(names)" Berlin,Branch
	try 0 get-site 'x*'
	equal "$out" "no sites"
	refused 3 "casarray: no site 'Lisbn'
casarray: did you mean 'Lisbon'?" get-site Lisbn
	refused 3 "casarray: no site 'EX1'
casarray: 'EX1' is a server" get-site EX1
}
