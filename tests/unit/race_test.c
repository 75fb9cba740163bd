#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "sim/race.h"
#include "world_fixture.h"

#define US(n) ((int64_t)(n)*1000)

static void is_described_as(const struct world *world, const struct race *race, const char *text)
{
	struct buffer out = { 0 };

	race_describe(&out, race, &world->ledger);
	assert_string_equal(out.bytes, text);
	buffer_finish(&out);
}

/* Twenty writes from 0 on, the first leaves at once, the others with its ACK at 20 ms. */
static void held_by_nagle(struct world *world)
{
	world_init(world, TRANSPORT_TCP);
	for (int i = 0; i < 20; i++)
		world_write(world, 0, 10 * i, 10 * i + 5, 10);
	world_segment(world, 0, 3, 10);
	world_ack(world, 0, 20000, 10);
	world_segment(world, 0, 20001, 190);
	world_ack(world, 0, 40000, 200);
}

static void a_held_write_races_with_the_ack_that_lets_it_go(void **state)
{
	struct world world;
	struct race race;

	(void)state;
	held_by_nagle(&world);
	race = race_margin(&world.ledger);
	assert_true(race.applicable);
	assert_int_equal(race.margin_ns, US(20000 - 190));
	assert_int_equal(race.write, 19);
	assert_int_equal(race.packet, 1);
	assert_false(race.ack_first);
	is_described_as(&world, &race,
	                "the ack in packet 1 reached client 19.8 ms after its send (call 19, line "
	                "29) began");
	race = race_between(&world.ledger, RACE_ANYBODY, RACE_ANYBODY, RACE_SIZES);
	assert_true(race.applicable);
}

static void without_nagle_nothing_waits_for_an_ack(void **state)
{
	struct world world;
	char options[] = "server TCP_NODELAY=0\nclient TCP_NODELAY=1\n";

	(void)state;
	held_by_nagle(&world);
	world.trace.about.options = options;
	/* The option came before the connection, on the socket that the client made. */
	memmove(&world.calls[1], &world.calls[0], 20 * sizeof(*world.calls));
	world.trace.call_count = 0;
	world_call(&world, 0, CALL_SOCKET, -10, -9, 3)->made = 1;
	world.trace.call_count = 21;
	for (int i = 0; i < 20; i++)
		world.writes[0][i].call++;
	/* All leave at once. */
	world.flow.directions[0].segment_count = 0;
	world.flow.directions[0].data_count = 0;
	world.trace.packet_count = 0;
	world.flow.directions[0].ack_count = 0;
	for (int i = 0; i < 20; i++)
		world_segment(&world, 0, 10 * i + 3, 10);
	world_ack(&world, 0, 11, 10);
	assert_false(race_margin(&world.ledger).applicable);
	options[strlen("server TCP_NODELAY=0\nclient TCP_NODELAY=")] = '0';
	assert_true(race_margin(&world.ledger).applicable);
	world.calls[0].name = CALL_SETSOCKOPT;
	world.calls[0].made = CALL_NO_SOCKET;
	world.calls[0].detail = "TCP_NODELAY=1";
	world.calls[0].result = 0;
	assert_false(race_margin(&world.ledger).applicable);
	world.calls[0].detail = "TCP_CORK=1";
	assert_false(race_margin(&world.ledger).applicable);
}

static void an_ack_just_before_a_write_let_it_go(void **state)
{
	struct world world;
	struct race race;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 10);
	world_ack(&world, 0, 100, 10);
	world_write(&world, 0, 105, 110, 10);
	world_segment(&world, 0, 106, 10);
	world_ack(&world, 0, 150, 20);
	race = race_margin(&world.ledger);
	assert_true(race.applicable);
	assert_true(race.ack_first);
	assert_int_equal(race.margin_ns, US(5));
	assert_int_equal(race.write, 1);
	is_described_as(
		&world, &race,
		"the ack in packet 1 reached client 5.0 µs before its send (call 1, line 11) "
		"began");
	/* Had it waited, nobody would have joined it. */
	assert_false(
		race_between(&world.ledger, RACE_ANYBODY, RACE_ANYBODY, RACE_SIZES).applicable);
	assert_false(race_between(&world.ledger, 1, RACE_ANYBODY, RACE_ANYTHING).applicable);
	assert_false(race_between(&world.ledger, RACE_ANYBODY, 0, RACE_ANYTHING).applicable);
	/* A third write soon after would have. */
	world_write(&world, 0, 115, 120, 10);
	world_segment(&world, 0, 151, 10);
	race = race_between(&world.ledger, RACE_ANYBODY, RACE_ANYBODY, RACE_SIZES);
	assert_true(race.applicable);
	assert_int_equal(race.margin_ns, US(5));
}

