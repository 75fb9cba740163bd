#include "cli/viewer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/play.h"
#include "cli/process.h"
#include "cli/reading.h"
#include "cli/save.h"
#include "cli/shelf.h"
#include "cli/watch.h"
#include "sim/clock.h"
#include "viz/item.h"

#define NAMES_MOST   9999 /* pictures beside one recording */
#define ARGUMENTS    10   /* of a run, without variants and settings */
#define PAUSE_FACTOR 4    /* reading what grows takes no more than a fifth of the time */

struct viewer {
	const struct viewer_options *options;
	struct reading reading; /* and the shelf */
	struct window *window;
	struct watch *watch;
	unsigned own; /* recordings up to this id are the command line's */
	bool at_pending, select_pending;
	struct err failed; /* the window was ended for it */

	/* The scenario's. */
	struct shelf_stamp played; /* the file that was run last */
	char *errors;              /* where its run says what went wrong */
	pid_t child;               /* the run; 0: none */
	bool again;                /* it is to be run once more when that has ended */
	int64_t begun_ns;
	time_t begun; /* as files are dated */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- what is shown ---- */

static const struct timeline nothing;

static struct window_content content_of(const struct viewer *viewer)
{
	const struct shelf_sight *sight = viewer->reading.shelf.sight;

	if (!sight)
		return (struct window_content){ .timeline = &nothing };
	return (struct window_content){ .timeline = &sight->timeline,
		                        .steps = &sight->steps,
		                        .index = sight->index,
		                        .checks = sight->trust.checks,
		                        .check_count = sight->trust.count,
		                        .title = sight->title.bytes };
}

/* --select. Of recordings that are whole nothing more is to come: one that is in none is an error
 * of the command line. */
static void select_there(struct viewer *viewer, const struct timeline *timeline)
{
	const struct viewer_options *options = viewer->options;
	bool whole = !options->scenario && !options->follow;
	struct err err = { 0 };
	struct item item;

	if (item_parse(options->select, timeline, &item, &err) == 0) {
		window_select(viewer->window, item);
		viewer->select_pending = false;
	} else if (whole) {
		viewer->failed = err;
		window_end(viewer->window);
	} else if (!viewer->child && !options->follow) {
		window_say(viewer->window, "%s", err.text);
		viewer->select_pending = false;
	}
}

/* --at and --select, as soon as there is something to put them on. */
static void go_there(struct viewer *viewer)
{
	const struct timeline *timeline = &viewer->reading.shelf.sight->timeline;

	if (!timeline->group_count)
		return;
	if (viewer->at_pending)
		window_set_cursor(viewer->window, viewer->options->at_ns);
	viewer->at_pending = false;
	if (viewer->select_pending)
		select_there(viewer, timeline);
}

static void say_progress(struct viewer *viewer)
{
	size_t whole = 0, all = 0;

	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		const struct shelf_item *item = &viewer->reading.shelf.items[i];

		all += item->partial != NULL;
		whole += item->partial && viewer->begun <= item->seen.changed.tv_sec &&
		         shelf_place(item) == item->path;
	}
	window_say(viewer->window, "running %s: %zu of %zu done",
	           base_name(viewer->options->scenario), whole, all);
}

/* What a reader of it should know: it is cut, or of a newer version. NULL: nothing. What grows is
 * always cut. */
static const char *warning_of(const struct shelf_item *item, const struct shelf_entry *entry)
{
	return entry->was_read && item && !item->partial && item->copy ? item->copy->trace.warning
	                                                               : NULL;
}

/* What became of a recording that was dropped on the window. */
static void answer_drop(struct viewer *viewer, const struct shelf_entry *entry, const char *warning)
{
	if (entry->was_read) {
		watch_file(viewer->watch, entry->path);
		window_say(viewer->window, "%s is open beside%s%s", base_name(entry->path),
		           warning ? "; " : "", warning ? warning : "");
	} else {
		window_say(viewer->window, "%s", entry->err.text);
		shelf_drop(&viewer->reading.shelf, entry->id);
	}
}

static void answer(struct viewer *viewer, const struct shelf_job *job)
{
	const struct shelf_entry *wrong = NULL;
	const char *warning = NULL, *name = NULL;

	for (size_t i = 0; i < job->count; i++) {
		const struct shelf_entry *entry = &job->entries[i];
		const struct shelf_item *item = shelf_find(&viewer->reading.shelf, entry->id);
		const char *own = warning_of(item, entry);

		if (item && !item->partial && entry->first && item->id > viewer->own) {
			answer_drop(viewer, entry, own);
		} else if (entry->err.kind && !entry->growing && !wrong) {
			wrong = entry;
		} else if (own && !warning) {
			warning = own;
			name = base_name(entry->path);
		}
	}
	if (wrong)
		window_say(viewer->window, "%s", wrong->err.text);
	else if (warning)
		window_say(viewer->window, "%s: %s", name, warning);
	else if (viewer->reading.job_asked)
		window_say(viewer->window, "read again");
}

