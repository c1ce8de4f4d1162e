/* A cache line there and back between two processes pinned to two CPUs.
 * Usage: line [round trips [CPU CPU]]. Prints the median of single round trips, each with one reading
 * of the clock in it, and the mean of as many without, in nanoseconds. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Atomic long *there, *back;

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
static void pass(_Atomic long *to, _Atomic long *from, long i) {
    atomic_store_explicit(to, i, memory_order_release);
    while (atomic_load_explicit(from, memory_order_acquire) != i) {}
}
int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000, *ns = malloc(n * sizeof *ns), i;
    there = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    back = there + 16; /* a pair of lines away */
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(argc > 3 ? atoi(argv[3]) : 1);
        for (i = 1; i <= 2 * n; i++) {
            while (atomic_load_explicit(there, memory_order_acquire) != i) {}
            atomic_store_explicit(back, i, memory_order_release);
        }
        _exit(0);
    }
    pin(argc > 2 ? atoi(argv[2]) : 0);
    for (i = 1; i <= n; i++) {
        long start = now();
        pass(there, back, i);
        ns[i - 1] = now() - start;
    }
    long start = now();
    for (; i <= 2 * n; i++) pass(there, back, i);
    double mean = (now() - start) / (double)n;
    wait(NULL);
    qsort(ns + n / 2, n - n / 2, sizeof *ns, ascending);
    printf("line there and back: %ld ns with the clock, %.0f ns without\n", ns[n / 2 + n / 4], mean);
}
