# A system that fails for a moment, by tests/tools/faulty.

load helper
load trees

# faults CALL:ERRNO:SKIP:FAIL[:EVERY] ARG..: launch, with that.
faults()
{
	local ppx=$PPX

	PPX=$PPX_TOOLS/faulty
	via=(env PPX_FAULT="$1")
	launch "${@:2}"
	PPX=$ppx
}

errno()
{
	case $1 in
	ENOENT) echo 2 ;;
	EIO) echo 5 ;;
	EAGAIN) echo 11 ;;
	ENOMEM) echo 12 ;;
	ENOBUFS) echo 105 ;;
	esac
}

once_each()
{
	ended "exit 0"
	nothing_left
	same "$(sort -n out)" "$(seq "$1")"
	same "$(sort -n runs)" "$(seq "$1")"
	rm runs
}

@test "what cannot be sent for a moment is sent later: no task runs twice" {
	for error in EAGAIN ENOBUFS ENOMEM; do
		faults sendmsg:$(errno $error):0:2:3 -j3 -a <(seq 40) \
		    'echo {} >>runs; echo {}'
		once_each 40
		# the last of all: its worker goes by itself
		faults sendmsg:$(errno $error):1:5 -j1 'echo {} >>runs; echo {}' \
		    ::: 1
		once_each 1
	done
}

@test "what cannot be received for a moment is received later" {
	for error in ENOMEM ENOBUFS; do
		faults recvmsg:$(errno $error):0:1:3 -j3 -a <(seq 40) \
		    'echo {} >>runs; echo {}'
		once_each 40
	done
}
