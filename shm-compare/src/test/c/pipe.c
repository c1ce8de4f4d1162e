/* A message of 64 bytes there and back through two pipes, between two processes pinned to two CPUs.
 * Usage: pipe [round trips [CPU CPU]]. Prints the median time in microseconds. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64 };

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) { perror("sched_setaffinity"); _exit(1); }
}
static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}
static int ascending(const void *a, const void *b) {
    return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b);
}
int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 50000, there[2], back[2], first = n / 5;
    char m[SIZE] = {0};
    long *ns = malloc(n * sizeof *ns);
    if (pipe(there) != 0 || pipe(back) != 0) return 1;
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(argc > 3 ? atoi(argv[3]) : 1);
        for (int i = 0; i < n; i++)
            if (read(there[0], m, SIZE) != SIZE || write(back[1], m, SIZE) != SIZE) _exit(1);
        _exit(0);
    }
    pin(argc > 2 ? atoi(argv[2]) : 0);
    for (int i = 0; i < n; i++) {
        long start = now();
        if (write(there[1], m, SIZE) != SIZE || read(back[0], m, SIZE) != SIZE) return 1;
        ns[i] = now() - start;
    }
    wait(NULL);
    qsort(ns + first, n - first, sizeof *ns, ascending);
    printf("pipe there and back: %.2f us\n", ns[first + (n - first) / 2] / 1e3);
}
