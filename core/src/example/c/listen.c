/*
 * Receives from the Java example TwoProcesses. Any program may make the pipe: here the command does.
 *
 *     sluice create /dev/shm/greetings
 *     ./listen /dev/shm/greetings
 *     java @core/src/example/args io.sluice.example.TwoProcesses send /dev/shm/greetings
 */
#include "sluice.h"

int main(int argc, char **argv)
{
    static struct sluice_lane lanes[64]; /* As many as the pipe was made for senders. */
    struct sluice_options options;
    struct sluice_pipe pipe;
    struct sluice_receiver receiver;
    struct sluice_message message;
    int result;
    if (sluice_pipe_open(&pipe, argc > 1 ? argv[1] : "/dev/shm/greetings", 0) < 0) {
        fprintf(stderr, "%s\n", pipe.error);
        return 1;
    }
    memset(&options, 0, sizeof options);
    options.lanes = lanes;
    options.lane_count = 64;
    if ((result = sluice_receiver_open(&receiver, &pipe, &options)) == SLUICE_OK) {
        while ((result = sluice_receive(&receiver, &message, SLUICE_NO_TIMEOUT)) == SLUICE_OK) {
            printf("received: %.*s\n", (int)message.length, (const char *)message.data);
            sluice_advance(&receiver); /* Until then a death would make it come again. */
        }
    }
    if (result != SLUICE_END)
        fprintf(stderr, "%s\n", receiver.end.error);
    sluice_receiver_close(&receiver);
    sluice_pipe_close(&pipe);
    return result != SLUICE_END;
}
