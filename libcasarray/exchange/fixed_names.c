/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Exchange and Active Directory call things in every organization. */
#include "fixed_names.h"

const char *const casp_fixed_names[] = {
	/* containers */
	"Configuration",
	"Services",
	"Microsoft Exchange",
	"Administrative Groups",
	"Exchange Administrative Group (FYDIBOHF23SPDLT)",
	"First Administrative Group",
	"First Organization",
	"Sites",
	"Subnets",
	"Default-First-Site-Name",
	"Servers",
	"Arrays",
	"Databases",
	"Database Availability Groups",
	"InformationStore",
	"First Storage Group",
	"Protocols",
	"HTTP",
	"RpcClientAccess",
	"LostAndFoundConfig",
	/* leaves of legacyExchangeDN */
	"Microsoft Private MDB",
	"Microsoft Public MDB",
	/* types of names */
	"o",
	"ou",
	"cn",
	"dc",
	"guid",
	"CNF",
	"DEL",
	/* protocols */
	"ncacn_ip_tcp",
	"ncacn_vns_spp",
	"ncacn_np",
	"ncacn_spx",
	"netbios",
	"https",
	/* web services and what their addresses end in */
	"Default Web Site",
	"owa (Default Web Site)",
	"ecp (Default Web Site)",
	"EWS (Default Web Site)",
	"OAB (Default Web Site)",
	"Rpc (Default Web Site)",
	"Autodiscover (Default Web Site)",
	"Microsoft-Server-ActiveSync (Default Web Site)",
	"owa",
	"ecp",
	"EWS",
	"OAB",
	"rpc",
	"Exchange",
	"asmx",
	"xml",
	"Autodiscover",
	"Microsoft-Server-ActiveSync",
	/* Autodiscover's service connection points */
	"Site",
	"ms-Exchange-AutoDiscover-Service",
	"77378F46-2C66-4aa9-A6A6-3E7A48B19596",
	"67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68",
	/* values of attributes, which no pseudonym must look like */
	"TRUE",
	"FALSE",
};

const size_t casp_n_fixed_names = sizeof(casp_fixed_names) / sizeof(*casp_fixed_names);
