/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small sites that each have a defect of their own, with the rules that must find it. */
#ifndef SPECIAL_H
#define SPECIAL_H

#include "plant.h"

/* One of each; the group's number makes their names unique. */
void special_sites(struct plant *plant, unsigned group);

#endif
