/*
 * Reads that end inside a UTF-8 character: what a program that prints each read by itself would
 * garble. Pure.
 */
#ifndef SEAM_SIM_SPLIT_CHARACTER_H
#define SEAM_SIM_SPLIT_CHARACTER_H

#include "sim/facts.h"

/*
 * How many reads of endpoint (index into trace->endpoints, FACTS_ALL) end between the first and the
 * last byte of a valid UTF-8 sequence of the stream. The bytes around the cut come from the
 * captured segments, else from the payload kept with the write's call; where neither has them, the
 * read does not count.
 */
uint64_t split_characters(const struct ledger *ledger, int endpoint);

#endif
