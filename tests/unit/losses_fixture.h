/*
 * Runs over a wire of 10 ms each way that does more to packets than carry them, for tests of
 * pictures. Each begins a story, to be finished by the caller.
 */
#ifndef SEAM_TESTS_LOSSES_FIXTURE_H
#define SEAM_TESTS_LOSSES_FIXTURE_H

#include "story_fixture.h"

/* TCP: the second of three segments is lost and goes again, and the last acknowledgement is lost.
 */
void losses_loss(struct story *story);
/* UDP: eight datagrams at once into a link of 1 Mbit/s with room for four. */
void losses_queue(struct story *story);
/* UDP: one datagram comes twice, one is overtaken, one is damaged, one dropped by its number. */
void losses_odd(struct story *story);
/* TCP: count writes, of which one in twenty is lost and goes again. */
void losses_many(struct story *story, int count);

#endif
