/*
 * Options of GNU parallel that ppx has not, and what to do instead: a script
 * that was written for it is told at once, and nothing is guessed.
 */
#include "config.h"

#include "base/mem.h"
#include "cli/options.h"

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define REFUSED(letters, advice, ...) \
	{ NAMES(__VA_ARGS__), letters, NULL, GROUP_NONE, STORE_REFUSED, 0, \
	    advice, 0, false }

static const struct option_row rows[] = {
	REFUSED("",
	    "held output lies in --tmpdir as it is; give one with room",
	    "compress", "compress-program", "compressprogram",
	    "decompress-program", "decompressprogram", "use-compress-program",
	    "use-decompress-program"),
	REFUSED("",
	    "write a shell line and change \"$1\" there, as in "
	    "\"${1%.x}\"",
	    "rpl", "parens"),
	REFUSED("",
	    "watch tasks with --line-buffer --tag",
	    "tmux", "tmux-pane", "tmuxpane"),
	REFUSED("",
	    "write --joblog FILE and load that into the database",
	    "sqlmaster", "sql-master", "sql", "sql-worker", "sqlworker",
	    "sql-and-worker", "sqlandworker"),
	REFUSED("SM",
	    "ppx runs on one machine; use \"ppx ssh {} COMMAND\" with "
	    "hosts as items",
	    "sshlogin", "onall", "nonall", "sshloginfile", "slf", "hostgroups",
	    "hostgroup", "hostgrp", "hgrp", "filter-hosts", "filterhosts",
	    "filter-host", "ssh", "ssh-delay", "sshdelay", "controlmaster"),
	REFUSED("",
	    "ppx runs on one machine, no file has to be sent; use rsync "
	    "or scp in COMMAND",
	    "basefile", "bf", "cleanup", "return", "rsync-opts", "rsyncopts",
	    "transfer", "transfer-file", "transferfile", "transfer-files",
	    "transferfiles", "tf", "trc"),
	REFUSED("",
	    "the last part of a path is always {/}",
	    "basenamereplace", "bnr"),
	REFUSED("",
	    "the directory of a path is always {//}",
	    "dirnamereplace", "dnr"),
	REFUSED("",
	    "the last part without its suffix is always {/.}",
	    "basenameextensionreplace", "bner"),
	REFUSED("",
	    "the item without its suffix is always {.}",
	    "extensionreplace", "er"),
	REFUSED("",
	    "the number of the task is always {#}",
	    "seqreplace"),
	REFUSED("",
	    "the slot is always {%}",
	    "slotreplace"),
	REFUSED("",
	    "sort the input by that column first, then batch it, as with "
	    "awk",
	    "bin", "shard", "group-by", "groupby"),
	REFUSED("",
	    "a record is given to a task as soon as it is read",
	    "block-timeout", "blocktimeout", "bt"),
	REFUSED("",
	    "--color-failed shows what failed; --tag says whose line it "
	    "is",
	    "color", "colour"),
	REFUSED("",
	    "use --tag or --tagstring STR",
	    "ctag", "ctag-string", "ctagstring"),
	REFUSED("",
	    "copy the program ppx beside your script; it is one file",
	    "embed"),
	REFUSED("",
	    "write a shell line that ends well for what is left out: "
	    "'[ .. ] || exit 0; ..'",
	    "filter"),
	REFUSED("",
	    "use --bar, or --line-buffer --tag",
	    "latest-line", "latestline", "ll"),
	REFUSED("",
	    "use --load N or --memfree SIZE",
	    "limit"),
	REFUSED("",
	    "tasks are not stopped; --memfree SIZE starts no more of them",
	    "memsuspend"),
	REFUSED("",
	    "--memfree SIZE starts no more tasks while memory is short",
	    "noswap"),
	REFUSED("",
	    "use --show-limits",
	    "max-line-length-allowed", "maxlinelengthallowed"),
	REFUSED("",
	    "compare the output of ppx --version",
	    "minversion"),
	REFUSED("",
	    "leave out --keep-order",
	    "no-keep-order", "nokeeporder", "nok"),
	REFUSED("",
	    "use nproc or lscpu; ppx --version says how many ppx takes",
	    "number-of-cpus", "number-of-cores", "number-of-sockets",
	    "number-of-threads", "numberofcpus", "numberofcores",
	    "numberofsockets", "numberofthreads"),
	REFUSED("",
	    "give the number that you want: -j N, or -j N%",
	    "use-sockets-instead-of-threads", "use-cores-instead-of-threads",
	    "use-cpus-instead-of-cores"),
	REFUSED("J",
	    "there is no configuration file; write a shell function or "
	    "alias",
	    "profile"),
	REFUSED("",
	    "tasks have the whole environment, nothing has to be recorded",
	    "record-env", "recordenv"),
	REFUSED("",
	    "use --queue-timeout SECS, which gives up, as -SECS does; nothing "
	    "starts without a place",
	    "semaphore-timeout", "semaphoretimeout", "st"),
	REFUSED("",
	    "write a script that says: exec ppx INTERPRETER FILE ::: "
	    "\"$@\"",
	    "shebang-wrap"),
	REFUSED("",
	    "completions for bash, zsh and fish are installed with ppx",
	    "shell-completion", "shellcompletion"),
	REFUSED("",
	    "use ppx -k --shell bash 'printf \"%q\\n\" {}'",
	    "shell-quote", "shellquote", "shell_quote"),
	REFUSED("",
	    "write the file in COMMAND, with sed or a here-document",
	    "template", "tmpl"),
	REFUSED("",
	    "the number of tasks is counted, once the input is read",
	    "total-jobs", "totaljobs", "total"),
	REFUSED("",
	    "no notice is shown, and none has to be silenced",
	    "citation", "bibtex"),
};

const struct option_row *
option_refused(size_t i)
{
	return i < COUNT(rows) ? &rows[i] : NULL;
}
