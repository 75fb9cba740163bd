/*
 * A folder of its own for a test that writes files, and whole files in one call.
 */
#ifndef SEAM_TESTS_FOLDER_FIXTURE_H
#define SEAM_TESTS_FOLDER_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#define FOLDER_PATH 256

/* Makes a new folder beneath $TMPDIR or /tmp. */
void folder_begin(char folder[FOLDER_PATH]);
/* Removes it with the files in it. */
void folder_end(const char *folder);

/* "FOLDER/NAME" in out, which is returned. */
char *folder_file(char out[FOLDER_PATH], const char *folder, const char *name);
bool folder_has(const char *folder, const char *name);
/* How many files are in it. */
size_t folder_count(const char *folder);
void folder_write(const char *folder, const char *name, const void *bytes, size_t length);

#endif
