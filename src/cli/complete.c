/*
 * A program of the build, not of ppx: prints the completion of ppx for a shell
 * from the table of options.
 *
 *	complete bash|zsh|fish
 *
 * Options are completed up to the first word that is none, as ppx reads them;
 * then that word is a command, and what follows are files.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/options.h"

/* What an argument is, as far as a shell can help. */
enum kind { KIND_NONE, KIND_FREE, KIND_WORDS, KIND_FILE, KIND_DIR };

static enum kind
kind_of(const struct option_row *row)
{
	const char *a = row->arg;

	if (a == NULL)
		return KIND_NONE;
	a += strspn(a, "[=");
	if (strchr(a, '|'))
		return KIND_WORDS;
	if (strncmp(a, "DIR", 3) == 0)
		return KIND_DIR;
	return strncmp(a, "FILE", 4) == 0 || strncmp(a, "PATH", 4) == 0 ||
	    strcmp(a, "NAME") == 0 ? KIND_FILE : KIND_FREE;
}

/* Is the argument a word of its own, and not only attached? */
static bool
takes_word(const struct option_row *row)
{
	return row->arg && *row->arg != '[';
}

static bool
is_shown(const struct option_row *row)
{
	return row->group != GROUP_NONE;
}

/* The words of an argument, with blanks between. */
static void
put_words(const char *arg)
{
	for (; *arg; arg++)
		putchar(*arg == '|' ? ' ' : *arg);
}

/* All names of the row, with the text between. */
static void
put_names(const struct option_row *row, const char *between)
{
	const char *const *name;
	const char *l, *lead = "";

	for (l = row->letters; *l; l++) {
		printf("%s-%c", lead, *l);
		lead = between;
	}
	for (name = row->names; *name && **name; name++) {
		printf("%s--%s", lead, *name);
		lead = between;
	}
}

/* --- bash --------------------------------------------------------------- */

/* The rows of a kind as one pattern of case; which: with an own word only. */
static void
bash_pattern(enum kind kind)
{
	const struct option_row *row;
	const char *lead = "";
	size_t i;

	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (is_shown(row) && kind_of(row) == kind) {
			printf("%s", lead);
			put_names(row, "|");
			lead = "|";
		}
}

static void
bash_letters(void)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (takes_word(row))
			printf("%s", row->letters);
}

static void
bash_values(void)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (is_shown(row) && kind_of(row) == KIND_WORDS) {
			printf("\t");
			put_names(row, "|");
			printf(")\n\t\t_ppx_words '");
			put_words(row->arg);
			printf("' ;;\n");
		}
	printf("\t");
	bash_pattern(KIND_DIR);
	printf(")\n\t\t_ppx_files -d ;;\n\t");
	bash_pattern(KIND_FILE);
	printf(")\n\t\t_ppx_files -f ;;\n");
}

static void
bash_takers(void)
{
	const struct option_row *row;
	const char *lead = "\t\t";
	const char *const *name;
	size_t i;

	for (i = 0; (row = option_row(i)) != NULL; i++) {
		if (!takes_word(row))
			continue;
		for (name = row->names; *name; name++)
			if (**name) {
				printf("%s--%s", lead, *name);
				lead = "|";
			}
	}
}

static void
bash_names(void)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (is_shown(row)) {
			printf("\t\t");
			put_names(row, " ");
			printf("\n");
		}
}

