/*
 * The value of one key of `expect`, out of its node. Used by expect_parse() alone.
 */
#ifndef SEAM_SIM_EXPECT_READ_H
#define SEAM_SIM_EXPECT_READ_H

#include "sim/expect_value.h"

/* Fills what expectation->key asks for; its key, place and endpoint are there. What was filled
 * before an error stays, for expect_destroy(). */
int expect_read(const struct node *node, const struct scenario *scenario,
                struct expectation *expectation, struct err *err);

int expect_read_pending(const struct node *node, const struct scenario *scenario,
                        struct expectation *expectation, struct err *err);
int expect_read_errors(const struct node *node, const struct scenario *scenario,
                       struct expectation *expectation, struct err *err);

/* A scalar without quotes and with something in it. */
bool expect_is_plain(const struct node *node);
/* "WHAT, not `what stands there`"; returns -1. */
int expect_wrong(const struct node *node, const char *what, struct err *err);
/* "no endpoint is called `clint`: did you mean `client`?", or the names there are. Returns out. */
#define EXPECT_REASON 400
char *expect_no_endpoint(char out[EXPECT_REASON], const struct scenario *scenario,
                         const char *name);

#endif
