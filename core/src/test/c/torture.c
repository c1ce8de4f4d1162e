/*
 * A process that is to be killed, with ends of a pipe, each on a thread of its own: what
 * io.sluice.torture.ChildProcess is in Java, with the same orders on standard input,
 *
 *     DIRECTORY PROCESS SEED HITS END...     an end is sender:NUMBER, receiver:NUMBER or lossy:NUMBER
 *
 * the same control file and the same journals. Compiled with -finstrument-functions, so that it can
 * die at any entry or return of a function of sluice.h: after HITS of them, counted over all its
 * threads; "-" if it is killed from outside only.
 */
#include "sluice.h"

#include <pthread.h>
#include <signal.h>

#define NOT_INSTRUMENTED __attribute__((no_instrument_function))

enum { MAX_PROCESSES = 4096, MAX_ENDS = 8192, BLOCK = 64 };
enum { RUN, CLOSE, DRAIN };
enum { STARTING, ATTACHED, FINISHED, FAILED };
enum { STATE = 0, POINT = 8, NANOS = 16, ATTEMPTED = 8, ACCEPTED = 16 };
enum { JOURNAL_HEADER = 64, JOURNAL_ENTRY = 24, JOURNAL_ENTRIES = 8000000 };
enum { CONTENT_HEADER = 16, SHORT_TIMEOUT = 20000000 };

static unsigned char *control;
static int process;
static int64_t hits = -1; /* left until this process dies; below zero: never */

static NOT_INSTRUMENTED uint64_t *line(int index, int offset)
{
    return (uint64_t *)(void *)(control + (size_t)BLOCK * (1 + (size_t)index) + offset);
}

static NOT_INSTRUMENTED uint64_t *end_line(int end, int offset)
{
    return line(MAX_PROCESSES + end, offset);
}

