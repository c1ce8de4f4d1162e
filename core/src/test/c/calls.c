/*
 * What each call does, with both ends in one thread: the results and effects that docs/C.md names.
 *
 *     calls PIPE
 *
 * The pipe is new, and has a buffer. Prints "done", or the line of the first check that fails.
 */
#include "sluice.h"

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            printf("line %d: not %s; %s; %s\n", __LINE__, #condition, sender.end.error,      \
                   receiver.end.error);                                                      \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

static struct sluice_lane lanes[64];
static struct sluice_pipe pipe_of_both;
static struct sluice_sender sender;
static struct sluice_receiver receiver;
static struct sluice_message message;

static void add_first_byte(void *context, const struct sluice_message *passed)
{
    *(int *)context += *(const unsigned char *)passed->data;
}

static void claims(void)
{
    void *payload;
    void *second;
    CHECK(sluice_commit(&sender, 0, 0) == SLUICE_MISUSE);
    CHECK(sluice_abort(&sender) == SLUICE_MISUSE);
    CHECK(sluice_try_claim(&sender, 100, &payload) == SLUICE_OK);
    CHECK(sluice_try_claim(&sender, 1, &second) == SLUICE_MISUSE && second == NULL);
    CHECK(sluice_try_send(&sender, "x", 1) == SLUICE_MISUSE);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_AGAIN && message.data == NULL);
    memset(payload, 0xFF, 100);
    CHECK(sluice_commit(&sender, 101, 0) == SLUICE_MISUSE);
    CHECK(sluice_commit(&sender, 100, 0) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK);
    CHECK(message.length == 100 && message.attempt == 0);
    CHECK(((const unsigned char *)message.data)[99] == 0xFF);
    sluice_advance(&receiver);
    /* Shorter than claimed: what was written behind it is no message. */
    CHECK(sluice_try_claim(&sender, 100, &payload) == SLUICE_OK);
    memset(payload, 0xFF, 100);
    CHECK(sluice_commit(&sender, 3, 0) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK && message.length == 3);
    sluice_advance(&receiver);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_AGAIN);
    /* Nor is what was aborted; the end can go on. */
    CHECK(sluice_try_claim(&sender, 100, &payload) == SLUICE_OK);
    memset(payload, 0xFF, 100);
    CHECK(sluice_abort(&sender) == SLUICE_OK);
    CHECK(sluice_abort(&sender) == SLUICE_MISUSE);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_AGAIN);
    CHECK(sluice_try_send(&sender, "after", 5) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK && message.length == 5);
    sluice_advance(&receiver);
}

static void looks(void)
{
    struct sluice_message again;
    CHECK(sluice_try_send(&sender, "a", 1) == SLUICE_OK);
    CHECK(sluice_try_send(&sender, NULL, 0) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK && message.length == 1);
    CHECK(sluice_peek(&receiver, &again) == SLUICE_OK && again.data == message.data);
    sluice_advance(&receiver);
    sluice_advance(&receiver); /* Nothing is handed out: it does nothing. */
    CHECK(sluice_receive(&receiver, &message, 0) == SLUICE_OK && message.length == 0);
    sluice_advance(&receiver);
    int64_t begin = sluice_nanos();
    CHECK(sluice_receive(&receiver, &message, 2000000) == SLUICE_AGAIN);
    CHECK(sluice_nanos() - begin >= 2000000);
}

/* Fills the pipe; returns the number of messages. */
static int fill(unsigned char first)
{
    unsigned char bytes[200] = {first};
    int count = 0;
    while (sluice_try_send(&sender, bytes, sizeof bytes) == SLUICE_OK)
        count++;
    CHECK(sluice_try_send(&sender, bytes, sizeof bytes) < 0);
    return count;
}

