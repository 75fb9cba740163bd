#include "viz/scene_crowd.h"

#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"

#define BUCKET 4.0

size_t crowd_run(const struct crowd_item *items, size_t count, size_t first, double gap,
                 double *late)
{
	double end = items[first].x + items[first].w + gap;
	size_t i = first + 1;

	*late = 0;
	for (; i < count && items[i].x < end; i++) {
		*late = fmax(*late, end - items[i].x);
		end += items[i].w + gap;
	}
	return i;
}

size_t crowd_neighbours(const struct crowd_item *items, size_t count, size_t first, double gap)
{
	size_t i = first + 1;

	while (i < count && items[i].x < items[i - 1].x + items[i - 1].w + gap)
		i++;
	return i;
}

bool crowd_is_dense(const struct page *page, size_t count)
{
	return (double)count * CROWD_DENSE > page->right - page->left;
}

size_t crowd_profile(struct page *page, const struct crowd_item *items, size_t count,
                     struct draw_box box, bool hanging)
{
	size_t buckets = (size_t)(box.w / BUCKET) + 1, most = 0;
	size_t *counts = mem_alloc(buckets, sizeof(*counts));

	for (size_t i = 0; i < count; i++) {
		double place = (items[i].x - box.x) / BUCKET;
		size_t at = place > 0 ? (size_t)place : 0;

		at = at < buckets ? at : buckets - 1;
		counts[at]++;
		most = counts[at] > most ? counts[at] : most;
	}
	for (size_t i = 0; i < buckets; i++) {
		double h = fmax((double)counts[i] / (double)most * box.h, 1.5);

		if (counts[i])
			draw_rect(&page->draw,
			          (struct draw_box){ box.x + (double)i * BUCKET,
			                             hanging ? box.y : box.y + box.h - h,
			                             BUCKET - 1, h },
			          draw_colour(&page->draw, THEME_ACK));
	}
	free(counts);
	return most;
}

void crowd_say_most(struct buffer *out, const struct page *page, size_t most)
{
	char time[QUANTITY_TEXT];

	buffer_format(out, "up to %zu in %s", most,
	              quantity_time(time, (int64_t)(BUCKET * page->pixel_ns)));
}