static NOT_INSTRUMENTED void set(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static NOT_INSTRUMENTED uint64_t get(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static NOT_INSTRUMENTED uint64_t nanos(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static NOT_INSTRUMENTED void die_if_due(void)
{
    if (__atomic_load_n(&hits, __ATOMIC_RELAXED) < 0
        || __atomic_fetch_sub(&hits, 1, __ATOMIC_RELAXED) != 0)
        return;
    set(line(process, NANOS), nanos());
    set(line(process, POINT), 1);
    kill(getpid(), SIGKILL);
}

NOT_INSTRUMENTED void __cyg_profile_func_enter(void *function, void *caller);
NOT_INSTRUMENTED void __cyg_profile_func_exit(void *function, void *caller);

void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)function;
    (void)caller;
    die_if_due();
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function;
    (void)caller;
    die_if_due();
}

static NOT_INSTRUMENTED unsigned char *map_file(const char *directory, const char *name, size_t size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat found;
    if (file < 0 || fstat(file, &found) != 0
        || (found.st_size < (off_t)size && ftruncate(file, (off_t)size) != 0)) {
        perror(path);
        exit(1);
    }
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (base == MAP_FAILED) {
        perror(path);
        exit(1);
    }
    return (unsigned char *)base;
}

/* ---- The content of messages: io.sluice.torture.Content ---- */

static NOT_INSTRUMENTED uint64_t mix(uint64_t sender, uint64_t number, uint64_t index)
{
    uint64_t x =
        (sender * 0x9E3779B97F4A7C15u ^ number) * 0xBF58476D1CE4E5B9u + index;
    x = (x ^ x >> 31) * 0x94D049BB133111EBu;
    return x ^ x >> 29;
}

static NOT_INSTRUMENTED uint32_t content_length(uint32_t sender, uint64_t number, uint32_t max)
{
    uint64_t random = mix(sender, number, (uint64_t)-1);
    uint32_t extra = (random & 63) == 0 ? (uint32_t)((random >> 8) % (max / 3))
                                        : (uint32_t)((random >> 8 & 0xffff) % 120);
    return CONTENT_HEADER + extra;
}

static NOT_INSTRUMENTED void content_write(
    unsigned char *to, uint32_t length, uint32_t sender, uint64_t number)
{
    uint32_t i = CONTENT_HEADER;
    memcpy(to, &sender, 4);
    memcpy(to + 4, &length, 4);
    memcpy(to + 8, &number, 8);
    for (; i + 8 <= length; i += 8) {
        uint64_t word = mix(sender, number, i);
        memcpy(to + i, &word, 8);
    }
    for (; i < length; i++)
        to[i] = (unsigned char)mix(sender, number, i);
}

static NOT_INSTRUMENTED bool content_is_whole(
    const unsigned char *from, size_t length, uint32_t sender, uint64_t number)
{
    unsigned char expected[16384];
    if (length < CONTENT_HEADER || length > sizeof expected)
        return false;
    content_write(expected, (uint32_t)length, sender, number);
    return memcmp(expected, from, length) == 0;
}

/* ---- Ends ---- */

struct actor {
    pthread_t thread;
    struct sluice_pipe *pipe;
    const char *directory;
    char kind[16];
    int number;
    uint64_t random;
};

static NOT_INSTRUMENTED uint32_t random_below(struct actor *actor, uint32_t bound)
{
    actor->random = actor->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((actor->random >> 33) % bound);
}

static NOT_INSTRUMENTED void park(uint32_t nanoseconds)
{
    struct timespec pause = {0, (long)nanoseconds};
    nanosleep(&pause, NULL);
}

static NOT_INSTRUMENTED void fail(struct actor *actor, const char *what, int result, const char *text)
{
    set(end_line(actor->number, STATE), FAILED);
    fprintf(
        stderr, "%s %d of %s, in C: %s: %d %s\n", actor->kind, actor->number, actor->directory,
        what, result, text);
}

/* A paused process may hold the lock of the place, to note a death: try for 20 seconds. */
static int open_sender(struct actor *actor, struct sluice_sender *sender)
{
    int result = SLUICE_TAKEN;
    for (int tries = 0; tries < 40 && result == SLUICE_TAKEN; tries++)
        result = sluice_sender_open(sender, actor->pipe);
    return result;
}

static int open_receiver(
    struct actor *actor, struct sluice_receiver *receiver, const struct sluice_options *options)
{
    int result = SLUICE_TAKEN;
    for (int tries = 0; tries < 40 && result == SLUICE_TAKEN; tries++)
        result = sluice_receiver_open(receiver, actor->pipe, options);
    return result;
}

static int send_one(struct actor *actor, struct sluice_sender *sender, uint64_t number)
{
    static __thread unsigned char buffer[16384];
    uint32_t id = (uint32_t)actor->number;
    uint32_t length = content_length(id, number, sluice_max_message(actor->pipe));
    uint32_t way = random_below(actor, 4);
    if (way == 0) {
        void *payload;
        uint32_t more = random_below(actor, 2) * random_below(actor, 40);
        int result = sluice_claim(sender, length + more, &payload, SHORT_TIMEOUT);
        if (result < 0)
            return result;
        content_write((unsigned char *)payload, length, id, number);
        memset((unsigned char *)payload + length, 0xee, more);
        if (random_below(actor, 16) == 0)
            return sluice_abort(sender) < 0 ? SLUICE_MISUSE : SLUICE_AGAIN;
        return sluice_commit(sender, length, SHORT_TIMEOUT);
    }
    content_write(buffer, length, id, number);
    return way == 1 ? sluice_try_send(sender, buffer, length)
                    : sluice_send(sender, buffer, length, SHORT_TIMEOUT);
}

static void run_sender(struct actor *actor)
{
    struct sluice_sender sender;
    int result = open_sender(actor, &sender);
    if (result < 0) {
        fail(actor, "open", result, sender.end.error);
        return;
    }
    set(end_line(actor->number, STATE), ATTACHED);
    uint64_t number = 0;
    uint32_t burst = 1u << random_below(actor, 13);
    while (get((uint64_t *)(void *)control) == RUN) {
        set(end_line(actor->number, ATTEMPTED), number + 1);
        result = send_one(actor, &sender, number);
        if (result == SLUICE_OK)
            set(end_line(actor->number, ACCEPTED), ++number);
        else if (result == SLUICE_BROKEN)
            park(500000); /* The next receiver is about to attach. */
        else if (result != SLUICE_AGAIN) {
            fail(actor, "send", result, sender.end.error);
            return;
        }
        if (--burst == 0) {
            burst = 1u << random_below(actor, 13);
            park(random_below(actor, 2000000));
        }
    }
    sluice_sender_close(&sender);
    set(end_line(actor->number, STATE), FINISHED);
}

/* Records a message before anything else: io.sluice.torture.Journal. */
static NOT_INSTRUMENTED void record(
    struct actor *actor, unsigned char *journal, const struct sluice_message *message,
    uint64_t gap, bool gated)
{
    const unsigned char *data = (const unsigned char *)message->data;
    uint64_t *count = (uint64_t *)(void *)journal;
    uint64_t *entry = (uint64_t *)(void *)(journal + JOURNAL_HEADER + JOURNAL_ENTRY * get(count));
    uint32_t sender = UINT32_MAX;
    uint64_t number = message->length;
    if (message->length >= CONTENT_HEADER) {
        memcpy(&sender, data, 4);
        memcpy(&number, data + 8, 8);
    }
    entry[0] = sender | (uint64_t)message->attempt << 32;
    entry[1] = number;
    entry[2] = nanos();
    set(count, get(count) + 1);
    entry[0] |= gap << 42 | (gated ? UINT64_C(1) << 41 : 0);
    bool whole = content_is_whole(data, message->length, sender, number);
    uint32_t dawdle = random_below(actor, 512);
    if (dawdle == 0) /* Long enough for the sender to lap, if its space were released. */
        park(200000);
    if (!whole || (dawdle < 8 && !content_is_whole(data, message->length, sender, number)))
        entry[0] |= UINT64_C(1) << 40;
}

static bool is_gated(const struct sluice_receiver *receiver)
{
    bool gated = true;
    for (uint32_t i = 0; i < receiver->end.pipe->senders; i++) {
        struct sluice_lane *lane = &receiver->lanes[i];
        gated = gated && (!lane->open || lane->gated);
    }
    return gated;
}

static void run_receiver(struct actor *actor)
{
    struct sluice_receiver receiver;
    struct sluice_lane lanes[8];
    static __thread unsigned char buffer[16384];
    struct sluice_options options;
    struct sluice_message message;
    char name[32];
    bool broadcast = actor->pipe->kind == SLUICE_BROADCAST;
    memset(&options, 0, sizeof options);
    options.lanes = lanes;
    options.lane_count = 8;
    options.buffer = buffer;
    options.buffer_length = sizeof buffer;
    options.lossy = broadcast && strcmp(actor->kind, "lossy") == 0;
    snprintf(name, sizeof name, "receiver-%d", actor->number);
    unsigned char *journal = map_file(
        actor->directory, name, JOURNAL_HEADER + (size_t)JOURNAL_ENTRY * JOURNAL_ENTRIES);
    int result = open_receiver(actor, &receiver, &options);
    if (result < 0) {
        fail(actor, "open", result, receiver.end.error);
        return;
    }
    set(end_line(actor->number, STATE), ATTACHED);
    uint64_t lost = 0;
    for (;;) {
        uint64_t order = get((uint64_t *)(void *)control);
        result = sluice_receive(&receiver, &message, SHORT_TIMEOUT);
        for (uint32_t left = 1u << random_below(actor, 9); result == SLUICE_OK && left > 0; left--) {
            uint64_t gap = receiver.lost - lost;
            lost = receiver.lost;
            record(actor, journal, &message, gap, broadcast && is_gated(&receiver));
            sluice_advance(&receiver);
            result = sluice_peek(&receiver, &message);
        }
        set(end_line(actor->number, ACCEPTED), get((uint64_t *)(void *)journal));
        if (result == SLUICE_END && order == DRAIN)
            break;
        if (result < 0 && result != SLUICE_AGAIN && result != SLUICE_END) {
            fail(actor, "receive", result, receiver.end.error);
            return;
        }
        if (result == SLUICE_END || random_below(actor, 256) == 0)
            park(random_below(actor, 1000000));
    }
    sluice_receiver_close(&receiver);
    munmap(journal, JOURNAL_HEADER + (size_t)JOURNAL_ENTRY * JOURNAL_ENTRIES);
    set(end_line(actor->number, STATE), FINISHED);
}

static void *run_actor(void *argument)
{
    struct actor *actor = (struct actor *)argument;
    if (strcmp(actor->kind, "sender") == 0)
        run_sender(actor);
    else
        run_receiver(actor);
    return NULL;
}

static void run(char *order)
{
    static struct sluice_pipe pipe;
    static struct actor actors[16];
    char path[PATH_MAX];
    char *rest = order;
    const char *directory = strtok_r(order, " \n", &rest);
    process = atoi(strtok_r(NULL, " \n", &rest));
    uint64_t seed = (uint64_t)atoll(strtok_r(NULL, " \n", &rest));
    const char *points = strtok_r(NULL, " \n", &rest);
    control = map_file(directory, "ledger", (size_t)BLOCK * (1 + MAX_PROCESSES + MAX_ENDS));
    set(line(process, STATE), ATTACHED);
    snprintf(path, sizeof path, "%s/pipe", directory);
    __atomic_store_n(&hits, strcmp(points, "-") == 0 ? -1 : atoll(points), __ATOMIC_RELAXED);
    int count = 0;
    if (sluice_pipe_open(&pipe, path, 0) < 0) {
        fprintf(stderr, "%s\n", pipe.error);
        exit(1);
    }
    for (char *end; (end = strtok_r(NULL, " \n", &rest)) != NULL; count++) {
        struct actor *actor = &actors[count];
        char *number = strchr(end, ':');
        *number = 0;
        snprintf(actor->kind, sizeof actor->kind, "%s", end);
        actor->pipe = &pipe;
        actor->directory = directory;
        actor->number = atoi(number + 1);
        actor->random = seed + (uint64_t)actor->number;
        pthread_create(&actor->thread, NULL, run_actor, actor);
    }
    for (int i = 0; i < count; i++)
        pthread_join(actors[i].thread, NULL);
    __atomic_store_n(&hits, -1, __ATOMIC_RELAXED);
    sluice_pipe_close(&pipe);
    set(line(process, STATE), FINISHED);
}

int main(void)
{
    static char order[8192];
    while (fgets(order, sizeof order, stdin) != NULL)
        if (order[0] != '\n')
            run(order);
    return 0;
}
