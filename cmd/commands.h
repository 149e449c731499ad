/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, one a file, for the table. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cli.h"

extern const struct cmd cmd_new_array;
extern const struct cmd cmd_set_array;
extern const struct cmd cmd_remove_array;
extern const struct cmd cmd_get_array;
extern const struct cmd cmd_dns;
extern const struct cmd cmd_set_database;
extern const struct cmd cmd_export;
extern const struct cmd cmd_diff;
extern const struct cmd cmd_apply;
extern const struct cmd cmd_get_database;
extern const struct cmd cmd_get_server;
extern const struct cmd cmd_get_site;
extern const struct cmd cmd_default_server;
extern const struct cmd cmd_audit;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_repair;
extern const struct cmd cmd_history;
extern const struct cmd cmd_undo;
extern const struct cmd cmd_resume;
extern const struct cmd cmd_exempt;
extern const struct cmd cmd_explain;
extern const struct cmd cmd_snapshot;
extern const struct cmd cmd_config;
extern const struct cmd cmd_version;
extern const struct cmd cmd_help;
extern const struct cmd cmd_complete;

#endif
