/*
 * What a variant, or --set, changes: its keys laid over the scenario's own. Dotted keys are paths,
 * mappings merge, everything else is replaced.
 */
#ifndef SEAM_SIM_VARIANT_H
#define SEAM_SIM_VARIANT_H

#include "sim/node.h"

/* Lays the mapping `changes` over scenario, whose nodes then borrow its file name. A path that
 * names no key of the schema, or goes through an endpoint that is not there, is refused. */
int variant_lay(struct node *scenario, const struct node *changes, struct err *err);

/* "client.sockopt.TCP_NODELAY=1" as a mapping for variant_lay(); its messages begin with
 * "--set KEY=VALUE: ". NULL with err if it is none. */
struct node *variant_override(const char *text, struct err *err);

#endif
