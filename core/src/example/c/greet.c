/*
 * Sends strings to the Java example TwoProcesses, which makes the pipe and may be started later.
 *
 *     java @core/src/example/args io.sluice.example.TwoProcesses receive /dev/shm/greetings
 *     ./greet /dev/shm/greetings
 */
#include "sluice.h"

int main(int argc, char **argv)
{
    struct sluice_pipe pipe;
    struct sluice_sender sender;
    const char *path = argc > 1 ? argv[1] : "/dev/shm/greetings";
    void *payload;
    int result;
    while ((result = sluice_pipe_open(&pipe, path, 0)) == SLUICE_NOT_FOUND)
        usleep(10000);
    if (result < 0) {
        fprintf(stderr, "%s\n", pipe.error);
        return 1;
    }
    if ((result = sluice_sender_open(&sender, &pipe)) == SLUICE_OK) {
        result = sluice_send(&sender, "hello from C", 12, SLUICE_NO_TIMEOUT);
        if (result == SLUICE_OK) /* In place, without a copy. */
            result = sluice_claim(&sender, 100, &payload, SLUICE_NO_TIMEOUT);
        if (result == SLUICE_OK) {
            int length = snprintf((char *)payload, 100, "from process %s", "two");
            result = sluice_commit(&sender, (size_t)length, SLUICE_NO_TIMEOUT);
        }
    }
    if (result < 0)
        fprintf(stderr, "%s\n", sender.end.error);
    sluice_sender_close(&sender); /* Receivers see the end of the stream. */
    sluice_pipe_close(&pipe);
    return result < 0;
}
