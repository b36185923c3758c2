/*
 * The smallest program there can be: no libc, two system calls.  It writes
 * its argument as a line, if it has one, and exits.  What is timed with it is
 * the runner and the kernel, not a loader.
 */
#if defined(__x86_64__)
static long
call(long n, long a, long b, long c)
{
	long r;

	__asm__ volatile ("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c)
	    : "rcx", "r11", "memory");
	return r;
}
enum { WRITE = 1, EXIT = 60 };
__asm__(".globl _start\n_start: mov %rsp,%rdi\nand $-16,%rsp\ncall begin\n");
#elif defined(__aarch64__)
static long
call(long n, long a, long b, long c)
{
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b, x2 __asm__("x2") = c;

	__asm__ volatile ("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2)
	    : "memory");
	return x0;
}
enum { WRITE = 64, EXIT = 93 };
__asm__(".globl _start\n_start: mov x0,sp\nbl begin\n");
#endif

void begin(long *stack);

void
begin(long *stack)
{
	static char line[4096];
	char *word = (char *)stack[2];
	long n;

	if (stack[0] > 1) {
		for (n = 0; word[n] && n < 4095; n++)
			line[n] = word[n];
		line[n++] = '\n';
		call(WRITE, 1, (long)line, n);
	}
	call(EXIT, 0, 0, 0);
}