/* Shows what has been read, and says what was not. */
static void show_read(struct viewer *viewer)
{
	struct window_content content;
	struct shelf_job *job;
	bool shown;

	while ((job = reading_take(&viewer->reading, &shown)) != NULL) {
		if (shown) {
			content = content_of(viewer);
			window_show(viewer->window, &content);
			go_there(viewer);
			watch_set_pause(viewer->watch, PAUSE_FACTOR * viewer->reading.took_ns);
			if (viewer->child)
				say_progress(viewer);
		}
		answer(viewer, job);
		if (!reading_done(&viewer->reading, job))
			window_say(viewer->window, "nothing has changed on disk");
	}
}

/* False if there is nothing new. */
static bool look(struct viewer *viewer, bool only_growing, bool asked)
{
	bool any = reading_look(&viewer->reading, only_growing, asked);

	show_read(viewer);
	return any;
}

/* ---- running the scenario ---- */

/* The recordings that a run of the scenario as it is now will make. */
static int expect_recordings(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	struct scenario_file *file = scenario_file_load(options->scenario, options->sets->items,
	                                                options->sets->count, err);
	size_t count = file ? scenario_file_variant_count(file) : 0, chosen = 0;
	char **paths = mem_alloc(count, sizeof(*paths));

	for (size_t i = 0; i < count; i++) {
		bool wanted = !options->variants->count;
		struct buffer path = { 0 };
		char *base;

		for (size_t k = 0; k < options->variants->count; k++)
			wanted |= !strcmp(options->variants->items[k],
			                  scenario_file_variant(file, i));
		if (!wanted)
			continue;
		base = play_base(file, i, 0, options->scratch);
		buffer_format(&path, "%s.pcapng", base);
		paths[chosen++] = path.bytes;
		free(base);
	}
	if (file)
		shelf_set_growing(&viewer->reading.shelf, paths, chosen);
	for (size_t i = 0; i < chosen; i++) {
		watch_file(viewer->watch, paths[i]);
		watch_file(viewer->watch, viewer->reading.shelf.items[i].partial);
		free(paths[i]);
	}
	free(paths);
	scenario_file_destroy(file);
	return file ? 0 : -1;
}

static int start_run(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	size_t most = ARGUMENTS + 2 * (options->variants->count + options->sets->count), count = 0;
	const char **argv = mem_alloc(most, sizeof(*argv));
	pid_t child;

	argv[count++] = PROCESS_SELF;
	argv[count++] = "run";
	argv[count++] = "--quiet";
	argv[count++] = "--force";
	argv[count++] = "--out";
	argv[count++] = options->scratch;
	for (size_t i = 0; i < options->variants->count; i++) {
		argv[count++] = "--variant";
		argv[count++] = options->variants->items[i];
	}
	for (size_t i = 0; i < options->sets->count; i++) {
		argv[count++] = "--set";
		argv[count++] = options->sets->items[i];
	}
	argv[count++] = "--";
	argv[count++] = options->scenario;
	argv[count] = NULL;
	child = process_start(argv, PROCESS_CHILD, viewer->errors, err);
	free(argv);
	if (child < 0)
		return -1;
	viewer->child = child;
	viewer->begun_ns = clock_monotonic_ns();
	viewer->begun = time(NULL);
	watch_process(viewer->watch, child);
	return 0;
}

/* Runs the scenario, once what is under way has ended. */
static void run_again(struct viewer *viewer)
{
	struct err err = { 0 };

	viewer->played = shelf_stamp(viewer->options->scenario);
	if (viewer->child) {
		viewer->again = true;
		kill(viewer->child, SIGTERM);
		return;
	}
	if (expect_recordings(viewer, &err) != 0 || start_run(viewer, &err) != 0)
		window_say(viewer->window, "%s", err.text);
	else
		say_progress(viewer);
	look(viewer, true, false);
}

/* The first sentence that the run said, without "seam: ". */
static void read_errors(const struct viewer *viewer, char *said, size_t size)
{
	static const char prefix[] = "seam: ";
	FILE *file = fopen(viewer->errors, "re");
	size_t length = file ? fread(said, 1, size - 1, file) : 0;

	said[length] = '\0';
	said[strcspn(said, "\n")] = '\0';
	if (!strncmp(said, prefix, strlen(prefix)))
		memmove(said, said + strlen(prefix), strlen(said + strlen(prefix)) + 1);
	if (file)
		fclose(file);
}

