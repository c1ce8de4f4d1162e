/*
 * An end of a pipe in C, for io.sluice.CPeerTest. Prints what happens, a line for each thing.
 *
 *     open PATH                   what sluice_pipe_open says
 *     send PATH COUNT SIZE        sends messages that begin with their numbers, from 0 on
 *     receive PATH                receives until the end of the stream, and checks the order
 *     take PATH COUNT             receives that many, hands out one more, and waits to be killed
 *     claim PATH                  claims a message, writes into it, and waits to be killed
 *     echo IN OUT COUNT           sends each message back; says how often it slept
 *     ask OUT IN COUNT            sends messages and awaits each reply; says the same
 *     try PATH                    sends one message without a wait, and says the result
 *     closed PATH                 calls everything of ends that are not open: never, refused, closed
 *     lossy PATH                  receives from a broadcast without limiting it
 *     strict PATH COUNT           sends and receives where the kernel permits no system call
 */
#include "sluice.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

enum { MAX_LANES = 64, BUFFER = 1 << 16 };

static struct sluice_pipe pipes[2];
static struct sluice_sender sender;
static struct sluice_receiver receiver;
static struct sluice_lane lanes[MAX_LANES];
static unsigned char buffer[BUFFER];

static void check(int result, const char *error)
{
    if (result < 0) {
        printf("%d %s\n", result, error);
        exit(0);
    }
}

static const struct sluice_pipe *open_pipe(int index, const char *path)
{
    check(sluice_pipe_open(&pipes[index], path, 0), pipes[index].error);
    return &pipes[index];
}

static void open_sender(int index, const char *path)
{
    check(sluice_sender_open(&sender, open_pipe(index, path)), sender.end.error);
}

static void open_receiver(int index, const char *path, bool lossy)
{
    struct sluice_options options;
    memset(&options, 0, sizeof options);
    options.lanes = lanes;
    options.lane_count = MAX_LANES;
    options.buffer = buffer;
    options.buffer_length = sizeof buffer;
    options.lossy = lossy;
    check(sluice_receiver_open(&receiver, open_pipe(index, path), &options), receiver.end.error);
}

static void say(const char *what)
{
    printf("%s\n", what);
    fflush(stdout);
}

static void wait_to_be_killed(void)
{
    for (;;)
        pause();
}

static void send_numbered(const char *path, uint64_t count, size_t size)
{
    static unsigned char message[BUFFER];
    open_sender(0, path);
    for (uint64_t i = 0; i < count; i++) {
        memcpy(message, &i, 8);
        check(sluice_send(&sender, message, size, SLUICE_NO_TIMEOUT), sender.end.error);
    }
    sluice_sender_close(&sender);
    printf("sent %llu\n", (unsigned long long)count);
}

static void receive_numbered(const char *path, bool lossy)
{
    struct sluice_message message;
    uint64_t next[MAX_LANES];
    unsigned long long received = 0;
    unsigned long long marked = 0;
    unsigned long long disorder = 0;
    int result;
    memset(next, 0, sizeof next);
    open_receiver(0, path, lossy);
    say("open");
    while ((result = sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT)) == SLUICE_OK) {
        uint64_t number;
        memcpy(&number, message.data, 8);
        disorder += number < next[message.lane] && message.attempt == 0;
        next[message.lane] = number + 1;
        marked += message.attempt > 0;
        received++;
        sluice_advance(&receiver);
    }
    check(result == SLUICE_END ? 0 : result, receiver.end.error);
    printf(
        "received %llu, marked %llu, out of order %llu, lost %llu\n", received, marked, disorder,
        (unsigned long long)receiver.lost);
    sluice_receiver_close(&receiver);
}

static void take(const char *path, int count)
{
    struct sluice_message message;
    open_receiver(0, path, false);
    for (int i = 0; i < count; i++) {
        check(sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT), receiver.end.error);
        sluice_advance(&receiver);
    }
    sluice_release(&receiver);
    check(sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT), receiver.end.error);
    printf("taken, attempt %u\n", message.attempt);
    fflush(stdout);
    wait_to_be_killed();
}

static void claim(const char *path)
{
    void *payload;
    open_sender(0, path);
    check(sluice_claim(&sender, 100, &payload, SLUICE_NO_TIMEOUT), sender.end.error);
    memset(payload, 0xee, 100);
    say("claimed");
    wait_to_be_killed();
}

static void say_waits(const char *what, uint64_t count)
{
    printf(
        "%s %llu, slept %s\n", what, (unsigned long long)count,
        sender.end.waits + receiver.end.waits > 0 ? "yes" : "no");
}

static void echo(const char *in, const char *out, uint64_t count)
{
    struct sluice_message message;
    open_receiver(0, in, false);
    open_sender(1, out);
    say("open");
    for (uint64_t i = 0; i < count; i++) {
        check(sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT), receiver.end.error);
        check(
            sluice_send(&sender, message.data, message.length, SLUICE_NO_TIMEOUT),
            sender.end.error);
        sluice_advance(&receiver);
    }
    say_waits("echoed", count);
    sluice_sender_close(&sender);
    sluice_receiver_close(&receiver);
}

