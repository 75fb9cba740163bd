/*
 * From a scenario file to scenarios: reads the YAML, lays a variant and --set overrides over it,
 * and checks every key. All refusals are sentences of the form "file:line:column: what, and what is
 * allowed".
 */
#ifndef SEAM_SIM_PARSE_H
#define SEAM_SIM_PARSE_H

#include <stddef.h>

#include "capture/err.h"
#include "sim/scenario.h"

/* A scenario file, read and checked in every variant, not yet resolved for one. */
struct scenario_file;

/*
 * Reads path. Every variant is parsed once, so that a mistake in any is found now. overrides are
 * "KEY=VALUE" with dotted keys, laid over every variant (what --set gives).
 */
struct scenario_file *scenario_file_load(const char *path, const char *const *overrides,
                                         size_t override_count, struct err *err);
/* The same from text, as it comes out of a recording: file: payloads are refused. */
struct scenario_file *scenario_file_read(const char *text, size_t length, const char *name,
                                         const char *const *overrides, size_t override_count,
                                         struct err *err);
/* Accepts NULL. */
void scenario_file_destroy(struct scenario_file *file);

/* At least 1: a scenario without variants has one, named "". */
size_t scenario_file_variant_count(const struct scenario_file *file);
const char *scenario_file_variant(const struct scenario_file *file, size_t index);
/* Index of the variant of that name; -1 with err, the nearest name and all that there are. */
int scenario_file_find_variant(const struct scenario_file *file, const char *name, struct err *err);
/* The file's base name without .yaml. */
const char *scenario_file_name(const struct scenario_file *file);
/* The whole text as it was read. */
const char *scenario_file_text(const struct scenario_file *file, size_t *length);
/* Lent. Title and about for listings; title is never NULL (the file's name if it has none). */
const char *scenario_file_title(const struct scenario_file *file);
const char *scenario_file_about(const struct scenario_file *file);

/* Resolves the variant of that index into *scenario, which the caller finishes. */
int scenario_file_resolve(const struct scenario_file *file, size_t index, struct scenario *scenario,
                          struct err *err);

#endif
