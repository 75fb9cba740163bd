/*
 * The names in the row of an endpoint, and where they stand: writes as letters, reads in brackets,
 * held bytes again where they leave. Each at its column, at most a little late; a crowd is one
 * name.
 */
#ifndef SEAM_VIZ_TOKENS_H
#define SEAM_VIZ_TOKENS_H

#include "viz/waiting.h"

#define TOKEN_NO_HOLD SIZE_MAX

/* Something that has a name in the row, in order of time. */
enum token_kind {
	TOKEN_READ,  /* [A] at its return */
	TOKEN_LEAVE, /* the name of held bytes, again where they leave */
	TOKEN_WRITE,
	TOKEN_CROWD, /* writes and reads that one name stands for */
};

struct token_event {
	int64_t ns;
	enum token_kind kind;
	size_t index; /* of group->reads, the waitings, group->writes */
};

/* One or more events of a kind under one name. */
struct token {
	enum token_kind kind;
	struct token_event first, last;
	size_t count;
	size_t hold;       /* index of the waiting that its bytes belong to, or TOKEN_NO_HOLD */
	int column, start; /* where it happened, where it stands */
	int width;
	int reach;  /* of three reads or more: the column behind their count; else 0 */
	bool stale; /* took in more since width and reach were measured */
};

struct token_row {
	const struct frame *frame;
	uint32_t lane;
	struct waiting *waitings;
	size_t waiting_count;
	struct token_event *events;
	size_t event_count, event_capacity;
	struct token *tokens;
	size_t token_count, token_capacity;
};

/* Everything that the lane did within the frame, placed. */
void tokens_find(struct token_row *row, const struct frame *frame, uint32_t lane);
void tokens_finish(struct token_row *row);

/* Replaces *label by the token's name. */
void tokens_name(const struct token_row *row, const struct token *token, struct label *label);
/* Appends " 20 reads": what stands behind a crowd where there is room; false if it is none. */
bool tokens_count(const struct token *token, struct label *label);

#endif
