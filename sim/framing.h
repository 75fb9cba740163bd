/*
 * How an application marks where a message ends in a stream that does not keep boundaries: the
 * pieces that a message is written as, and a decoder that takes messages out of the stream again,
 * as an application's loop of reads would. Pure; sockets are perform_message.c's.
 */
#ifndef SEAM_SIM_FRAMING_H
#define SEAM_SIM_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "sim/md5.h"

enum framing_kind {
	FRAMING_NONE,         /* nothing: each read is taken for a message */
	FRAMING_FIXED,        /* all of the same size, filled up with zeros */
	FRAMING_DELIMITER,    /* bytes that end it */
	FRAMING_LENGTH,       /* a binary header of 1, 2, 4 or 8 bytes */
	FRAMING_VARINT,       /* 7 bits a byte, the lowest first (Protocol Buffers) */
	FRAMING_LENGTH_TEXT,  /* decimal digits */
	FRAMING_JSON,         /* a length, a JSON header with name, size and md5, the body */
	FRAMING_DNS,          /* RFC 1035 section 4.2.2: two bytes, big endian */
	FRAMING_HTTP_LENGTH,  /* RFC 9112 section 6.2: Content-Length */
	FRAMING_HTTP_CHUNKED, /* RFC 9112 section 7.1 */
	FRAMING_TLS,          /* RFC 8446 section 5.1: a record's header of five bytes, no keys */
	FRAMING_KIND_COUNT,
};

/* What a message is put into the socket with. */
enum framing_writes {
	FRAMING_SEPARATE, /* a send for each piece */
	FRAMING_JOINED,   /* one send of all */
	FRAMING_WRITEV,   /* one writev of all */
	FRAMING_WRITES_COUNT,
};

/* How the receiver reads. */
enum framing_reader {
	FRAMING_LOOP,     /* until it has what it needs, and never more than that */
	FRAMING_ONE_RECV, /* one recv for a binary header, whatever it returns */
	FRAMING_COUNTED,  /* adds up all that it has so far at each read: recv_size += len(data) */
	FRAMING_READER_COUNT,
};

#define FRAMING_DELIMITER_MAX 16
#define FRAMING_LIMIT         (64ull << 20)
#define FRAMING_HEADER_MAX    4096  /* of a JSON header; of what is kept of a line */
#define FRAMING_LINES_MAX     65536 /* of all lines before an HTTP body */
#define FRAMING_PIECES_MAX    100000

struct framing {
	enum framing_kind kind;
	enum framing_writes writes;
	enum framing_reader reader;
	uint64_t size;  /* FIXED: of a message; HTTP_CHUNKED: of a chunk */
	unsigned bytes; /* LENGTH, JSON: of the binary header */
	bool big, is_signed;
	bool counts_header; /* LENGTH: the length says the header, too */
	/* DELIMITER; LENGTH_TEXT without ready: what ends the digits. */
	uint8_t delimiter[FRAMING_DELIMITER_MAX];
	unsigned delimiter_length;
	int escape;     /* DELIMITER: the byte before one that is not meant; -1 none */
	bool ready;     /* LENGTH_TEXT: the sender waits for a word before the body */
	uint64_t limit; /* a receiver takes what claims more for nonsense */
};

/* "length-text"; "separate"; "one_recv": as a scenario writes them. */
extern const char *const framing_kind_names[FRAMING_KIND_COUNT];
extern const char *const framing_writes_names[FRAMING_WRITES_COUNT];
extern const char *const framing_reader_names[FRAMING_READER_COUNT];

/* What a kind is where nothing else is said; bytes 4, little endian, signed, as struct's 'i'. */
struct framing framing_of(enum framing_kind kind);
/* Whether the header says how long the body is, and so may say something else. */
bool framing_has_length(const struct framing *framing);
/* 0, or -1 with a sentence that names the range: a body of length cannot be framed so. */
int framing_fits(const struct framing *framing, uint64_t length, struct err *err);

/* ---- sending ---- */

