/*
 * A > or a ; is an argument of many programs: grep, cut, test, awk, find.  So
 * what stands beside it is looked at, too: a command behind it, or an item
 * before it.  Some programs hand their words on to a shell, and there they are
 * syntax.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/command.h"
#include "run/stray.h"
#include "run/world.h"

/*
 * A text of many languages: of no quotes, patterns or parentheses.  Nor of
 * blanks: a statement that has some may be SQL's.
 */
static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/{}#%+=@;-";

static const char *const listing[] = { "&&", "||", "|", "|&", ";", NULL };
static const char *const redirecting[] = {
	">", ">>", "<", "1>", "1>>", "2>", "2>>", "&>", "&>>", NULL
};

static bool
is_one_of(const char *s, const char *const *set)
{
	while (*set && strcmp(s, *set) != 0)
		set++;
	return *set != NULL;
}

static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
has_ref(const char *word, const struct vocabulary *v)
{
	size_t i, n = strlen(word);
	struct value_ref ref;

	for (i = 0; i < n; i++)
		if (template_match(word, n, i, v, &ref))
			return true;
	return false;
}

bool
stray_has_refs(char *const *words, const struct vocabulary *v)
{
	while (*words && !has_ref(*words, v))
		words++;
	return *words != NULL;
}

/* One letter is an operand, more often. */
bool
stray_is_command(const char *name)
{
	size_t n = strcspn(name, " \t\n;");
	char *first = xmemdup(name, n);
	bool is = n > 1 && memchr(name, '=', n) == NULL &&
	    (world_has_program(first) || !command_is_program(first));

	free(first);
	return is;
}

/* -c, -ec */
static bool
is_script_option(const char *word)
{
	size_t n = strlen(word);

	return n > 1 && word[0] == '-' && word[1] != '-' &&
	    word[n - 1] == 'c';
}

/* Do the words before end, or one of them, go to a shell? */
static bool
is_handed_on(char *const *words, char *const *end)
{
	static const char *const joining[] = {
		"ssh", "rsh", "mosh", "pdsh", "pssh", "parallel-ssh", "clush",
		"watch", "adb", "parallel", "sem", "tmux", "screen",
		"foreach", "forall", NULL	/* of git submodule; repo */
	};
	static const char *const shells[] = {
		"sh", "bash", "dash", "ksh", "mksh", "zsh", "fish", "su", NULL
	};
	bool shell = false;

	for (; words < end; words++) {
		if (is_one_of(base(*words), joining) ||
		    (shell && is_script_option(*words)))
			return true;
		shell |= is_one_of(base(*words), shells);
	}
	return false;
}

/* paste -d ';' file, curl -w '>..': what an option, or --, makes an operand. */
static bool
is_behind_option(char *const *words, size_t i)
{
	return i > 0 && words[i - 1][0] == '-' && words[i - 1][1];
}

/* Does one of the words before end compare, with > or the like? */
static bool
is_compared(char *const *words, char *const *end)
{
	static const char *const comparing[] = {
		"test", "[", "expr", "--compare-versions", NULL
	};

	while (words < end && !is_one_of(base(*words), comparing))
		words++;
	return words < end;
}

/* {} '>' 3, or 3.1, is a comparison, too */
static bool
is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789.")] == '\0';
}

/*
 * echo {} | wc, but not grep '|' file; touch {} & echo.  refs: before it.  A &
 * without an item before it is text, more often.
 */
static bool
is_list(char *const *words, size_t i, bool refs)
{
	bool amid = is_one_of(words[i], listing) ? refs || i > 1 :
	    refs && strcmp(words[i], "&") == 0;

	return amid && words[i + 1] && stray_is_command(words[i + 1]) &&
	    !is_compared(words, words + i);
}

/* sleep {}; echo.  refs: in word, or before it. */
static bool
is_ended(const char *word, const char *next, bool refs)
{
	size_t n = strlen(word);

	return refs && n > 1 && word[n - 1] == ';' &&
	    word[strspn(word, plain)] == '\0' && next &&
	    stray_is_command(next);
}

/* {};true */
static bool
is_joined(const char *word, bool refs)
{
	const char *s = word + strcspn(word, ";");

	if (!refs || s == word || *s != ';' || stray_is_command(word) ||
	    memchr(word, '=', (size_t)(s - word)) ||
	    word[strspn(word, plain)])
		return false;
	for (; (s = strchr(s, ';')) != NULL; s++)
		if (stray_is_command(s + 1))
			return true;
	return false;
}

/* {} > file */
static bool
is_redirection(char *const *words, size_t i)
{
	return is_one_of(words[i], redirecting) && words[i + 1] &&
	    words[i + 2] == NULL && !is_number(words[i + 1]) &&
	    !is_compared(words, words + i);
}