static void limits(void)
{
    size_t longest_length = sluice_max_message(&pipe_of_both);
    static unsigned char longest[1 << 20];
    int sum = 0;
    int passed = 0;
    int count = fill(1);
    CHECK(count > 10);
    int64_t begin = sluice_nanos();
    int result = sluice_send(&sender, longest, 200, 2000000);
    CHECK(result == SLUICE_AGAIN || result == SLUICE_QUOTA);
    CHECK(result == SLUICE_QUOTA || sluice_nanos() - begin >= 2000000);
    void *payload;
    begin = sluice_nanos();
    result = sluice_claim(&sender, 200, &payload, 2000000);
    CHECK((result == SLUICE_AGAIN || result == SLUICE_QUOTA) && payload == NULL);
    CHECK(result == SLUICE_QUOTA || sluice_nanos() - begin >= 2000000);
    CHECK(sluice_poll(&receiver, add_first_byte, &sum, 0) == 0 && sum == 0);
    CHECK(sluice_poll(&receiver, add_first_byte, &sum, 2) == 2 && sum == 2);
    /* It returns the space at once, not with a quarter of the ring. */
    if (pipe_of_both.kind == SLUICE_RING && !sluice_pipe_grows(&pipe_of_both))
        CHECK(sluice_try_send(&sender, longest, 200) == SLUICE_OK);
    while ((result = sluice_poll(&receiver, add_first_byte, &sum, 3)) > 0)
        passed += result;
    CHECK(result == 0 && sum == count && passed >= count - 2);
    CHECK(sluice_try_send(&sender, longest, longest_length + 1) == SLUICE_TOO_LONG);
    CHECK(sluice_try_send(&sender, longest, longest_length) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK && message.length == longest_length);
    sluice_advance(&receiver);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_AGAIN);
}

static void ends(const struct sluice_options *options)
{
    void *payload;
    int sum = 0;
    CHECK(sluice_peers(&sender.end) == SLUICE_PRESENT);
    CHECK(sluice_peers(&receiver.end) == SLUICE_PRESENT);
    CHECK(sluice_try_send(&sender, "kept", 4) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK);
    sluice_receiver_close(&receiver); /* It had not advanced. */
    CHECK(sluice_peers(&sender.end) == SLUICE_GONE);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_MISUSE);
    CHECK(sluice_try_send(&sender, "x", 1) == SLUICE_BROKEN);
    CHECK(sluice_receiver_open(&receiver, &pipe_of_both, options) == SLUICE_OK);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_OK && message.length == 4);
    CHECK(message.attempt == 1);
    sluice_advance(&receiver);
    CHECK(sluice_try_send(&sender, "\5", 1) == SLUICE_OK);
    sluice_sender_close(&sender);
    CHECK(sluice_try_send(&sender, "x", 1) == SLUICE_MISUSE);
    CHECK(strcmp(sender.end.error, "this end is closed") == 0);
    CHECK(sluice_try_claim(&sender, 1, &payload) == SLUICE_MISUSE && payload == NULL);
    CHECK(sluice_commit(&sender, 1, 0) == SLUICE_MISUSE);
    CHECK(sluice_poll(&receiver, add_first_byte, &sum, 9) == 1 && sum == 5);
    CHECK(sluice_poll(&receiver, add_first_byte, &sum, 9) == SLUICE_END);
    CHECK(sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT) == SLUICE_END);
    CHECK(sluice_peers(&receiver.end) == SLUICE_GONE);
    sluice_receiver_close(&receiver);
    sluice_receiver_close(&receiver); /* Once more: it does nothing. */
    sluice_sender_close(&sender);
    CHECK(sluice_peers(&receiver.end) == SLUICE_GONE);
    CHECK(sluice_poll(&receiver, add_first_byte, &sum, 9) == SLUICE_MISUSE);
}

int main(int argc, char **argv)
{
    struct sluice_options options;
    memset(&options, 0, sizeof options);
    options.lanes = lanes;
    options.lane_count = 64;
    CHECK(argc == 2 && sluice_pipe_open(&pipe_of_both, argv[1], 0) == SLUICE_OK);
    CHECK(sluice_receiver_open(&receiver, &pipe_of_both, &options) == SLUICE_OK);
    CHECK(sluice_peers(&receiver.end) == SLUICE_NONE_YET);
    CHECK(sluice_peek(&receiver, &message) == SLUICE_AGAIN);
    CHECK(sluice_sender_open(&sender, &pipe_of_both) == SLUICE_OK);
    claims();
    looks();
    limits();
    ends(&options);
    sluice_pipe_close(&pipe_of_both);
    puts("done");
    return 0;
}
