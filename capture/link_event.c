#include "capture/link_event.h"

#include <assert.h>
#include <string.h>

static const char *const texts[] = {
	[LINK_QUEUE_FULL] = "queue full", [LINK_LOST] = "loss",
	[LINK_LISTED] = "listed loss",    [LINK_NO_ROOM] = "no room in the link",
	[LINK_REFUSED] = "refused",       [LINK_CORRUPTED] = "corruption",
	[LINK_DUPLICATED] = "duplicate",  [LINK_REORDERED] = "reordered",
};

static_assert(sizeof(texts) / sizeof(*texts) == LINK_EVENT_KIND_COUNT, "each kind has a text");

const char *link_event_text(unsigned kind)
{
	return kind < LINK_EVENT_KIND_COUNT ? texts[kind] : "?";
}

static const char *const deeds[] = {
	[LINK_QUEUE_FULL] = "dropped", [LINK_LOST] = "dropped",        [LINK_LISTED] = "dropped",
	[LINK_NO_ROOM] = "dropped",    [LINK_REFUSED] = "dropped",     [LINK_CORRUPTED] = "damaged",
	[LINK_DUPLICATED] = "doubled", [LINK_REORDERED] = "held back",
};
static_assert(sizeof(deeds) / sizeof(*deeds) == LINK_EVENT_KIND_COUNT, "a deed for each kind");

const char *link_event_deed(unsigned kind)
{
	return kind < LINK_EVENT_KIND_COUNT ? deeds[kind] : "?";
}

bool link_event_parse(const char *text, uint8_t *kind)
{
	for (uint8_t i = 0; i < LINK_EVENT_KIND_COUNT; i++) {
		if (!strcmp(text, texts[i])) {
			*kind = i;
			return true;
		}
	}
	return false;
}

bool link_event_is_loss(unsigned kind)
{
	return kind <= LINK_CORRUPTED;
}

bool link_event_is_fault(unsigned kind)
{
	return kind == LINK_NO_ROOM || kind == LINK_REFUSED;
}
