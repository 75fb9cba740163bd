/*
 * Comparing with a picture that was looked at and found good: tests/golden/NAME.png. Fonts and
 * their rasteriser differ a little between machines, so: the mean difference of a channel is at
 * most 1.5 of 255, in no block of 32 × 32 pixels more than 24, and at most 2 % of the pixels differ
 * by more than 48.
 */
#ifndef SEAM_TESTS_PIXELS_FIXTURE_H
#define SEAM_TESTS_PIXELS_FIXTURE_H

#include "viz/scene.h"

/* Renders the scene and fails with how much differs. With SEAM_UPDATE_GOLDEN=1 in the environment
 * it writes the file instead: look at it before committing it. */
void pixels_compare(const struct scene *scene, const char *name);

#endif
