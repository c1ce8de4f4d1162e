/*
 * One end of a stream of messages of 32 bytes, as fast as it goes: what io.sluice.StreamEnd is in
 * Java. A receiver prints how many millions it received in a second, after the first fifth.
 *
 *     stream send|receive PATH CPU COUNT
 */
#include "sluice.h"

#include <sched.h>

enum { MAX_LANES = 64, SIZE = 32 };

static struct sluice_pipe pipe_;
static uint64_t sum;

static void fail(const char *error)
{
    printf("%s\n", error);
    exit(1);
}

static void send_all(uint64_t count)
{
    static struct sluice_sender sender;
    unsigned char message[SIZE] = {0};
    if (sluice_sender_open(&sender, &pipe_) < 0)
        fail(sender.end.error);
    for (uint64_t i = 0; i < count; i++) {
        int result;
        memcpy(message, &i, 8);
        while ((result = sluice_try_send(&sender, message, SIZE)) == SLUICE_AGAIN)
            sluice_spin_wait();
        if (result < 0)
            fail(sender.end.error);
    }
    sluice_sender_close(&sender);
}

static void add(void *context, const struct sluice_message *message)
{
    uint64_t number;
    (void)context;
    memcpy(&number, message->data, 8);
    sum += number;
}

static void receive_all(uint64_t count)
{
    static struct sluice_receiver receiver;
    static struct sluice_lane lanes[MAX_LANES];
    struct sluice_options options = {lanes, MAX_LANES, NULL, 0, false, false};
    uint64_t received = 0;
    uint64_t warm = count / 5;
    uint64_t begun = 0;
    int64_t start = 0;
    if (sluice_receiver_open(&receiver, &pipe_, &options) < 0)
        fail(receiver.end.error);
    printf("open\n");
    fflush(stdout);
    while (received < count) {
        int n = sluice_poll(&receiver, add, NULL, 256);
        if (n < 0)
            fail(receiver.end.error);
        received += (uint64_t)n;
        if (n == 0)
            sluice_spin_wait();
        if (start == 0 && received >= warm) {
            start = sluice_nanos();
            begun = received;
        }
    }
    double seconds = (double)(sluice_nanos() - start) / 1e9;
    printf("%.1f\n", (double)(received - begun) / seconds / 1e6);
    sluice_receiver_close(&receiver);
}

int main(int argc, char **argv)
{
    cpu_set_t cpus;
    if (argc < 5 || sluice_pipe_open(&pipe_, argv[2], 0) < 0)
        fail(pipe_.error);
    CPU_ZERO(&cpus);
    CPU_SET(atoi(argv[3]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    uint64_t count = strtoull(argv[4], NULL, 10);
    if (strcmp(argv[1], "send") == 0)
        send_all(count);
    else
        receive_all(count);
    return 0;
}
