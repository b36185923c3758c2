# Warm shells: each test in sh, and in bash where there is one.

warm_setup()
{
	test_setup
	! generic || skip "this system has no warm shells"
	shells=(sh)
	! command -v bash >/dev/null || shells+=(bash)
}

# In each shell.
warm()
{
	"$PPX" --warm --shell "$shell" "$@"
}

# Not in a condition: there errexit would be off, and what fails be passed over.
in_each()
{
	for shell in "${shells[@]}"; do
		echo "in $shell:"
		"$@"
	done
}