enum framing_part {
	FRAMING_HEADER,
	FRAMING_BODY,
	FRAMING_END, /* a delimiter, padding, the last chunk */
};

struct framing_piece {
	enum framing_part part;
	const uint8_t *bytes;
	size_t length;
	bool awaits; /* the sender waits for the receiver's word behind it */
	bool owned;
};

/* Zeroed is empty. No piece is empty but the body of FRAMING_NONE. */
struct framing_pieces {
	struct framing_piece *list;
	size_t count, capacity;
};

/*
 * Frames body, which stays the caller's and must outlive the pieces. The header says that it has
 * claimed bytes, usually length. -1 where framing_fits() has it; then there is nothing to finish.
 */
int framing_encode(const struct framing *framing, const uint8_t *body, size_t length,
                   uint64_t claimed, struct framing_pieces *pieces, struct err *err);
void framing_pieces_finish(struct framing_pieces *pieces);
/* How many calls write them. */
size_t framing_write_count(const struct framing *framing, const struct framing_pieces *pieces);

/* ---- receiving ---- */

/* Offsets in the stream. The body of chunks is from the first chunk's size to the last one's end.
 */
struct framing_message {
	uint64_t from, to, body_from, body_to;
	const char *finding; /* why it is no message, a sentence; NULL. Lent while it is found */
	uint64_t wrong_at;   /* of the byte that the finding is about */
};
typedef void framing_found(void *context, const struct framing_message *message);

enum framing_phase {
	FRAMING_AT_BINARY, /* a header of need bytes */
	FRAMING_AT_JSON,
	FRAMING_AT_VARINT,
	FRAMING_AT_DIGITS,
	FRAMING_AT_LINE,
	FRAMING_AT_DELIMITED,
	FRAMING_AT_ANYTHING,
	FRAMING_AT_BODY, /* left bytes of a body, or of a chunk */
	FRAMING_BROKEN,  /* behind a finding nobody knows where a message begins */
	FRAMING_PHASE_COUNT,
};

enum framing_line {
	FRAMING_LINE_START, /* the first of an HTTP message, and those behind it */
	FRAMING_LINE_CHUNK,
	FRAMING_LINE_CHUNK_END,
	FRAMING_LINE_TRAILER,
};

/*
 * A decoder's memory is this struct, whatever the wire claims: no body is kept. framing_decode.c
 * and the files beside it alone look inside.
 */
struct framing_decoder {
	struct framing framing;
	uint64_t at; /* of the next byte */
	struct framing_message message;
	enum framing_phase phase;
	bool done, ready;
	uint64_t left, total, value; /* of the body; of all chunks; the number that is read */
	uint64_t counted;
	uint8_t header[FRAMING_HEADER_MAX];
	size_t have, need;
	unsigned matched;
	bool escaped;
	enum framing_line line;
	size_t lines; /* bytes */
	bool has_length, chunked, has_digest;
	struct md5 md5;
	uint8_t digest[MD5_BYTES];
	char finding[200];
};

/* at is the stream offset of the first byte that it will get. */
void framing_decoder_begin(struct framing_decoder *decoder, const struct framing *framing,
                           uint64_t at);
/* What one read returned; found is called for each message that ends with it. */
void framing_decode(struct framing_decoder *decoder, const uint8_t *bytes, size_t length,
                    framing_found *found, void *context);
/* The stream is over: a message that has begun stops short. */
void framing_decode_end(struct framing_decoder *decoder, framing_found *found, void *context);
/* How much the application's next read asks for: at least 1, at most room, which is at least 1. */
uint64_t framing_wants(const struct framing_decoder *decoder, uint64_t room);
/* Whether the receiver owes the sender its word; once. */
bool framing_owes_ready(struct framing_decoder *decoder);
/* Whether it has begun a message, and where. */
bool framing_has_begun(const struct framing_decoder *decoder, uint64_t *from);
bool framing_is_broken(const struct framing_decoder *decoder);

#endif
