/*
 * The value of a socket option as a scenario writes it, read by the option's kind.
 */
#ifndef SEAM_SIM_OPTION_H
#define SEAM_SIM_OPTION_H

#include "sim/node.h"
#include "sim/scenario.h"

/* A setting for each entry of the mapping `node` ({TCP_NODELAY: 1}) in *settings, which is NULL
 * before; key is what the mapping is the value of, for messages. An unknown option is refused. On
 * refusal, too, the caller frees what is there. */
int option_parse(const struct node *node, const char *key, struct setting **settings, size_t *count,
                 struct err *err);

#endif
