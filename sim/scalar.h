/*
 * The scalars of a scenario: sizes, times, numbers, switches and names, which are read as written
 * and never guessed. What is wrong with one is said in a sentence with the cure.
 */
#ifndef SEAM_SIM_SCALAR_H
#define SEAM_SIM_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/node.h"

#define SCALAR_NAME_MAX 40

/*
 * These read the length bytes of text and return NULL, or what is wrong with it as half a sentence
 * ("a size has a unit: …"). Sizes are "10 B", "4 KiB", "1 MiB", "1 GiB"; the unit may go where bare
 * is true. Times are "500us", "10ms", "1.5s" (ns µs min too). Both end below 2^62.
 */
const char *scalar_read_size(const char *text, size_t length, bool bare, uint64_t *bytes);
const char *scalar_read_time(const char *text, size_t length, int64_t *ns);
/* Decimal digits without sign or leading zero, at most INT64_MAX. */
const char *scalar_read_number(const char *text, size_t length, uint64_t *number);

/* The digits that text begins with, by the same rules; *used gets how many bytes. */
const char *scalar_read_digits(const char *text, size_t length, uint64_t *number, size_t *used);
/* "10Mbit/s", "1.5 Gbit/s": at least 1 bit a second. */
const char *scalar_read_rate(const char *text, size_t length, uint64_t *bits);
/* "3%", "0.5 %" as a part of 1, at most 1. */
const char *scalar_read_share(const char *text, size_t length, double *share);

/* The same from a node, key being what it is the value of ("times"); -1 with err if it is none, or
 * not within least..most. */
int scalar_size(const struct node *node, const char *key, bool bare, uint64_t most, uint64_t *bytes,
                struct err *err);
int scalar_time(const struct node *node, const char *key, int64_t most_ns, int64_t *ns,
                struct err *err);
int scalar_number(const struct node *node, const char *key, uint64_t least, uint64_t most,
                  uint64_t *number, struct err *err);
int scalar_rate(const struct node *node, const char *key, uint64_t *bits, struct err *err);
int scalar_share(const struct node *node, const char *key, double *share, struct err *err);
/* 1 0 on off true false yes no. */
int scalar_switch(const struct node *node, const char *key, bool *on, struct err *err);
/* A scalar with something in it, quoted or not and without NULs: what is only shown, or looked up.
 */
int scalar_words(const struct node *node, const char *key, struct err *err);

/* 0 for a plain scalar, else -1 with err, which tells that key takes what ("a number"). */
int scalar_plain(const struct node *node, const char *key, const char *what, struct err *err);
/* "`key` cannot be `…`: wrong"; returns -1. */
int scalar_refuse(const struct node *node, const char *key, const char *wrong, struct err *err);

/* NULL if text is a name ([a-z][a-z0-9_]*, none of YAML's booleans), else half a sentence. */
const char *scalar_read_name(const char *text, size_t length);
int scalar_name(const struct node *node, const char *key, struct err *err);

/* "EADDRINUSE" to its number; 0 if text is none of errno(3). */
int scalar_errno(const char *text);

#endif
