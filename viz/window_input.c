#include "viz/window_input.h"

#include <string.h>

static uint8_t mods_of(SDL_Keymod mods)
{
	return (uint8_t)((mods & KMOD_SHIFT ? VIEW_SHIFT : 0) | (mods & KMOD_CTRL ? VIEW_CTRL : 0) |
	                 (mods & KMOD_ALT ? VIEW_ALT : 0));
}

/* Keys that type nothing, wherever they lie on the board. */
static const struct {
	SDL_Keycode code;
	enum view_key key;
} keys[] = {
	{ SDLK_RIGHT, VIEW_KEY_RIGHT },
	{ SDLK_LEFT, VIEW_KEY_LEFT },
	{ SDLK_UP, VIEW_KEY_UP },
	{ SDLK_DOWN, VIEW_KEY_DOWN },
	{ SDLK_PAGEUP, VIEW_KEY_UP },
	{ SDLK_PAGEDOWN, VIEW_KEY_DOWN },
	{ SDLK_HOME, VIEW_KEY_HOME },
	{ SDLK_END, VIEW_KEY_END },
	{ SDLK_TAB, VIEW_KEY_TAB },
	{ SDLK_RETURN, VIEW_KEY_ENTER },
	{ SDLK_KP_ENTER, VIEW_KEY_ENTER },
	{ SDLK_ESCAPE, VIEW_KEY_ESCAPE },
	{ SDLK_BACKSPACE, VIEW_KEY_BACKSPACE },
	{ SDLK_F1, VIEW_KEY_F1 },
};

static bool key_down(const SDL_KeyboardEvent *event, struct view_input *input)
{
	SDL_Keycode code = event->keysym.sym;

	input->kind = VIEW_KEY;
	input->mods = mods_of((SDL_Keymod)event->keysym.mod);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].code == code) {
			input->key = (uint8_t)keys[i].key;
			return true;
		}
	}
	/* A letter with Ctrl or Alt comes as no text. */
	if (!(input->mods & (VIEW_CTRL | VIEW_ALT)) || code < 'a' || code > 'z')
		return false;
	input->key = VIEW_KEY_CHARACTER;
	input->character = (char)code;
	return true;
}

/* What the layout makes of a key, so that / and ? are where the user's keyboard has them. */
static bool typed(const struct window_input *from, const SDL_TextInputEvent *event,
                  struct view_input *input)
{
	size_t length = strnlen(event->text, sizeof(event->text));

	if (from->searching && length && length < sizeof(input->typed)) {
		input->kind = VIEW_TYPED;
		memcpy(input->typed, event->text, length);
		return true;
	}
	if (length != 1)
		return false;
	input->kind = VIEW_KEY;
	input->mods = mods_of((SDL_Keymod)from->mods);
	input->key = event->text[0] == ' ' ? VIEW_KEY_SPACE : VIEW_KEY_CHARACTER;
	input->character = event->text[0];
	return true;
}

static bool button(const struct window_input *from, const SDL_MouseButtonEvent *event,
                   struct view_input *input)
{
	if (event->button != SDL_BUTTON_LEFT)
		return false;
	input->kind = event->type == SDL_MOUSEBUTTONUP ? VIEW_RELEASE
	              : event->clicks == 2             ? VIEW_DOUBLE
	                                               : VIEW_PRESS;
	input->x = event->x / from->unit;
	input->y = event->y / from->unit;
	return true;
}

bool window_input(const struct window_input *from, const SDL_Event *event, struct view_input *input)
{
	*input = (struct view_input){ .mods = mods_of(from->sdl->GetModState()) };
	switch (event->type) {
	case SDL_KEYDOWN: return key_down(&event->key, input);
	case SDL_TEXTINPUT: return typed(from, &event->text, input);
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP: return button(from, &event->button, input);
	case SDL_MOUSEMOTION:
		input->kind = VIEW_MOVE;
		input->x = event->motion.x / from->unit;
		input->y = event->motion.y / from->unit;
		return true;
	case SDL_MOUSEWHEEL:
		input->kind = VIEW_WHEEL;
		input->amount = (double)event->wheel.preciseY;
		if (event->wheel.direction == SDL_MOUSEWHEEL_FLIPPED)
			input->amount = -input->amount;
		input->x = event->wheel.mouseX / from->unit;
		input->y = event->wheel.mouseY / from->unit;
		return input->amount != 0;
	default: return false;
	}
}