static void end_run(struct viewer *viewer, int code)
{
	double seconds = (double)(clock_monotonic_ns() - viewer->begun_ns) / 1e9;
	char said[240];

	viewer->child = 0;
	if (viewer->again) {
		viewer->again = false;
		run_again(viewer);
		return;
	}
	read_errors(viewer, said, sizeof(said));
	if (code != 0)
		window_say(viewer->window, "%s", *said ? said : "the run failed");
	else if (*said)
		window_say(viewer->window, "%s", said);
	else
		window_say(viewer->window, "%s ran in %.1f s: R, or saving it, runs it again",
		           base_name(viewer->options->scenario), seconds);
}

/* ---- what the window asks for ---- */

static void again(void *context, struct window *window)
{
	struct viewer *viewer = context;

	if (viewer->options->scenario)
		run_again(viewer);
	else if (!look(viewer, false, true))
		window_say(window, "nothing has changed on disk");
}

static void dropped(void *context, struct window *window, const char *path)
{
	struct viewer *viewer = context;
	struct shelf *shelf = &viewer->reading.shelf;

	for (size_t i = 0; i < shelf->count; i++) {
		if (!strcmp(shelf->items[i].path, path)) {
			window_say(window, "%s is open already", base_name(path));
			return;
		}
	}
	shelf_add(shelf, path, false);
	look(viewer, true, false);
}

static void offer_changes(struct viewer *viewer)
{
	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		struct shelf_item *item = &viewer->reading.shelf.items[i];
		struct shelf_stamp now = shelf_stamp(item->path);

		if (item->partial || !shelf_changed(item) || shelf_stamp_equal(&now, &item->told))
			continue;
		item->told = now;
		if (now.there)
			window_say(viewer->window, "%s has changed on disk: R reads it again",
			           base_name(item->path));
		else
			window_say(viewer->window,
			           "%s is gone from the disk; what is shown was read before",
			           base_name(item->path));
	}
}

static void woken(void *context, struct window *window)
{
	struct viewer *viewer = context;
	const char *scenario = viewer->options->scenario;
	bool ended = false;
	int code = 0;

	(void)window;
	if (viewer->child)
		ended = process_ended(viewer->child, false, &code);
	show_read(viewer);
	look(viewer, true, false);
	if (ended)
		end_run(viewer, code);
	if (scenario) {
		struct shelf_stamp now = shelf_stamp(scenario);

		if (now.there && !shelf_stamp_equal(&now, &viewer->played))
			run_again(viewer);
	}
	offer_changes(viewer);
}

static void elsewhere(void *context, struct window *window, uint32_t group)
{
	struct viewer *viewer = context;
	const struct shelf_sight *sight = viewer->reading.shelf.sight;
	const struct shelf_item *item =
		sight && group < sight->count
			? shelf_find(&viewer->reading.shelf, sight->ids[group])
			: NULL;
	const char *path;
	struct err err = { 0 };

	if (!item) {
		window_say(window, "there is no recording to show in Wireshark");
		return;
	}
	path = shelf_place(item);
	if (!strcmp(path, "-")) {
		window_say(window, "Wireshark cannot open what came from standard input");
		return;
	}
	const char *const argv[] = { "wireshark", path, NULL };

	if (process_start(argv, PROCESS_APART, "/dev/null", &err) < 0)
		window_say(window, "%s; it would open %s", err.text, path);
	else
		window_say(window, "Wireshark opens %s", base_name(path));
}

/* "nagle-nagle", beside the first recording; what a scenario's run leaves goes away with us. */
static void picture_base(const struct viewer *viewer, struct buffer *base)
{
	const char *path = viewer->options->scenario     ? base_name(viewer->options->scenario)
	                   : viewer->reading.shelf.count ? viewer->reading.shelf.items[0].path
	                                                 : "seam";
	const char *dot = strrchr(base_name(path), '.');

	if (!strcmp(path, "-"))
		path = "seam", dot = NULL;
	buffer_add(base, path, dot && dot > base_name(path) ? (size_t)(dot - path) : strlen(path));
}

static int save(void *context, const char *form, const struct buffer *bytes, struct buffer *said,
                struct err *err)
{
	const struct viewer *viewer = context;
	struct buffer base = { 0 }, path = { 0 };
	int result = -1;