/* >file, 2>&1, &>file; but not >=5, >5, >>> */
static bool
is_redirected(const char *word)
{
	const char *s = word + (*word && strchr("12&", *word));

	if (*s != '>')
		return false;
	s += s[1] == '>' ? 2 : 1;
	return *s && *s != '=' && *s != '>' && !is_number(s);
}

const char *
stray_syntax(char *const *words, const struct vocabulary *v)
{
	bool here, refs = false;	/* before the word */
	const char *word;
	size_t i;

	for (i = 0; (word = words[i]) != NULL; i++, refs |= here) {
		here = has_ref(word, v);
		if (i == 0 || is_behind_option(words, i))
			continue;
		if (is_list(words, i, refs) ||
		    is_ended(word, words[i + 1], refs || here) ||
		    is_joined(word, refs || here) ||
		    (refs && (is_redirection(words, i) ||
		    is_redirected(word))))
			return is_handed_on(words, words + i) ? NULL : word;
	}
	return NULL;
}

static bool
is_operator(const char *word)
{
	static const char *const others[] = { "&", "2>&1", NULL };

	return is_one_of(word, listing) || is_one_of(word, redirecting) ||
	    is_one_of(word, others);
}

/* The ; of find -exec: what may follow is one of find's, too. */
static bool
is_last(char *const *words, size_t i)
{
	const char *next = words[i + 1];

	return strcmp(words[i], ";") == 0 &&
	    (next == NULL || (*next && strchr("-(),!", *next)));
}

/* Is the operator what the program is to have? */
static bool
is_data(char *const *words, size_t i)
{
	const char *next = words[i + 1];

	return i == 1 || is_behind_option(words, i) || is_last(words, i) ||
	    (is_one_of(words[i], redirecting) && next && is_number(next)) ||
	    is_compared(words, words + i) || is_handed_on(words, words + i);
}

const char *
stray_operator(char *const *words)
{
	size_t i;

	for (i = 1; words[0] && words[i]; i++)
		if (is_operator(words[i]) && !is_data(words, i))
			return words[i];
	return NULL;
}

const char *
stray_shell(const char *word)
{
	return strncmp(word, "&>", 2) == 0 || strncmp(word, "|&", 2) == 0 ?
	    " and give --shell bash" : "";
}

/* What is bash's at s, which is outside of quotes; or NULL.  first: a word
   begins there. */
static const char *
bashism(const char *s, bool first)
{
	static const char *const words[] = {
		"[[ ", "for ((", "source ", "function ", "declare ", "shopt ",
		"pushd ", NULL
	}, *const parts[] = { "<<<", "<(", ">(", "=(", "|&", "&>", NULL };
	const char *const *m;

	for (m = first ? words : parts; *m; m++)
		if (strncmp(s, *m, strlen(*m)) == 0)
			return *m;
	return first ? bashism(s, false) : NULL;
}

/* The same of a word of the line. */
static const char *
find_bashism(const char *word)
{
	const char *s, *found;
	char quote = '\0';

	for (s = word; *s; s++) {
		if (quote != '\'' && (strncmp(s, "^^}", 3) == 0 ||
		    strncmp(s, ",,}", 3) == 0))
			return *s == '^' ? "^^}" : ",,}";
		if (*s == '\\' && quote != '\'' && s[1])
			s++;
		else if (quote)
			quote = *s == quote ? '\0' : quote;
		else if (*s == '\'' || *s == '"')
			quote = *s;
		else if ((found = bashism(s, s == word ||
		    strchr(" \t\n;&|(!", s[-1]))) != NULL)
			return found;
	}
	return NULL;
}

const char *
stray_bashism(char *const *words)
{
	const char *found = NULL;

	for (; *words && found == NULL; words++)
		found = find_bashism(*words);
	return found;
}

/* x.$PPX_SLOT, ${PPX_SLOT}; but not $$PPX_SLOT, which is for make(1) */
static bool
is_variable(const char *word)
{
	const char *s, *name;

	if (strpbrk(word, " \t\n"))
		return false;
	for (s = word; (s = strchr(s, '$')) != NULL; s = name) {
		name = s + 1 + (s[1] == '{');
		if ((s == word || s[-1] != '$') &&
		    (strncmp(name, "PARALLEL_", 9) == 0 ||
		    strncmp(name, "PPX_", 4) == 0))
			return true;
	}
	return false;
}

const char *
stray_variable(char *const *words)
{
	char *const *found = NULL, *const *w;

	for (w = words; *w; w++) {
		if (is_script_option(*w))
			return NULL;
		if (found == NULL && is_variable(*w))
			found = w;
	}
	if (found == NULL || is_handed_on(words, found) ||
	    strcmp(base(words[0]), "envsubst") == 0)
		return NULL;
	return *found;
}
