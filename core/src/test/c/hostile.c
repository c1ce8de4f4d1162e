/*
 * Uses a pipe while words of its files are overwritten, from one thread, so that a seed reproduces
 * everything: each call returns, with a message within the mapping or an error, and no access is
 * outside of it. For io.sluice.CPeerTest.
 *
 *     hostile PATH SEED WORDS
 */
#include "sluice.h"

enum { MAX_LANES = 8, MAX_FILES = 16, BUFFER = 1 << 16 };
enum { WORDS_BETWEEN_RESTORES = 40, WORDS_PER_PIPE = 2000 };

struct victim {
    int file;
    uint64_t *words;
    size_t count;
    size_t used; /* the words before its holes, which have no space to write */
    uint64_t *unused; /* a copy of those, from before any message */
};

static uint64_t state;
static struct victim victims[MAX_FILES];
static int victim_count;
static uint64_t changed[WORDS_BETWEEN_RESTORES];
static uint64_t before[WORDS_BETWEEN_RESTORES];
static uint64_t *where[WORDS_BETWEEN_RESTORES];
static int changes;

static uint64_t next_random(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 20;
}

static void map_victim(const struct sluice_pipe *pipe, const char *name)
{
    struct victim *victim = &victims[victim_count];
    struct stat found;
    int file = openat(pipe->directory, name, O_RDWR | O_CLOEXEC);
    if (file < 0 || fstat(file, &found) != 0)
        return;
    victim->words = (uint64_t *)(void *)sluice_map(file, 0, (uint64_t)found.st_size);
    victim->count = (size_t)found.st_size / 8;
    victim->used = sluice_pipe_grows(pipe) && victim_count > 0 ? 1536 : victim->count;
    victim->unused = (uint64_t *)malloc(victim->used * 8);
    memcpy(victim->unused, victim->words, victim->used * 8);
    victim->file = file;
    victim_count++;
}

/* A word that a peer could have there, or nearly: small, another word, one bit, or anything. */
static uint64_t hostile_value(const struct victim *victim, uint64_t old)
{
    switch (next_random() % 6) {
    case 0:
        return next_random() % 10;
    case 1:
        return victim->words[next_random() % victim->count];
    case 2:
        return old + (next_random() % 65) - 32;
    case 3:
        return (uint64_t)0 - next_random() % 5000;
    case 4:
        return next_random() << 40 ^ next_random();
    default:
        return old ^ UINT64_C(1) << next_random() % 64;
    }
}

/* The words of the first page of a file that ends use: of meta, then of a lane. */
static const size_t meta_words[] = {128, 256, 384, 512, 536, 576, 640, 664, 704};
static const size_t lane_words[] = {128, 256, 264, 272, 280, 384, 392, 512, 640, 768, 896};

static size_t control_index(bool meta)
{
    return meta ? meta_words[next_random() % (sizeof meta_words / sizeof meta_words[0])] / 8
                : lane_words[next_random() % (sizeof lane_words / sizeof lane_words[0])] / 8;
}

/* Half of them control words, the others anywhere. */
static void overwrite_word(void)
{
    struct victim *victim = &victims[next_random() % (uint64_t)victim_count];
    size_t index =
        next_random() % 2 == 0 ? control_index(victim == victims) : next_random() % victim->used;
    uint64_t *word = &victim->words[index];
    before[changes] = __atomic_load_n(word, __ATOMIC_RELAXED);
    changed[changes] = hostile_value(victim, before[changes]);
    where[changes] = word;
    __atomic_store_n(word, changed[changes], __ATOMIC_RELAXED);
    changes++;
}

/* Undoes the changes that no end has overwritten since. */
static void restore(void)
{
    while (changes > 0) {
        changes--;
        if (__atomic_load_n(where[changes], __ATOMIC_RELAXED) == changed[changes])
            __atomic_store_n(where[changes], before[changes], __ATOMIC_RELAXED);
    }
}

/* Makes the pipe as it was. */
static void restore_all(void)
{
    changes = 0;
    for (int i = 0; i < victim_count; i++) {
        struct victim *victim = &victims[i];
        memcpy(victim->words, victim->unused, victim->used * 8);
        if (victim->used < victim->count)
            fallocate(
                victim->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)victim->used * 8,
                (off_t)(victim->count - victim->used) * 8);
    }
}

