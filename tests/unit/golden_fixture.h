/*
 * Comparing with an expected file: tests/golden/NAME.txt.
 */
#ifndef SEAM_TESTS_GOLDEN_FIXTURE_H
#define SEAM_TESTS_GOLDEN_FIXTURE_H

/* Fails with the first lines that differ. With SEAM_UPDATE_GOLDEN=1 in the environment it writes
 * the file instead: read what it drew before committing it. */
void golden_compare(const char *name, const char *text);

#endif
