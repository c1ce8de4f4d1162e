/*
 * All ends of a pipe in one process, each on a thread of its own, for the sanitizers.
 *
 *     threads PATH COUNT          each sender sends COUNT messages; prints how many were received
 *
 * For the thread sanitizer all ends must use a file at one address, or it would not see that they
 * share it: here, mmap returns the address at which a part of a file was mapped before.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { MAX_MAPPINGS = 1024, MAX_LANES = 64, BUFFER = 1 << 16 };

struct mapping {
    dev_t device;
    ino_t file;
    off_t offset;
    size_t length;
    unsigned char *address;
    bool twice; /* also behind itself */
};

static struct mapping mappings[MAX_MAPPINGS];
static int mapping_count;
static pthread_mutex_t mapping_lock = PTHREAD_MUTEX_INITIALIZER;

static struct mapping *find_mapping(const struct stat *file, size_t length, off_t offset)
{
    for (int i = 0; i < mapping_count; i++) {
        struct mapping *known = &mappings[i];
        if (known->device == file->st_dev && known->file == file->st_ino
            && known->offset == offset && known->length == length)
            return known;
    }
    return NULL;
}

static void *map_once(
    void *address, size_t length, int protection, int flags, int file, off_t offset)
{
    struct stat found;
    void *result;
    if (file < 0)
        return mmap(address, length, protection, flags, file, offset);
    if (fstat(file, &found) != 0)
        return MAP_FAILED;
    pthread_mutex_lock(&mapping_lock);
    struct mapping *known = find_mapping(&found, length, offset);
    bool behind = known != NULL && known->address + length == address;
    result = behind ? address : known != NULL ? known->address : NULL;
    if (known == NULL || (behind && !known->twice))
        result = mmap(address, length, protection, flags, file, offset);
    if (behind)
        known->twice = true;
    if (known == NULL) {
        known = &mappings[mapping_count++];
        known->device = found.st_dev;
        known->file = found.st_ino;
        known->offset = offset;
        known->length = length;
        known->address = (unsigned char *)result;
    }
    pthread_mutex_unlock(&mapping_lock);
    return result;
}

/* Other ends use it. */
static int unmap_never(void *address, size_t length)
{
    (void)address;
    (void)length;
    return 0;
}

#define mmap map_once
#define munmap unmap_never
#include "sluice.h"

struct actor {
    pthread_t thread;
    uint64_t count; /* of a sender: messages to send; of a receiver: received */
    struct sluice_lane lanes[MAX_LANES];
    unsigned char buffer[BUFFER];
};

static struct sluice_pipe pipe_;
static pthread_barrier_t all_open;

static void fail(const char *what, int result, const char *error)
{
    printf("%s: %d %s\n", what, result, error);
    exit(1);
}

/* Fills a message with its number, so that a torn one is noticed. */
static size_t fill(unsigned char *message, uint64_t number)
{
    size_t length = 8 + number % 100;
    memset(message, (int)(number & 0xff), length);
    memcpy(message, &number, 8);
    return length;
}

static void *run_sender(void *argument)
{
    struct actor *actor = (struct actor *)argument;
    struct sluice_sender sender;
    int result = sluice_sender_open(&sender, &pipe_);
    if (result < 0)
        fail("a sender", result, sender.end.error);
    pthread_barrier_wait(&all_open);
    for (uint64_t i = 0; i < actor->count; i++) {
        size_t length = fill(actor->buffer, i);
        result = sluice_send(&sender, actor->buffer, length, SLUICE_NO_TIMEOUT);
        if (result < 0)
            fail("send", result, sender.end.error);
    }
    sluice_sender_close(&sender);
    return NULL;
}

static void check_message(const struct sluice_message *message)
{
    const unsigned char *data = (const unsigned char *)message->data;
    uint64_t number;
    memcpy(&number, data, 8);
    bool whole = message->length == 8 + number % 100;
    for (size_t i = 8; i < message->length && whole; i++)
        whole = data[i] == (number & 0xff);
    if (!whole)
        fail("a torn message", (int)number, "");
}

static void *run_receiver(void *argument)
{
    struct actor *actor = (struct actor *)argument;
    struct sluice_options options = {actor->lanes, MAX_LANES, actor->buffer, BUFFER, false, false};
    struct sluice_receiver receiver;
    struct sluice_message message;
    int result = sluice_receiver_open(&receiver, &pipe_, &options);
    if (result < 0)
        fail("a receiver", result, receiver.end.error);
    pthread_barrier_wait(&all_open);
    while ((result = sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT)) == SLUICE_OK) {
        check_message(&message);
        sluice_advance(&receiver);
        actor->count++;
    }
    if (result != SLUICE_END)
        fail("receive", result, receiver.end.error);
    sluice_receiver_close(&receiver);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct actor senders[8];
    static struct actor receivers[8];
    uint64_t received = 0;
    if (argc < 3 || sluice_pipe_open(&pipe_, argv[1], 0) < 0)
        fail("open", argc, pipe_.error);
    if (pipe_.senders > 8 || pipe_.receivers > 8)
        fail("too many ends", (int)pipe_.senders, "");
    pthread_barrier_init(&all_open, NULL, pipe_.senders + pipe_.receivers);
    for (uint32_t i = 0; i < pipe_.receivers; i++)
        pthread_create(&receivers[i].thread, NULL, run_receiver, &receivers[i]);
    for (uint32_t i = 0; i < pipe_.senders; i++) {
        senders[i].count = strtoull(argv[2], NULL, 10);
        pthread_create(&senders[i].thread, NULL, run_sender, &senders[i]);
    }
    for (uint32_t i = 0; i < pipe_.senders; i++)
        pthread_join(senders[i].thread, NULL);
    for (uint32_t i = 0; i < pipe_.receivers; i++) {
        pthread_join(receivers[i].thread, NULL);
        received += receivers[i].count;
    }
    sluice_pipe_close(&pipe_);
    printf("received %llu\n", (unsigned long long)received);
    return 0;
}
