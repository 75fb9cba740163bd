#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "viz/item_parts.h"
#include "viz/names.h"
#include "viz/order.h"

/* ---- the order of time, where a group's own is another ---- */

/* Calls stand by their begin, failed ones are drawn at their end; packets by flow. */
static bool is_ranked(unsigned kind)
{
	return kind == ITEM_TICK || kind == ITEM_CONTROL || kind == ITEM_DROP;
}

struct place {
	int64_t from_ns;
	uint32_t index;
};

static struct place place_of(const struct timeline *timeline, struct item item)
{
	struct place place = { .index = item.index };
	int64_t to_ns;

	item_span(timeline, item, &place.from_ns, &to_ns);
	return place;
}

static int place_order(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

size_t item_rank(const struct timeline *timeline, struct item item)
{
	struct place own = place_of(timeline, item), other;
	size_t rank = 0, count = item_count(&timeline->groups[item.group], item.kind);

	if (!is_ranked(item.kind))
		return item.index;
	for (item.index = 0; item.index < count; item.index++) {
		other = place_of(timeline, item);
		rank += place_order(&other, &own) < 0;
	}
	return rank;
}

/* The reverse; rank is less than their count. */
static uint32_t index_of(const struct timeline *timeline, struct item item, size_t rank)
{
	size_t count = item_count(&timeline->groups[item.group], item.kind);
	struct place *places;
	uint32_t index;

	if (!is_ranked(item.kind))
		return (uint32_t)rank;
	places = mem_alloc(count, sizeof(*places));
	for (item.index = 0; item.index < count; item.index++)
		places[item.index] = place_of(timeline, item);
	order_items(places, count, sizeof(*places), place_order);
	index = places[rank].index;
	free(places);
	return index;
}

/* ---- reading an address ---- */

struct word {
	const char *at;
	size_t length;
};

/* Takes the last word off text. */
static struct word last_word(struct word *text)
{
	struct word word = *text;

	while (text->length && text->at[text->length - 1] != ' ')
		text->length--;
	word.at += text->length;
	word.length -= text->length;
	while (text->length && text->at[text->length - 1] == ' ')
		text->length--;
	return word;
}

static bool is_word(const struct word *word, const char *text)
{
	return strlen(text) == word->length && !strncasecmp(word->at, text, word->length);
}

static unsigned kind_of(const struct word *word)
{
	for (unsigned kind = ITEM_WRITE; kind < ITEM_KIND_COUNT; kind++)
		if (is_word(word, item_kind_text(kind)))
			return kind;
	return is_word(word, "datagram") ? ITEM_SEGMENT : ITEM_NONE;
}

/* Digits alone, from 1; 0 if it is none or beyond every index. */
static size_t number_of(const char *digits, size_t length)
{
	size_t number = 0;

	for (size_t i = 0; i < length; i++) {
		if (digits[i] < '0' || digits[i] > '9' || number > UINT32_MAX)
			return 0;
		number = number * 10 + (size_t)(digits[i] - '0');
	}
	return number > UINT32_MAX ? 0 : number;
}

/* Of "B" or "#53", and of "B|C" the first; TIMELINE_NONE if it is no letter. */
static uint32_t letter_of(const struct word *word)
{
	const char *bar = memchr(word->at, '|', word->length);
	size_t length = bar ? (size_t)(bar - word->at) : word->length;
	char first = length ? word->at[0] : 0;

	if (length == 1 && first >= 'A' && first <= 'Z')
		return (uint32_t)(first - 'A');
	if (length == 1 && first >= 'a' && first <= 'z')
		return (uint32_t)(first - 'a') + 26;
	size_t number = first == '#' ? number_of(word->at + 1, length - 1) : 0;
	return number ? (uint32_t)(number - 1) : TIMELINE_NONE;
}

/* Texts for messages: the caller's words and the recording's, escaped. */
static void quote(struct buffer *out, const struct word *word)
{
	buffer_char(out, '"');
	escape_terminal(out, word->at, word->length);
	buffer_char(out, '"');
}

static int refuse(struct err *err, struct buffer *text)
{
	err_input(err, "%s", text->bytes);
	buffer_finish(text);
	return -1;
}

static int refuse_words(const char *text, struct err *err)
{
	struct buffer said = { 0 };

	quote(&said, &(struct word){ text, strlen(text) });
	buffer_text(&said, " names no item: give kind and number as in \"write 2\", \"write B\" or "
	                   "\"segment 1\", the variant before it; kinds are");
	for (unsigned kind = ITEM_WRITE; kind < ITEM_KIND_COUNT; kind++)
		buffer_format(&said, "%s %s", kind > ITEM_WRITE ? "," : "", item_kind_text(kind));
	return refuse(err, &said);
}

static int refuse_group(const struct word *name, const struct timeline *timeline, struct err *err)
{
	struct buffer said = { 0 };

	buffer_text(&said, "no recording here is called ");
	quote(&said, name);
	buffer_text(&said, timeline->group_count ? "; there are" : "; there is none");
	for (size_t i = 0; i < timeline->group_count; i++) {
		const char *other = timeline->groups[i].name;

		buffer_format(&said, "%s #%zu ", i ? "," : "", i + 1);
		escape_terminal(&said, other, strlen(other));
	}
	return refuse(err, &said);
}

static int refuse_number(const struct word *number, struct item item,
                         const struct timeline *timeline, struct err *err)
{
	const struct timeline_group *group = &timeline->groups[item.group];
	struct buffer said = { 0 };
	size_t count = item_count(group, item.kind);

	buffer_format(&said, "there is no %s ", item_kind_text(item.kind));
	escape_terminal(&said, number->at, number->length);
	buffer_text(&said, ": ");
	escape_terminal(&said, group->name, strlen(group->name));
	if (item.kind == ITEM_BOUNDARY)
		buffer_format(&said, " has %zu write%s, and a boundary between two", count,
		              count == 1 ? "" : "s");
	else
		buffer_format(&said, " has %zu of them, counted from 1", count);
	return refuse(err, &said);
}

static int find_group(const struct word *name, const struct timeline *timeline, uint32_t *group,
                      struct err *err)
{
	size_t number;

	*group = 0;
	if (!name->length && timeline->group_count)
		return 0;
	for (size_t i = 0; i < timeline->group_count; i++) {
		const char *other = timeline->groups[i].name;

		*group = (uint32_t)i;
		if (strlen(other) == name->length && !memcmp(other, name->at, name->length))
			return 0;
	}
	number = name->length && *name->at == '#' ? number_of(name->at + 1, name->length - 1) : 0;
	if (!number || number > timeline->group_count)
		return refuse_group(name, timeline, err);
	*group = (uint32_t)(number - 1);
	return 0;
}

/* Letters are of writes and of the boundaries behind them. */
static bool find_index(const struct word *word, const struct timeline *timeline, struct item *item)
{
	const struct timeline_group *group = &timeline->groups[item->group];
	bool lettered = item->kind == ITEM_WRITE || item->kind == ITEM_BOUNDARY;
	uint32_t letter = lettered ? letter_of(word) : TIMELINE_NONE;
	size_t number = number_of(word->at, word->length);

	if (number) {
		if (number > item_count(group, item->kind))
			return false;
		item->index = index_of(timeline, *item, number - 1);
		return true;
	}
	if (letter == TIMELINE_NONE)
		return false;
	for (item->index = 0; item->index < group->write_count; item->index++)
		if (group->writes[item->index].number == letter)
			return true;
	return false;
}

int item_parse(const char *text, const struct timeline *timeline, struct item *item,
               struct err *err)
{
	struct word rest = { text, strlen(text) }, number, kind;
	struct item found = { 0 };

	while (rest.length && *rest.at == ' ') {
		rest.at++;
		rest.length--;
	}
	while (rest.length && rest.at[rest.length - 1] == ' ')
		rest.length--;
	number = last_word(&rest);
	kind = last_word(&rest);
	found.kind = (uint8_t)kind_of(&kind);
	if (found.kind == ITEM_NONE)
		return refuse_words(text, err);
	if (find_group(&rest, timeline, &found.group, err))
		return -1;
	if (!find_index(&number, timeline, &found) || !item_is_of(found, timeline))
		return refuse_number(&number, found, timeline, err);
	*item = found;
	return 0;
}