static void a_request_that_waits_for_its_answer_is_in_no_race(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 10);
	world_read(&world, 0, -50, 20, 10);
	world_write(&world, 1, 25, 40, 20);
	world_segment(&world, 1, 30, 20);
	world.acks[0][0] = (struct ledger_ack){ 10, 1 }; /* the answer carries the ACK */
	world.flow.directions[0].ack_count = 1;
	world_read(&world, 1, 8, 35, 20);
	world_write(&world, 0, 37, 45, 10);
	world_segment(&world, 0, 39, 10);
	assert_false(race_margin(&world.ledger).applicable);
	/* Without the read in between nothing made the second request wait. */
	world.flow.directions[1].read_count = 0;
	assert_true(race_margin(&world.ledger).applicable);
	assert_int_equal(race_margin(&world.ledger).margin_ns, US(7));
}

static void a_full_window_races_without_nagle_too(void **state)
{
	struct world world;
	struct race race;
	char options[] = "client TCP_NODELAY=1";

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world.trace.about.options = options;
	world_call(&world, 0, CALL_SOCKET, -10, -9, 3)->made = 1;
	for (int i = 0; i < 12; i++)
		world_write(&world, 0, 10 * i, 10 * i + 5, 10);
	for (int i = 0; i < 10; i++)
		world_segment(&world, 0, 10 * i + 2, 10);
	world_ack(&world, 0, 20000, 10);
	world_segment(&world, 0, 20001, 20);
	race = race_margin(&world.ledger);
	assert_true(race.applicable);
	assert_int_equal(race.margin_ns, US(20000 - 110));
	assert_int_equal(race.write, 11);
}

static void pending_bytes_race_with_the_next_ack(void **state)
{
	struct world world;
	struct race race;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 10);
	world_write(&world, 0, 100, 105, 10)->flags = MSG_MORE;
	world_write(&world, 0, 200, 205, 2896); /* two full segments: Nagle holds none of it */
	world_segment(&world, 0, 203, 1448);
	world_segment(&world, 0, 203, 1458);
	world_ack(&world, 0, 240, 10);
	race = race_margin(&world.ledger);
	assert_true(race.applicable);
	assert_int_equal(race.write, 2);
	assert_int_equal(race.margin_ns, US(40));
}

static void a_first_write_and_datagrams_are_in_no_race(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 10);
	world_ack(&world, 0, 4, 10);
	assert_false(race_margin(&world.ledger).applicable);
	held_by_nagle(&world);
	world.flow.transport = TRANSPORT_UDP;
	assert_false(race_margin(&world.ledger).applicable);
}

static void a_read_that_let_the_ack_go_is_the_second_distance(void **state)
{
	struct world world;
	struct race race;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 5);
	world_segment(&world, 0, 3, 5);
	world_write(&world, 0, 20, 25, 10);
	world_read(&world, 0, 6, 90, 10);
	world_ack(&world, 0, 80, 10); /* left within the read */
	world_segment(&world, 0, 81, 10);
	race = race_margin(&world.ledger);
	assert_int_equal(race.margin_ns, US(3));
	assert_int_equal(race.read, 0);
	is_described_as(&world, &race,
	                "the ack in packet 2 left in server's recv (call 2, line 12), which began "
	                "3.0 µs from the arrival of what it read, and decided over client's send "
	                "(call 1, line 11)");
	/* On a wire the ACK's departure is not known. */
	world.trace.interface_count = 2;
	race = race_margin(&world.ledger);
	assert_int_equal(race.margin_ns, US(60));
	assert_int_equal(race.read, LEDGER_NONE);
}

static void a_read_of_one_segment_adds_no_distance(void **state)
{
	struct world world;
	struct race race;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	world_write(&world, 0, 0, 5, 10);
	world_segment(&world, 0, 2, 10);
	world_write(&world, 0, 20, 25, 10);
	world_read(&world, 0, 6, 90, 10);
	world_ack(&world, 0, 80, 10);
	world_segment(&world, 0, 81, 10);
	race = race_margin(&world.ledger);
	assert_int_equal(race.margin_ns, US(60));
	assert_int_equal(race.read, LEDGER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_held_write_races_with_the_ack_that_lets_it_go),
		cmocka_unit_test(without_nagle_nothing_waits_for_an_ack),
		cmocka_unit_test(an_ack_just_before_a_write_let_it_go),
		cmocka_unit_test(a_request_that_waits_for_its_answer_is_in_no_race),
		cmocka_unit_test(a_full_window_races_without_nagle_too),
		cmocka_unit_test(pending_bytes_race_with_the_next_ack),
		cmocka_unit_test(a_first_write_and_datagrams_are_in_no_race),
		cmocka_unit_test(a_read_that_let_the_ack_go_is_the_second_distance),
		cmocka_unit_test(a_read_of_one_segment_adds_no_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