static void
bash(void)
{
	printf("# bash completion for ppx; made from its table of options\n\n"
	    "_ppx_words()\n{\n"
	    "\tCOMPREPLY=($(compgen -W \"$1\" -- \"$cur\"))\n}\n\n"
	    "_ppx_files()\n{\n"
	    "\tlocal IFS=$'\\n'\n\n"
	    "\ttype compopt >/dev/null 2>&1 && compopt -o filenames "
	    "2>/dev/null\n"
	    "\tCOMPREPLY=($(compgen \"$1\" -- \"$cur\"))\n}\n\n"
	    "# The value of option $1; fails if nothing is known of it.\n"
	    "_ppx_value()\n{\n\tcase $1 in\n");
	bash_values();
	printf("\t*) return 1 ;;\n\tesac\n}\n\n"
	    "# Does word $1 take the next one as its value?\n"
	    "_ppx_takes()\n{\n\tcase $1 in\n");
	bash_takers();
	printf(") ;;\n\t--*) return 1 ;;\n\t-*[");
	bash_letters();
	printf("])\n\t\tset -- \"${1#-}\"\n"
	    "\t\t[[ ${1%%%%[");
	bash_letters();
	printf("]*} == \"${1%%?}\" ]] ;;\n\t*) return 1 ;;\n\tesac\n}\n\n"
	    "_ppx()\n{\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} i=1 word last=\n\n"
	    "\tCOMPREPLY=()\n"
	    "\t# COMP_WORDBREAKS has =: --leak=kill is three words\n"
	    "\twhile ((i < COMP_CWORD)); do\n"
	    "\t\tword=${COMP_WORDS[i]}\n"
	    "\t\tif [[ $word == = && $last == --* ]]; then\n"
	    "\t\t\ti=$((i + 2))\n"
	    "\t\t\t((i > COMP_CWORD)) && break\n"
	    "\t\t\tlast=\n\t\t\tcontinue\n"
	    "\t\telif [[ $word != -?* || $word == -- ]]; then\n"
	    "\t\t\tbreak\n"
	    "\t\tfi\n"
	    "\t\tlast=$word\n\t\ti=$((i + 1))\n"
	    "\t\tif _ppx_takes \"$word\" && [[ ${COMP_WORDS[i]} != = ]]; "
	    "then\n"
	    "\t\t\t((i == COMP_CWORD)) && {\n"
	    "\t\t\t\t[[ $word == --* ]] || word=-${word: -1}\n"
	    "\t\t\t\t_ppx_value \"$word\"\n"
	    "\t\t\t\treturn\n"
	    "\t\t\t}\n"
	    "\t\t\ti=$((i + 1))\n\t\t\tlast=\n"
	    "\t\tfi\n"
	    "\tdone\n"
	    "\t[[ $word == -- ]] && i=$((i + 1))\n"
	    "\tif [[ $cur == = && $last == --* ]]; then\n"
	    "\t\tcur=\n\t\t_ppx_value \"$last\"\n"
	    "\telif ((i > COMP_CWORD)); then\n"
	    "\t\t_ppx_value \"$last\"\n"
	    "\telif ((i == COMP_CWORD)) && [[ $cur == -* && $word != -- ]]; "
	    "then\n"
	    "\t\t_ppx_words '\n");
	bash_names();
	printf("\t\t'\n"
	    "\telif ((i == COMP_CWORD)); then\n"
	    "\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
	    "\t\t[[ $cur == */* ]] && _ppx_files -f\n"
	    "\telif declare -F _command_offset >/dev/null; then\n"
	    "\t\t_command_offset \"$i\"\n"
	    "\telse\n\t\t_ppx_files -f\n\tfi\n"
	    "\treturn 0\n}\n\ncomplete -F _ppx ppx\n");
}

/* --- zsh ---------------------------------------------------------------- */

/* Text inside '..' and [..] of an _arguments specification. */
static void
zsh_text(const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			printf("'\\'");
		else if (strchr("[]:\\", *s))
			putchar('\\');
		putchar(*s);
	}
}

static void
zsh_value(const struct option_row *row)
{
	switch (kind_of(row)) {
	case KIND_NONE:
		return;
	case KIND_FREE:
		printf(":");
		zsh_text(row->arg + strspn(row->arg, "[="));
		printf(": ");
		return;
	case KIND_WORDS:
		printf(":word:(");
		put_words(row->arg);
		printf(")");
		return;
	case KIND_FILE:
		printf(":file:_files");
		return;
	case KIND_DIR:
		printf(":directory:_files -/");
		return;
	}
}

