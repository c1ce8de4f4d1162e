/*
 * sluice.h as a shared object, for languages that call C: a sender and a receiver of one pipe each,
 * in memory of the caller. A language that can read structs needs no more than this.
 */
#include "sluice.h"

struct sender {
    struct sluice_pipe pipe;
    struct sluice_sender end;
};

struct receiver {
    struct sluice_pipe pipe;
    struct sluice_receiver end;
    struct sluice_lane lanes[64];
    struct sluice_message message;
};

size_t sender_size(void)
{
    return sizeof(struct sender);
}

int sender_open(struct sender *sender, const char *path)
{
    int result = sluice_pipe_open(&sender->pipe, path, 0);
    return result < 0 ? result : sluice_sender_open(&sender->end, &sender->pipe);
}

int sender_send(struct sender *sender, const void *data, size_t length, int64_t nanos)
{
    return sluice_send(&sender->end, data, length, nanos);
}

const char *sender_error(struct sender *sender)
{
    return sender->pipe.error[0] != 0 ? sender->pipe.error : sender->end.end.error;
}

void sender_close(struct sender *sender)
{
    sluice_sender_close(&sender->end);
    sluice_pipe_close(&sender->pipe);
}

size_t receiver_size(void)
{
    return sizeof(struct receiver);
}

int receiver_open(struct receiver *receiver, const char *path)
{
    struct sluice_options options = {receiver->lanes, 64, NULL, 0, false, false};
    int result = sluice_pipe_open(&receiver->pipe, path, 0);
    return result < 0 ? result : sluice_receiver_open(&receiver->end, &receiver->pipe, &options);
}

/* Returns the length of the next message, which stays valid until receiver_advance, or an error. */
int64_t receiver_receive(struct receiver *receiver, int64_t nanos)
{
    int result = sluice_receive(&receiver->end, &receiver->message, nanos);
    return result < 0 ? result : (int64_t)receiver->message.length;
}

const void *receiver_data(struct receiver *receiver)
{
    return receiver->message.data;
}

void receiver_advance(struct receiver *receiver)
{
    sluice_advance(&receiver->end);
}

const char *receiver_error(struct receiver *receiver)
{
    return receiver->pipe.error[0] != 0 ? receiver->pipe.error : receiver->end.end.error;
}

void receiver_close(struct receiver *receiver)
{
    sluice_receiver_close(&receiver->end);
    sluice_pipe_close(&receiver->pipe);
}