static void ask(const char *out, const char *in, uint64_t count)
{
    struct sluice_message message;
    open_sender(0, out);
    open_receiver(1, in, false);
    say("open");
    for (uint64_t i = 0; i < count; i++) {
        uint64_t reply;
        check(sluice_send(&sender, &i, 8, SLUICE_NO_TIMEOUT), sender.end.error);
        check(sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT), receiver.end.error);
        memcpy(&reply, message.data, 8);
        check(reply == i ? 0 : SLUICE_CORRUPT, "another reply");
        sluice_advance(&receiver);
    }
    say_waits("asked", count);
    sluice_sender_close(&sender);
    sluice_receiver_close(&receiver);
}

static void try_one(const char *path)
{
    open_sender(0, path);
    int result = sluice_try_send(&sender, "12345678", 8);
    printf("%d %s\n", result, sender.end.error);
    sluice_sender_close(&sender);
}

static void check_closed(const char *when)
{
    struct sluice_message message;
    void *payload = NULL;
    int results[] = {
        sluice_try_send(&sender, "1", 1),
        sluice_try_send(&sender, NULL, 0),
        sluice_send(&sender, "1", 1, SLUICE_NO_TIMEOUT),
        sluice_try_claim(&sender, 1, &payload),
        sluice_claim(&sender, 1, &payload, SLUICE_NO_TIMEOUT),
        sluice_commit(&sender, 1, 0),
        sluice_abort(&sender),
        sluice_peek(&receiver, &message),
        sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i] != SLUICE_MISUSE)
            printf("%s: call %zu returned %d\n", when, i, results[i]);
    sluice_advance(&receiver);
    sluice_release(&receiver);
    if (sluice_peers(&sender.end) != SLUICE_GONE || sluice_peers(&receiver.end) != SLUICE_GONE)
        printf("%s: there are peers\n", when);
    sluice_sender_close(&sender);
    sluice_receiver_close(&receiver);
}

/* All places of the pipe are taken: its ends are refused at first, and so are their calls. */
static void use_closed(const char *path)
{
    static struct sluice_sender taken;
    const struct sluice_pipe *pipe = open_pipe(0, path);
    check_closed("never opened");
    check(sluice_sender_open(&taken, pipe), taken.end.error);
    if (sluice_sender_open(&sender, pipe) >= 0)
        say("a second sender");
    check_closed("refused");
    sluice_sender_close(&taken);
    open_sender(0, path);
    open_receiver(0, path, false);
    sluice_sender_close(&sender);
    sluice_receiver_close(&receiver);
    check_closed("closed");
    sluice_try_send(&sender, "1", 1);
    printf("%s\n", sender.end.error);
}

static void count_message(void *context, const struct sluice_message *message)
{
    (void)message;
    ++*(uint64_t *)context;
}

/* From now on this process is killed at any system call but write and exit. */
static void forbid_system_calls(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        check(SLUICE_SYSTEM, "prctl");
}

static void strict(const char *path, uint64_t count)
{
    struct sluice_message message;
    uint64_t received = 0;
    void *payload;
    open_receiver(0, path, false);
    open_sender(1, path);
    fflush(stdout);
    check(sluice_send(&sender, &received, 8, 0), sender.end.error);
    check(sluice_peek(&receiver, &message), receiver.end.error); /* Opens the lane. */
    sluice_advance(&receiver);
    forbid_system_calls();
    for (uint64_t i = 0; i < count; i += 2) {
        bool sent = sluice_try_send(&sender, buffer, 32) == SLUICE_OK
            && sluice_try_claim(&sender, 40, &payload) == SLUICE_OK
            && sluice_commit(&sender, 33, 0) == SLUICE_OK;
        bool found = sluice_peek(&receiver, &message) == SLUICE_OK;
        sluice_advance(&receiver);
        if (!sent || !found || sluice_poll(&receiver, count_message, &received, 10) < 1)
            syscall(SYS_exit, 1);
        received++;
    }
    int length = snprintf(
        (char *)buffer, sizeof buffer, "received %llu\n", (unsigned long long)received);
    syscall(SYS_exit, write(1, buffer, (size_t)length) == length ? 0 : 1);
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (strcmp(what, "open") == 0) {
        open_pipe(0, argv[2]);
        say("ok");
    } else if (strcmp(what, "send") == 0) {
        send_numbered(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
    } else if (strcmp(what, "receive") == 0) {
        receive_numbered(argv[2], false);
    } else if (strcmp(what, "lossy") == 0) {
        receive_numbered(argv[2], true);
    } else if (strcmp(what, "take") == 0) {
        take(argv[2], atoi(argv[3]));
    } else if (strcmp(what, "claim") == 0) {
        claim(argv[2]);
    } else if (strcmp(what, "echo") == 0) {
        echo(argv[2], argv[3], strtoull(argv[4], NULL, 10));
    } else if (strcmp(what, "ask") == 0) {
        ask(argv[2], argv[3], strtoull(argv[4], NULL, 10));
    } else if (strcmp(what, "try") == 0) {
        try_one(argv[2]);
    } else if (strcmp(what, "closed") == 0) {
        use_closed(argv[2]);
    } else if (strcmp(what, "strict") == 0) {
        strict(argv[2], strtoull(argv[3], NULL, 10));
    } else {
        fprintf(stderr, "usage: peer WHAT PATH...\n");
        return 2;
    }
    return 0;
}