static void
zsh_one(const struct option_row *row, const char *dashes, const char *name,
    size_t n)
{
	const char *attached = n == 1 ? "+" : "=";

	printf("\t'*%s%.*s%s[", dashes, (int)n, name, row->arg == NULL ? "" :
	    takes_word(row) ? attached : n == 1 ? "-" : "=-");
	zsh_text(row->help);
	printf("]");
	if (row->arg && !takes_word(row))
		printf(":");
	zsh_value(row);
	printf("' \\\n");
}

static void
zsh(void)
{
	const struct option_row *row;
	const char *const *name;
	const char *l;
	size_t i;

	printf("#compdef ppx\n# zsh completion for ppx; made from its table "
	    "of options\n\n_arguments -s -S -A '-*' \\\n");
	for (i = 0; (row = option_row(i)) != NULL; i++) {
		if (!is_shown(row))
			continue;
		for (l = row->letters; *l; l++)
			zsh_one(row, "-", l, 1);
		for (name = row->names; *name && **name; name++)
			zsh_one(row, "--", *name, strlen(*name));
	}
	printf("\t'(-):command: _command_names -e' \\\n"
	    "\t'*::arguments: _normal'\n");
}

/* --- fish --------------------------------------------------------------- */

static void
fish_text(const char *s)
{
	putchar('\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('\'');
}

static void
fish_value(const struct option_row *row)
{
	switch (kind_of(row)) {
	case KIND_NONE:
		return;
	case KIND_FREE:
		printf(takes_word(row) ? " -x" : " -f");
		return;
	case KIND_WORDS:
		printf(" -x -a '");
		put_words(row->arg);
		printf("'");
		return;
	case KIND_FILE:
		printf(takes_word(row) ? " -r -F" : " -F");
		return;
	case KIND_DIR:
		printf(" -x -a '(__fish_complete_directories)'");
		return;
	}
}

/* The words so far are options, or their values. */
static const char fish_head[] =
"# fish completion for ppx; made from its table of options\n\n"
"function __ppx_no_command\n"
"\tset -l skip 0\n"
"\tfor word in (commandline -opc)[2..-1]\n"
"\t\tif test $skip = 1\n"
"\t\t\tset skip 0\n"
"\t\t\tcontinue\n"
"\t\tend\n"
"\t\tswitch $word\n"
"\t\t\tcase --\n"
"\t\t\t\treturn 1\n"
"\t\t\tcase '-*'\n"
"\t\t\t\tcontains -- $word $__ppx_takers; and set skip 1\n"
"\t\t\tcase '*'\n"
"\t\t\t\treturn 1\n"
"\t\tend\n"
"\tend\n"
"\treturn 0\n"
"end\n\n";

static void
fish(void)
{
	const struct option_row *row;
	const char *const *name;
	const char *l;
	size_t i;

	printf("%sset -g __ppx_takers", fish_head);
	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (is_shown(row) && takes_word(row)) {
			putchar(' ');
			put_names(row, " ");
		}
	printf("\n\ncomplete -c ppx -n 'not __ppx_no_command' -a "
	    "'(__fish_complete_subcommand)'\n"
	    "complete -c ppx -n __ppx_no_command -a "
	    "'(__fish_complete_command)'\n");
	for (i = 0; (row = option_row(i)) != NULL; i++) {
		if (!is_shown(row))
			continue;
		printf("complete -c ppx -n __ppx_no_command");
		for (l = row->letters; *l; l++)
			printf(" -s %c", *l);
		for (name = row->names; *name && **name; name++)
			printf(" -l %s", *name);
		fish_value(row);
		printf(" -d ");
		fish_text(row->help);
		printf("\n");
	}
}

int
main(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";

	if (strcmp(shell, "bash") == 0)
		bash();
	else if (strcmp(shell, "zsh") == 0)
		zsh();
	else if (strcmp(shell, "fish") == 0)
		fish();
	else
		return 2;
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