static unsigned long long sum; /* of all bytes of messages: each is read */

static void read_message(const struct sluice_message *message)
{
    const unsigned char *data = (const unsigned char *)message->data;
    for (size_t i = 0; i < message->length; i++)
        sum += data[i];
}

static int use_sender(struct sluice_sender *sender)
{
    static unsigned char bytes[4000];
    size_t length = next_random() % 20 == 0 ? next_random() % sizeof bytes : 24;
    void *payload = NULL;
    switch (next_random() % 4) {
    case 0:
        return sluice_send(sender, bytes, length, 200000);
    case 1: {
        int result = sluice_try_claim(sender, length, &payload);
        if (result < 0)
            return result;
        memset(payload, 1, length);
        return next_random() % 2 == 0 ? sluice_abort(sender)
                                      : sluice_commit(sender, length / 2, 0);
    }
    default:
        return sluice_try_send(sender, bytes, length);
    }
}

static int use_receiver(struct sluice_receiver *receiver)
{
    struct sluice_message message;
    int result = next_random() % 8 == 0 ? sluice_receive(receiver, &message, 200000)
                                        : sluice_peek(receiver, &message);
    if (result == SLUICE_OK) {
        if (message.length > 2 * (size_t)receiver->end.pipe->capacity || message.attempt > 15)
            abort();
        read_message(&message);
        sluice_advance(receiver);
    }
    return result;
}

static bool is_error(int result)
{
    return result < SLUICE_BROKEN;
}

int main(int argc, char **argv)
{
    static struct sluice_pipe pipe;
    static struct sluice_sender sender;
    static struct sluice_receiver receiver;
    static struct sluice_lane lanes[MAX_LANES];
    static unsigned char buffer[BUFFER];
    struct sluice_options options = {lanes, MAX_LANES, buffer, BUFFER, false, false};
    unsigned long long calls = 0;
    unsigned long long refusals = 0;
    unsigned long long pipes = 1;
    bool used_up = false;
    if (argc < 4 || sluice_pipe_open(&pipe, argv[1], 0) < 0) {
        printf("%s\n", pipe.error);
        return 1;
    }
    state = strtoull(argv[2], NULL, 10);
    bool sends = pipe.kind != SLUICE_BROADCAST;
    sluice_receiver_open(&receiver, &pipe, &options);
    if (sends)
        sluice_sender_open(&sender, &pipe);
    map_victim(&pipe, "meta");
    for (uint32_t i = 0; i < pipe.senders; i++) {
        char name[32];
        sluice_lane_name(name, sizeof name, i, "");
        map_victim(&pipe, name);
    }
    for (uint64_t words = strtoull(argv[3], NULL, 10); words > 0; words--) {
        overwrite_word();
        for (uint64_t i = next_random() % 8; i > 0; i--, calls++) {
            bool mine = sends && next_random() % 2 == 0;
            int result = mine ? use_sender(&sender) : use_receiver(&receiver);
            if (!is_error(result))
                continue;
            refusals++;
            restore();
            if (mine) {
                sluice_sender_close(&sender);
                result = sluice_sender_open(&sender, &pipe);
            } else {
                sluice_receiver_close(&receiver);
                result = sluice_receiver_open(&receiver, &pipe, &options);
            }
            used_up = used_up || result < 0;
        }
        if (changes == WORDS_BETWEEN_RESTORES)
            restore();
        if (!used_up && words % WORDS_PER_PIPE != 0)
            continue;
        /* Its ends are refused now, or its lanes are given up. */
        used_up = false;
        pipes++;
        sluice_receiver_close(&receiver);
        if (sends)
            sluice_sender_close(&sender);
        restore_all();
        sluice_receiver_open(&receiver, &pipe, &options);
        if (sends)
            sluice_sender_open(&sender, &pipe);
    }
    printf(
        "calls %llu in %llu pipes, refusals %llu\n", calls, pipes, refusals);
    return 0;
}
