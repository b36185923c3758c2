# --soft-timeout and --soft-signal: a signal that the task may catch.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

@test "the soft signal comes once, without CONT, and the task may end well" {
	launch --soft-timeout 0.3 --joblog log siglog -x TERM log.task ::: 1
	wait_until grep -q USR1 log.task
	kill -TERM "$(named siglog)"
	ended "exit 0"
	same "$(tr '\n' ' ' <log.task)" "ready USR1 TERM "
}

@test "--soft-signal says which one" {
	launch --soft-timeout 0.2 --soft-signal HUP --joblog log \
	    siglog -x HUP log.task ::: 1
	ended "exit 0"
	same "$(tr '\n' ' ' <log.task)" "ready HUP "
}

@test "a task that does not catch it dies by it: that is its own end" {
	launch --soft-timeout 0.2 --joblog log sleep ::: 1000
	ended "exit 123"
	same "$(column 7,8 log)" "0	10"
	grep -q 'ended by signal 10 (USR1)' err
}

@test "the whole process group of the main process gets it" {
	launch --soft-timeout 0.5 --soft-signal USR2 'trap "" USR2
		siglog -x USR2 log.1 & siglog -x USR2 log.2 & wait; : "$1"' ::: 1
	ended "exit 0"
	has USR2 log.1
	has USR2 log.2
}

@test "then the hard limit takes the task" {
	launch --soft-timeout 0.2 --timeout 0.6 --termseq TERM,100,KILL \
	    --joblog log siglog log.task ::: 1
	ended "exit 123"
	nothing_left
	same "$(tr '\n' ' ' <log.task)" "ready USR1 TERM CONT "
	same "$(column 7,8 log)" "-1	9"
}

@test "the hard limit wins where the soft one is not before it" {
	for soft in 0.3 0.4; do
		rm -f log.task
		launch --soft-timeout $soft --timeout 0.3 siglog -x TERM \
		    log.task ::: 1
		ended "exit 123"
		same "$(tr '\n' ' ' <log.task)" "ready TERM "
	done
}

@test "it is set for each task by a replacement string; 0 is none" {
	run ppx -k -j2 --joblog log --soft-timeout {} \
	    'sleep 0.4; echo "$1"' ::: 0.1 0 5
	same "$status" 123
	same "$(column 1,8 log | sort)" "1	10
2	0
3	0"
}

@test "a soft signal of one task never comes to the next" {
	# Where it is not, what is left of a task's group ends the linger later.
	needs_trees
	# One that ends when its signal is due, then one that must not get it.
	for i in {1..300}; do
		printf '0.02\n0\n'
	done >items
	run ppx -a items -j2 --soft-timeout {} --joblog log \
	    'sleep "$1"; sleep 0.005'
	all_logged 600 log
	same "$(column 1,8 log | awk '$1 % 2 == 0 && $2 != 0')" ""
}

@test "time in which ppx was stopped does not count" {
	needs_trees
	launch --soft-timeout 3 siglog -x TERM log.task ::: 1
	wait_until test -s log.task
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	sleep 3.2		# a time that must pass
	kill -CONT "$pid"
	wait_until states_are S "$pid"
	not grep -q USR1 log.task
	wait_until grep -q USR1 log.task
	kill -TERM "$(named siglog)"
	ended "exit 0"
}

@test "what is no duration and no signal is refused" {
	run ppx --soft-timeout x true ::: 1
	same "$status" 125
	run ppx --soft-timeout 1 --soft-signal XX true ::: 1
	same "$status" 125
	run ppx --soft-timeout {} true ::: -1
	same "$status" 123
}