	picture_base(viewer, &base);
	for (int i = 1; i <= NAMES_MOST && result != 0; i++) {
		buffer_clear(&path);
		buffer_format(&path, "%s-view", base.bytes);
		if (i > 1)
			buffer_format(&path, "-%d", i);
		buffer_format(&path, ".%s", form);
		if (access(path.bytes, F_OK) == 0)
			continue;
		result = save_file(path.bytes, bytes->bytes, bytes->length, false, err);
		if (result != 0 && access(path.bytes, F_OK) != 0)
			break;
	}
	if (result == 0)
		buffer_format(said, "saved as %s", path.bytes);
	else if (!err->kind)
		err_input(err, "there are %d pictures beside %s already", NAMES_MOST, base.bytes);
	buffer_finish(&base);
	buffer_finish(&path);
	return result;
}

static void drawn(void *context, const struct buffer *json)
{
	const struct viewer *viewer = context;
	struct err err = { 0 };

	if (viewer->options->dump)
		save_file(viewer->options->dump, json->bytes, json->length, true, &err);
}

/* ---- from beginning to end ---- */

static void wake(void *context)
{
	window_wake(context);
}

static int fill(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;

	for (size_t i = 0; i < options->recording_count; i++) {
		const char *path = options->recordings[i];

		if (!options->follow && strcmp(path, "-") != 0 && access(path, F_OK) != 0)
			return err_input(err, "cannot open %s: %s: give the path of a recording",
			                 path, strerror(errno));
		viewer->own = shelf_add(&viewer->reading.shelf, path, options->follow);
	}
	return 0;
}

static bool reads_standard_input(const struct viewer_options *options)
{
	for (size_t i = 0; i < options->recording_count; i++) {
		if (!strcmp(options->recordings[i], "-"))
			return true;
	}
	return false;
}

static int loading(void *context, struct scene_loading *loading)
{
	struct viewer *viewer = context;

	return reading_words(&viewer->reading, loading);
}

static void start_watching(struct viewer *viewer)
{
	viewer->watch = watch_create(wake, viewer->window);
	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		const struct shelf_item *item = &viewer->reading.shelf.items[i];

		if (strcmp(item->path, "-") != 0)
			watch_file(viewer->watch, item->path);
		if (item->partial)
			watch_file(viewer->watch, item->partial);
	}
	if (viewer->options->scenario)
		watch_file(viewer->watch, viewer->options->scenario);
}

static void finish(struct viewer *viewer)
{
	int ignored;

	watch_destroy(viewer->watch);
	worker_set_wake(viewer->reading.worker, NULL, NULL);
	window_close(viewer->window);
	if (viewer->child) {
		kill(viewer->child, SIGTERM);
		process_ended(viewer->child, true, &ignored);
	}
	if (viewer->errors)
		unlink(viewer->errors);
	free(viewer->errors);
	reading_finish(&viewer->reading);
}

static enum viewer_end open_and_run(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	const struct window_calls calls = { .context = viewer,
		                            .again = again,
		                            .dropped = dropped,
		                            .woken = woken,
		                            .loading = loading,
		                            .elsewhere = elsewhere,
		                            .save = save,
		                            .drawn = options->dump ? drawn : NULL };
	const struct window_content content = { .timeline = &nothing };
	bool late = reads_standard_input(options);

	/* Beside SDL's start; what cannot be read twice, only when there is a window for it. */
	if (!late)
		reading_look(&viewer->reading, false, false);
	viewer->window = window_open(&options->window, &calls, &content, err);
	if (!viewer->window)
		return VIEWER_NO_WINDOW;
	if (late)
		reading_look(&viewer->reading, false, false);
	worker_wait(viewer->reading.worker, READING_QUIET_MS);
	worker_set_wake(viewer->reading.worker, wake, viewer->window);
	show_read(viewer);
	start_watching(viewer);
	if (options->scenario)
		run_again(viewer);
	window_wake(viewer->window); /* something may have changed before it was watched */
	if (window_run(viewer->window, err) != 0)
		return VIEWER_FAILED;
	*err = viewer->failed;
	return err->kind ? VIEWER_FAILED : VIEWER_CLOSED;
}

enum viewer_end viewer_run(const struct viewer_options *options, struct err *err)
{
	struct viewer viewer = { .options = options,
		                 .at_pending = options->has_at,
		                 .select_pending = options->select != NULL };
	enum viewer_end end = VIEWER_FAILED;

	if (options->scenario) {
		struct buffer errors = { 0 };

		buffer_format(&errors, "%s/errors", options->scratch);
		viewer.errors = errors.bytes;
	}
	if (fill(&viewer, err) == 0) {
		viewer.reading.worker = worker_create();
		end = open_and_run(&viewer, err);
	}
	finish(&viewer);
	return end;
}
