/*
 * Who talks to whom over a wire: only the two sides do. Two clients have nothing between them but
 * the link to the server, and what shares the server's host would talk over its loopback, past both
 * taps.
 */
#include "sim/parsing.h"

static int check_step(const struct parsing *parsing, size_t endpoint, const struct step *step)
{
	const struct scenario *scenario = parsing->scenario;
	const struct scenario_endpoint *from = &scenario->endpoints[endpoint];
	struct place place = step->place.line ? step->place : from->place;

	if (step->to < 0 ||
	    (step->call != CALL_CONNECT && step->call != CALL_SENDTO && step->call != CALL_SENDMSG))
		return 0;
	const struct scenario_endpoint *to = &scenario->endpoints[step->to];

	if (from->server_side != to->server_side)
		return 0;
	if (from->server_side)
		return parsing_error(
			parsing, place,
			"`%s` and `%s` share the server's host, so what they send each other "
			"would not pass the wire; `host: client` puts one on the other side",
			from->name, to->name);
	return parsing_error(
		parsing, place,
		"`%s` and `%s` are both on the client's side of the wire, and clients do not "
		"reach each other; `host: server` puts one on the other side",
		from->name, to->name);
}

static int check_script(const struct parsing *parsing, size_t endpoint, const struct step *script,
                        size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int result = script[i].is_script ? check_script(parsing, endpoint, script[i].script,
		                                                script[i].script_count)
		                                 : check_step(parsing, endpoint, &script[i]);

		if (result)
			return result;
	}
	return 0;
}

int parse_peers(const struct parsing *parsing)
{
	const struct scenario *scenario = parsing->scenario;

	for (size_t i = 0; i < scenario->endpoint_count && scenario->link.wire; i++) {
		if (check_script(parsing, i, scenario->endpoints[i].script,
		                 scenario->endpoints[i].script_count))
			return -1;
	}
	return 0;
}
