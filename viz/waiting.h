/*
 * Holds as a text picture shows them: neighbours that left together are one, with a caption as long
 * as its room allows.
 */
#ifndef SEAM_VIZ_WAITING_H
#define SEAM_VIZ_WAITING_H

#include "viz/frame.h"

#define WAITING_COLUMNS 1.5 /* a hold is drawn if it is longer */

struct waiting {
	int64_t from_ns, to_ns; /* of the first departure */
	int64_t longest_ns;
	uint32_t flow, direction;
	uint64_t from, to;   /* the bytes that waited */
	uint64_t name_to;    /* end of the segments: their names stand at the departure */
	uint32_t first_hold; /* in the group */
};

/* Those of a lane within the frame, in order of departure. A new array, to be freed. */
struct waiting *waiting_find(const struct frame *frame, uint32_t lane, size_t *count);

/* The longest form of the caption that takes at most columns; false if none does. */
bool waiting_caption(const struct frame *frame, const struct waiting *waiting, int columns,
                     struct label *caption);

/*
 * Fills the blanks of from..to with ▒ and puts the caption into the longest run of them; false if
 * no caption with its length of time had room there.
 */
bool waiting_fill(const struct frame *frame, struct cells *cells, int row,
                  const struct waiting *waiting, int from, int to);

#endif
