#include "viz/order.h"

#include <stdlib.h>

void order_items(void *items, size_t count, size_t size,
                 int (*order)(const void *left, const void *right))
{
	const char *item = items;

	for (size_t i = 1; i < count; i++, item += size) {
		if (order(item, item + size) > 0) {
			qsort(items, count, size, order);
			return;
		}
	}
}
