/*
 * sluice.h: the ends of a Sluice pipe, for C11 and C++17, on 64-bit Linux (x86-64 and AArch64).
 *
 * A pipe carries messages between processes through memory that both have mapped. Java makes it
 * (Pipe.create); an end in C attaches to it beside ends in Java, and each sees what the other does:
 * messages, the end of the stream, a broken pipe, and the death of a process.
 *
 * Header-only. It allocates nothing, keeps no global state and starts no thread: the caller owns
 * every struct, and passes the memory that a receiver needs. Errors are results below zero, with a
 * text in the struct's member "error", in the words that Java uses.
 *
 *     struct sluice_pipe pipe;
 *     struct sluice_sender sender;
 *     if (sluice_pipe_open(&pipe, "/dev/shm/hello", 0) < 0) puts(pipe.error);
 *     else if (sluice_sender_open(&sender, &pipe) < 0) puts(sender.end.error);
 *     else {
 *         sluice_send(&sender, "hello", 5, SLUICE_NO_TIMEOUT);
 *         sluice_sender_close(&sender);
 *     }
 *     sluice_pipe_close(&pipe);
 *
 * The layout of the files is docs/FORMAT.md, the steps of an end docs/PROCEDURES.md: comments give
 * its sections, as "2.1". Each ordered access names its edge of docs/ORDERING.md. How to build with
 * this header, what it supports and what it leaves to Java: docs/C.md.
 *
 * An end belongs to one thread at a time. A struct must not move while its end is open. After a
 * fork, a child must not use an end, and must close the descriptor "locks" of each end, or execute
 * another program: otherwise the end seems alive for as long as the child lives.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SLUICE_H
#define SLUICE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#ifndef F_OFD_SETLK
#error "include sluice.h before the headers of the system, or define _GNU_SOURCE"
#endif
#if !defined(__linux__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || UINTPTR_MAX != UINT64_MAX
#error "sluice.h needs 64-bit Linux on a little-endian machine"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Layout: docs/FORMAT.md. A test compares each of these values with the constant of the same name in
 * Java: META is MetaDescriptor, LANE_FILE LaneFileDescriptor, LANE LaneDescriptor, RECORD
 * RecordDescriptor, SLOT SlotStateDescriptor, HINT HintDescriptor, SEGMENT SegmentWordDescriptor,
 * BROADCAST BroadcastDescriptor, OFFER OfferDescriptor.
 */
#define SLUICE_META_MAGIC 0x4550495043554C53
#define SLUICE_META_VERSION 5
#define SLUICE_META_MAGIC_OFFSET 0
#define SLUICE_META_VERSION_OFFSET 8
#define SLUICE_META_FEATURES_OFFSET 16
#define SLUICE_META_PAGE_SIZE_OFFSET 24
#define SLUICE_META_CAPACITY_OFFSET 32
#define SLUICE_META_SEGMENTS_OFFSET 40
#define SLUICE_META_SENDERS_OFFSET 48
#define SLUICE_META_RECEIVERS_OFFSET 56
#define SLUICE_META_UUID_HIGH_OFFSET 64
#define SLUICE_META_UUID_LOW_OFFSET 72
#define SLUICE_META_CHECKSUM_OFFSET 80
#define SLUICE_META_EPOCH_OFFSET 128
#define SLUICE_META_READY_OFFSET 256
#define SLUICE_META_PARTICIPANT_LENGTH 128
#define SLUICE_META_STATE_OFFSET 0
#define SLUICE_META_PID_OFFSET 8
#define SLUICE_META_SINCE_OFFSET 16
#define SLUICE_META_CAPABILITIES_OFFSET 24
#define SLUICE_META_EVENT_OFFSET 64
#define SLUICE_META_WAITS_OFFSET 72
#define SLUICE_META_WAKEUPS_OFFSET 80
#define SLUICE_META_REDELIVERED_OFFSET 88
#define SLUICE_META_MEMBARRIER 1
#define SLUICE_META_GATED 2
#define SLUICE_META_MAX_ENDS 4096
#define SLUICE_META_MAX_SEGMENTS 4096

#define SLUICE_LANE_FILE_MAGIC 0x454E414C43554C53
#define SLUICE_LANE_FILE_MAGIC_OFFSET 0
#define SLUICE_LANE_FILE_UUID_HIGH_OFFSET 8
#define SLUICE_LANE_FILE_UUID_LOW_OFFSET 16
#define SLUICE_LANE_FILE_CAPACITY_OFFSET 24

#define SLUICE_LANE_LINE_PAIR 128
#define SLUICE_LANE_IDENTITY_OFFSET 0
#define SLUICE_LANE_SENDER_POSITION_OFFSET 128
#define SLUICE_LANE_DROPPED_OFFSET 136
#define SLUICE_LANE_RECEIVER_POSITION_OFFSET 256
#define SLUICE_LANE_TAKEN_POSITION_OFFSET 264
#define SLUICE_LANE_ATTEMPTS_OFFSET 272
#define SLUICE_LANE_ATTEMPTS_POSITION_OFFSET 280
#define SLUICE_LANE_SENDER_EVENT_OFFSET 384
#define SLUICE_LANE_WAKEUP_POSITION_OFFSET 392
#define SLUICE_LANE_HINT_OFFSET 512
#define SLUICE_LANE_NOTIFY_MODE_OFFSET 640
#define SLUICE_LANE_CONTROL_LENGTH 768
#define SLUICE_LANE_BROADCAST_CONTROL_LENGTH 2944
#define SLUICE_LANE_MAX_BROADCAST_RECEIVERS 16
#define SLUICE_LANE_NOTIFY_OFF 0
#define SLUICE_LANE_NOTIFY_ONCE 1
#define SLUICE_LANE_NOTIFY_POISONED 2
#define SLUICE_LANE_NOTIFY_ALWAYS 3
#define SLUICE_LANE_MIN_CAPACITY 4096
#define SLUICE_LANE_MAX_CAPACITY 1073741824

#define SLUICE_RECORD_ALIGNMENT 8
#define SLUICE_RECORD_HEADER_LENGTH 8
#define SLUICE_RECORD_UNCOMMITTED 0
#define SLUICE_RECORD_COMMITTED_FLAG 0x80000000
#define SLUICE_RECORD_LENGTH_MASK 0x3FFFFFFF
#define SLUICE_RECORD_POSITION_SHIFT 29

#define SLUICE_SLOT_WORD_OFFSET 0
#define SLUICE_SLOT_RECORD_REF_OFFSET 8
#define SLUICE_SLOT_STRIDE 16
#define SLUICE_SLOT_MIN_COUNT 64
#define SLUICE_SLOT_RING_BYTES_PER_SLOT 64
#define SLUICE_SLOT_SEQUENCE_SHIFT 20
#define SLUICE_SLOT_SEQUENCE_MASK 0xFFFFFFFFFFF
#define SLUICE_SLOT_ATTEMPTS_SHIFT 16
#define SLUICE_SLOT_MAX_ATTEMPTS 15
#define SLUICE_SLOT_STATE_SHIFT 14
#define SLUICE_SLOT_DONE 0
#define SLUICE_SLOT_READY 1
#define SLUICE_SLOT_TAKEN 2
#define SLUICE_SLOT_MAX_OWNER 16383

#define SLUICE_HINT_EPOCH_SHIFT 44

#define SLUICE_SEGMENT_LENGTH 8
#define SLUICE_SEGMENT_LIVE 1
#define SLUICE_SEGMENT_DONE 2
#define SLUICE_SEGMENT_REUSED 3
#define SLUICE_SEGMENT_FREEING 4
#define SLUICE_SEGMENT_FREED 5
#define SLUICE_SEGMENT_STATE_MASK 7
#define SLUICE_SEGMENT_OWNER_SHIFT 3
#define SLUICE_SEGMENT_SLOT_SHIFT 15
#define SLUICE_SEGMENT_GENERATION_SHIFT 27

#define SLUICE_BROADCAST_BLOCK_LENGTH 1024
#define SLUICE_BROADCAST_BOUNDARY_LENGTH 8
#define SLUICE_BROADCAST_INTENT_OFFSET 768
#define SLUICE_BROADCAST_GATES_OFFSET 896
#define SLUICE_BROADCAST_GATE_STRIDE 128
#define SLUICE_BROADCAST_GATED_FLAG 1
#define SLUICE_BROADCAST_DEMOTED_FLAG 2
#define SLUICE_BROADCAST_MESSAGES_MASK 0xFFFFFFFFFFFF
#define SLUICE_BROADCAST_OFFSET_MASK 0x7F000000000000
#define SLUICE_BROADCAST_LAP_MASK 0x7F80000000000000
#define SLUICE_BROADCAST_RECORDED_FLAG 0x8000000000000000

#define SLUICE_OFFER_WORD_OFFSET 0
#define SLUICE_OFFER_LENGTH_OFFSET 8
#define SLUICE_OFFER_PAYLOAD_OFFSET 16

/*
 * Steps: docs/PROCEDURES.md. The test compares these likewise: PARTICIPANT is Participants, EVENT
 * FutexEvent, MEMBARRIER Membarrier, MEMBERSHIP Membership, DOORBELL Doorbell, HAND_OVER HandOver,
 * TURN RoundRobinReceiver, RING SpscRingSender, TIMESTAMP TimestampedLaneSender.
 */
#define SLUICE_PARTICIPANT_VACANT 0
#define SLUICE_PARTICIPANT_ATTACHED 1
#define SLUICE_PARTICIPANT_CLOSED 2
#define SLUICE_PARTICIPANT_DEAD 3
#define SLUICE_PARTICIPANT_ATTACH_TIMEOUT_NANOS 500000000
#define SLUICE_PARTICIPANT_MIN_TRIES 50
#define SLUICE_EVENT_DISARMED 0
#define SLUICE_EVENT_ARMED 1
#define SLUICE_MEMBARRIER_GLOBAL_EXPEDITED 2
#define SLUICE_MEMBARRIER_REGISTER_GLOBAL_EXPEDITED 4
#define SLUICE_MEMBERSHIP_PROBE_INTERVAL_NANOS 1000000
#define SLUICE_DOORBELL_UNNEEDED_LIMIT 64
#define SLUICE_TURN_QUANTUM 64
#define SLUICE_RING_CLEAR_AHEAD 1024
#define SLUICE_TIMESTAMP_TIMESTAMP_LENGTH 8
#define SLUICE_HAND_OVER_SPIN_NANOS 20000
#define SLUICE_HAND_OVER_YIELD_NANOS 200000

/* The bits of "features": PipeLayout.Feature, in its order. */
#define SLUICE_FEATURE_ARRIVAL_ORDER 0x1
#define SLUICE_FEATURE_AT_MOST_ONCE 0x2
#define SLUICE_FEATURE_RETAIN_WITHOUT_RECEIVERS 0x4
#define SLUICE_FEATURE_GROUP 0x8
#define SLUICE_FEATURE_RENDEZVOUS 0x10
#define SLUICE_FEATURE_DROP_OLDEST 0x20
#define SLUICE_FEATURE_FAIL 0x40
#define SLUICE_FEATURE_BROADCAST 0x80
#define SLUICE_FEATURE_DEMOTE 0x100
#define SLUICE_FEATURES 0x1FF

/* The result of a call: not below zero if it did what its comment says. */
enum sluice_result {
    SLUICE_OK = 0,
    SLUICE_AGAIN = -1,       /* no room, or no message, now or within the time limit */
    SLUICE_END = -2,         /* all senders have left, and nothing is left: the end of the stream */
    SLUICE_BROKEN = -3,      /* all receivers have left: nothing was sent */
    SLUICE_NOT_FOUND = -4,   /* no pipe has this name */
    SLUICE_INVALID = -5,     /* not a pipe, or not one that this process may use */
    SLUICE_UNSUPPORTED = -6, /* a kind of pipe that this header leaves to Java */
    SLUICE_TAKEN = -7,       /* the pipe has as many ends of this side as it was made for */
    SLUICE_CORRUPT = -8,     /* the pipe holds what no correct end writes */
    SLUICE_TOO_LONG = -9,    /* the message is longer than the pipe carries, or than the buffer */
    SLUICE_QUOTA = -10,      /* the pipe is at its quota, and was made to fail there */
    SLUICE_MISUSE = -11,     /* the call is not permitted now */
    SLUICE_SYSTEM = -12      /* the system refused a call: "error" names it */
};

/* The time limit of a call that waits for as long as it takes. */
#define SLUICE_NO_TIMEOUT (-1)

/* A flag of sluice_pipe_open: accepts a pipe that another user shares with a group. */
#define SLUICE_SHARED 1u

/* The length of a text, in bytes; a longer one is cut off. */
#define SLUICE_TEXT_LENGTH 512

/* The most positions that a lane can have: a position has 62 bits. */
#define SLUICE_MAX_POSITION (INT64_C(1) << 62)

/* A limit below each position, so that each attempt to send takes the slow path. */
#define SLUICE_NO_ROOM INT64_MIN

/* How often a change of a word is repeated that other ends change at the same time. */
#define SLUICE_MAX_TRIES 1024

/* The most records that a receiver passes over to find the next one in a lane of message slots. */
#define SLUICE_LAPS 2

/* Checks without a result before an end sleeps, and of these before it reads the clock. */
#define SLUICE_SPINS 100
#define SLUICE_CALLS_PER_CLOCK_READ 256

/* Timeouts of the futex, in nanoseconds: where no wake-up can be lost, and where one can (6). */
#define SLUICE_FENCED_INITIAL_NANOS 10000000
#define SLUICE_FENCED_MAX_NANOS 50000000
#define SLUICE_UNFENCED_INITIAL_NANOS 50000
#define SLUICE_UNFENCED_MAX_NANOS 1000000

#define SLUICE_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define SLUICE_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* What a lane of a pipe is. */
enum sluice_kind { SLUICE_RING, SLUICE_SLOTS, SLUICE_OFFER, SLUICE_BROADCAST };

/* An open pipe: what "meta" says, which never changes. It must outlive its ends. */
struct sluice_pipe {
    int directory;     /* descriptor; files are opened relative to it, also if the name is gone */
    unsigned flags;    /* of sluice_pipe_open */
    uint32_t page;     /* bytes */
    uint32_t capacity; /* of a ring, in bytes: a power of two */
    uint32_t segments; /* the most rings of a lane: 1 unless lanes grow */
    uint32_t senders;  /* the most attached senders */
    uint32_t receivers;
    enum sluice_kind kind;
    uint64_t features;
    uint64_t uuid_high;
    uint64_t uuid_low;
    char path[PATH_MAX]; /* as it was given, for texts */
    char error[SLUICE_TEXT_LENGTH];
};

/* A ring with what belongs to it: a page of control words, then message slots or boundaries. */
struct sluice_ring {
    unsigned char *control;
    unsigned char *base; /* mapped twice in a row, so a payload is contiguous */
};

/* A lane that is mapped. A receiver needs one for each sender that its pipe was made for. */
struct sluice_lane {
    struct sluice_ring ring; /* the one in use */
    unsigned char *front;    /* where notify mode and sender event are; then the segment table */
    int file;                /* of a lane that grows, else -1 */
    uint32_t index;
    bool open;
    bool poisoned;       /* given up by this receiver */
    uint64_t generation; /* of the ring in use, in a lane that grows */
    /* Of a receiver: */
    uint32_t in_turn;    /* messages handed out in this turn */
    int64_t position;    /* ring, broadcast: where it is */
    int64_t published;   /* and where the sender knows it to be */
    int64_t redeliver;   /* ring: the end of what the last receiver may have received */
    int64_t next;        /* ring, broadcast: the end of the message that was handed out */
    int64_t timestamp;   /* of the next message, in arrival order; INT64_MIN: none */
    uint64_t sequence;   /* slots: the next one to look at */
    uint64_t taken;      /* slots: of the message that was handed out */
    uint64_t hint;       /* slots: as it was before the look at sequence "start" */
    uint64_t start;
    uint64_t scanned;    /* slots: a hint that was passed, with the sequence that was reached */
    bool scanning;       /* slots: "hint" and "start" are valid */
    uint64_t oldest;     /* slots that grow: no earlier ring is in the list */
    uint64_t older_generation;
    struct sluice_ring older; /* slots that grow: an earlier ring that is mapped, or none */
    bool in_older;            /* the message that was handed out is there */
    uint64_t messages;   /* broadcast: how many came before */
    bool gated;          /* broadcast: senders do not overwrite what was not received */
};

/* What an end of either side has. */
struct sluice_end {
    const struct sluice_pipe *pipe;
    unsigned char *meta;
    int locks;      /* descriptor of this end alone: closing it releases the end's lock */
    uint32_t self;  /* participant number: senders, then receivers */
    bool sends;
    bool open;
    bool gone;            /* the other side has left, as of "epoch" */
    uint64_t epoch;       /* at which the states of the other side were read */
    struct sluice_lane *lanes; /* those that this end may have open, for recoveries */
    uint32_t first_lane;
    uint32_t lane_count;
    uint32_t idle_calls;
    uint32_t next_probe;
    int64_t last_probe;
    bool slept; /* the last wait was ended by its timeout */
    uint64_t waits; /* how often this end slept, and was woken: informational */
    uint64_t wakeups;
    char error[SLUICE_TEXT_LENGTH];
};

struct sluice_sender {
    int64_t position;
    int64_t limit;       /* a message that ends here or before fits; ring: and is cleared behind */
    int64_t room;        /* ring: the end of what the receiver has freed, less a word */
    int64_t cleared;     /* ring: zero from the position to here, unless a record is being written */
    int64_t saved_limit; /* while a message is claimed, and "limit" is SLUICE_NO_ROOM */
    enum sluice_kind kind;
    uint32_t prefix;     /* bytes before each message: 8 in arrival order, else 0 */
    uint32_t length_limit; /* Messages are shorter than that; 0 unless this end is open. */
    uint32_t claimed;    /* the length of the claimed message */
    int64_t full_at;     /* the position when there was no room the last time */
    uint32_t unneeded;   /* messages that found no receiver asleep, in the mode "always" */
    uint64_t sequence;   /* slots: of the next message; offer: of the last */
    uint64_t first;      /* slots: of the oldest message that is not known to be done */
    int64_t start;       /* slots: where that is */
    int64_t timestamp;   /* of the last message, in arrival order */
    uint64_t received;   /* offer: bytes that were received */
    uint32_t acquired;   /* a slot with space that is to be linked next, plus 1; 0: none */
    bool offered;        /* an offer stands */
    bool woke;           /* a receiver may have been woken for the last message */
    struct sluice_lane lane;
    struct sluice_end end;
};

/* A message that was handed out: valid until sluice_advance. */
struct sluice_message {
    const void *data;
    size_t length;
    unsigned attempt; /* how often it was handed out before: 0, or more after a death, at most 15 */
    uint32_t lane;    /* the number of its sender's lane */
};

struct sluice_receiver {
    struct sluice_lane *lanes;
    uint32_t current;     /* the lane whose turn it is */
    uint32_t open_to;     /* no lane from here on is open */
    uint32_t burst;       /* messages since it last found none */
    uint32_t back_off;    /* spins after the last burst, while the sender gets ahead */
    bool held;            /* "message" was handed out, and not advanced over */
    bool lossy;           /* of a broadcast: was never gated */
    bool oldest;          /* of a broadcast: begins with the oldest message that is left */
    bool joined;          /* of a broadcast: a lane that appears from now on is new */
    uint64_t lanes_epoch; /* at which it looked for lanes that appeared */
    uint64_t end_epoch;   /* at which it looked for what dead receivers had taken */
    unsigned char *buffer;
    size_t buffer_length;
    uint64_t lost;        /* messages of a broadcast that were overwritten first: exact */
    uint64_t lost_bytes;  /* and their bytes, with the overhead of each */
    struct sluice_message message;
    struct sluice_end end;
};

/* How a receiver is opened. Set all bytes to zero, then what is needed. */
struct sluice_options {
    struct sluice_lane *lanes; /* one for each sender that the pipe was made for */
    size_t lane_count;
    void *buffer; /* of a rendezvous, and of a broadcast that is lossy or demotes: for copies */
    size_t buffer_length; /* a longer message is SLUICE_TOO_LONG */
    bool lossy;  /* of a broadcast: senders may overwrite what was not received */
    bool oldest; /* of a broadcast: begin with the oldest message that is left, not the newest */
};

/* ---- Words of shared memory ---- */

static inline uint64_t *sluice_word(unsigned char *memory, uint64_t offset)
{
    return (uint64_t *)(void *)(memory + offset);
}

/* Plain, but never torn. */
static inline uint64_t sluice_load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void sluice_store(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline uint64_t sluice_load_acquire(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void sluice_store_release(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* Compare-and-set: a full fence if it succeeds. */
static inline bool sluice_cas(uint64_t *word, uint64_t expected, uint64_t value)
{
    return __atomic_compare_exchange_n(
        word, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void sluice_full_fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/*
 * Orders a store with a later load against the compiler only. The processor may still execute the
 * load first: the other side fences for both, by membarrier(2), or knows that it cannot.
 */
static inline void sluice_half_fence(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Orders loads before it with loads after it. */
static inline void sluice_load_fence(void)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void sluice_spin_wait(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" ::: "memory");
#endif
}

/* Subtracts positions and sequences from memory, which may hold anything, without overflow. */
static inline int64_t sluice_difference(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b);
}

static inline int64_t sluice_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t sluice_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline uint64_t sluice_round_up(uint64_t x, uint64_t power_of_two)
{
    return (x + power_of_two - 1) & ~(power_of_two - 1);
}

static inline uint64_t sluice_power_of_two(uint64_t least)
{
    uint64_t power = 1;
    while (power < least)
        power <<= 1;
    return power;
}

static inline int64_t sluice_nanos(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Writes a text, and returns the result. */
__attribute__((format(printf, 3, 4))) static inline int sluice_fail(
    char *error, int result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, SLUICE_TEXT_LENGTH, format, arguments);
    va_end(arguments);
    return result;
}

/* Reports that the system refused something, with errno. */
static inline int sluice_refused(char *error, const char *what, const char *path)
{
    int code = errno;
    return sluice_fail(error, SLUICE_SYSTEM, "%s %s: %s", what, path, strerror(code));
}

/* ---- Geometry: the table "Numbers" of docs/PROCEDURES.md ---- */

static inline bool sluice_pipe_has(const struct sluice_pipe *pipe, uint64_t feature)
{
    return (pipe->features & feature) != 0;
}

static inline bool sluice_pipe_grows(const struct sluice_pipe *pipe)
{
    return pipe->segments > 1;
}

static inline uint32_t sluice_participants(const struct sluice_pipe *pipe)
{
    return pipe->senders + pipe->receivers;
}

/* The longest payload of a record: its word and the one behind it must fit, too. */
static inline uint32_t sluice_max_payload(const struct sluice_pipe *pipe)
{
    return pipe->capacity - 2 * SLUICE_RECORD_HEADER_LENGTH;
}

/* The longest message that the pipe carries, in bytes. */
static inline uint32_t sluice_max_message(const struct sluice_pipe *pipe)
{
    bool timestamped = sluice_pipe_has(pipe, SLUICE_FEATURE_ARRIVAL_ORDER);
    return sluice_max_payload(pipe) - (timestamped ? SLUICE_TIMESTAMP_TIMESTAMP_LENGTH : 0);
}

static inline bool sluice_uses_slots(const struct sluice_pipe *pipe)
{
    bool broadcast = sluice_pipe_has(pipe, SLUICE_FEATURE_BROADCAST);
    return (pipe->receivers > 1 && !broadcast) || sluice_pipe_has(pipe, SLUICE_FEATURE_DROP_OLDEST);
}

/* The length of a row of bits in meta. */
static inline uint64_t sluice_bits_length(uint32_t bits)
{
    uint32_t per_block = SLUICE_META_PARTICIPANT_LENGTH * 8;
    return (uint64_t)(bits + per_block - 1) / per_block * SLUICE_META_PARTICIPANT_LENGTH;
}

static inline uint64_t sluice_waiting_offset(const struct sluice_pipe *pipe)
{
    return SLUICE_META_READY_OFFSET + sluice_bits_length(pipe->senders);
}

static inline uint64_t sluice_block_offset(const struct sluice_pipe *pipe, uint32_t participant)
{
    return sluice_waiting_offset(pipe) + sluice_bits_length(pipe->receivers)
        + (uint64_t)participant * SLUICE_META_PARTICIPANT_LENGTH;
}

static inline uint64_t sluice_meta_length(const struct sluice_pipe *pipe)
{
    uint64_t needed = sluice_block_offset(pipe, sluice_participants(pipe));
    return sluice_power_of_two(needed > pipe->page ? needed : pipe->page);
}

/* The number of message slots of a lane. */
static inline uint32_t sluice_slot_count(const struct sluice_pipe *pipe)
{
    uint32_t count = pipe->capacity / SLUICE_SLOT_RING_BYTES_PER_SLOT;
    return count > SLUICE_SLOT_MIN_COUNT ? count : SLUICE_SLOT_MIN_COUNT;
}

/* The number of words in the table of boundaries of a broadcast. */
static inline uint32_t sluice_block_count(const struct sluice_pipe *pipe)
{
    return pipe->capacity / SLUICE_BROADCAST_BLOCK_LENGTH;
}

/* The space of message slots, or of boundaries, in a lane. */
static inline uint64_t sluice_slots_space(const struct sluice_pipe *pipe)
{
    uint64_t length = 0;
    if (sluice_pipe_has(pipe, SLUICE_FEATURE_BROADCAST))
        length = (uint64_t)sluice_block_count(pipe) * SLUICE_BROADCAST_BOUNDARY_LENGTH;
    else if (sluice_uses_slots(pipe))
        length = (uint64_t)sluice_slot_count(pipe) * SLUICE_SLOT_STRIDE;
    return length > 0 && length < pipe->page ? pipe->page : length;
}

/* The control words and the message slots of a ring, which are mapped together. */
static inline uint64_t sluice_control_space(const struct sluice_pipe *pipe)
{
    return pipe->page + sluice_slots_space(pipe);
}

static inline uint64_t sluice_ring_space(const struct sluice_pipe *pipe)
{
    return sluice_control_space(pipe) + pipe->capacity;
}

/* The length of the segment table, and of what lies in front of the rings of a lane that grows. */
static inline uint64_t sluice_table_length(const struct sluice_pipe *pipe)
{
    uint64_t length = sluice_power_of_two((uint64_t)pipe->segments + 1) * SLUICE_SEGMENT_LENGTH;
    return length > pipe->page ? length : pipe->page;
}

static inline uint64_t sluice_front_space(const struct sluice_pipe *pipe)
{
    return sluice_pipe_grows(pipe) ? pipe->page + sluice_table_length(pipe) : 0;
}

static inline uint64_t sluice_lane_length(const struct sluice_pipe *pipe)
{
    return sluice_front_space(pipe) + pipe->segments * sluice_ring_space(pipe);
}

/* ---- Open a pipe: 1.1 ---- */

static inline const char *sluice_file_kind(mode_t mode)
{
    if (S_ISLNK(mode))
        return "a symbolic link";
    if (S_ISDIR(mode))
        return "a directory";
    return S_ISREG(mode) ? "a file" : "a special file";
}

/* The permission bits that no file of the pipe may have. */
static inline mode_t sluice_forbidden_mode(const struct sluice_pipe *pipe)
{
    bool group = sluice_pipe_has(pipe, SLUICE_FEATURE_GROUP);
    return group ? S_IWOTH : S_IWOTH | S_IWGRP;
}

static inline int sluice_check_owner(
    const struct sluice_pipe *pipe, const char *path, const struct stat *found, mode_t forbidden,
    char *error)
{
    if (found->st_uid != geteuid() && !(pipe->flags & SLUICE_SHARED))
        return sluice_fail(
            error, SLUICE_INVALID,
            "%s: found owner %u; expected this process's user %u (openShared opens a pipe that"
            " another user shares)",
            path, (unsigned)found->st_uid, (unsigned)geteuid());
    if (found->st_mode & forbidden)
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found mode %04o; expected one without the bits %04o of it",
            path, (unsigned)(found->st_mode & 07777), (unsigned)(found->st_mode & forbidden));
    return SLUICE_OK;
}

/* A user with permission to rename the entries of a directory above could replace the pipe. */
static inline int sluice_check_parents(struct sluice_pipe *pipe)
{
    char parent[PATH_MAX];
    char real[PATH_MAX];
    struct stat found;
    snprintf(parent, sizeof parent, "%s", pipe->path);
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        snprintf(parent, sizeof parent, ".");
    else
        slash[slash == parent ? 1 : 0] = 0;
    if (realpath(parent, real) == NULL)
        return sluice_refused(pipe->error, "realpath", parent);
    for (;;) {
        if (lstat(real, &found) != 0)
            return sluice_refused(pipe->error, "stat", real);
        if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
            return sluice_fail(
                pipe->error, SLUICE_INVALID,
                "%s: found mode %04o; expected one that others may not write to, or with the sticky"
                " bit, because pipe %s is in it",
                real, (unsigned)(found.st_mode & 07777), pipe->path);
        slash = strrchr(real, '/');
        if (slash == NULL || real[1] == 0)
            return SLUICE_OK;
        slash[slash == real ? 1 : 0] = 0;
    }
}

static inline int sluice_check_directory(struct sluice_pipe *pipe, mode_t forbidden)
{
    struct stat found;
    if (fstat(pipe->directory, &found) != 0)
        return sluice_refused(pipe->error, "stat", pipe->path);
    int result = sluice_check_owner(pipe, pipe->path, &found, forbidden, pipe->error);
    return result < 0 ? result : sluice_check_parents(pipe);
}

static inline int sluice_no_file(const struct sluice_pipe *pipe, const char *name, char *error)
{
    return sluice_fail(
        error, SLUICE_INVALID, "%s: found no file %s; expected a pipe's files", pipe->path, name);
}

/* Checks an open file: a length of -1 stands for at least a page. */
static inline int sluice_check_file(
    const struct sluice_pipe *pipe, int file, const char *path, int64_t length, mode_t forbidden,
    char *error)
{
    struct stat found;
    if (fstat(file, &found) != 0)
        return sluice_refused(error, "stat", path);
    if (!S_ISREG(found.st_mode))
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found %s; expected a regular file", path,
            sluice_file_kind(found.st_mode));
    int result = sluice_check_owner(pipe, path, &found, forbidden, error);
    if (result < 0)
        return result;
    long long least = length == -1 ? sysconf(_SC_PAGESIZE) : length;
    if (length == -1 && found.st_size < least)
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found %lld bytes; expected at least %lld", path,
            (long long)found.st_size, least);
    if (length != -1 && found.st_size != least)
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found %lld bytes; expected %lld bytes", path,
            (long long)found.st_size, least);
    return SLUICE_OK;
}

/*
 * Opens one of the pipe's files, and checks it. Returns its descriptor. "length" is as in
 * sluice_check_file.
 */
static inline int sluice_open_file(
    const struct sluice_pipe *pipe, const char *name, int64_t length, mode_t forbidden, char *error)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", pipe->path, name);
    int file = openat(pipe->directory, name, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
        return sluice_no_file(pipe, name, error);
    if (file < 0 && (errno == ELOOP || errno == EISDIR))
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found %s; expected a regular file", path,
            errno == ELOOP ? "a symbolic link" : "a directory");
    if (file < 0)
        return sluice_refused(error, "open", path);
    int result = sluice_check_file(pipe, file, path, length, forbidden, error);
    if (result < 0)
        close(file);
    return result < 0 ? result : file;
}

/* CRC-32C: reflected, begins with all ones and is inverted at the end. */
static inline uint32_t sluice_crc32c(const unsigned char *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (UINT32_C(0x82F63B78) & (0u - (crc & 1)));
    }
    return ~crc;
}

/* A number of meta as Java reads it: an int, or the nearest one. */
static inline int64_t sluice_clamp(uint64_t value)
{
    return sluice_max(INT32_MIN, sluice_min(INT32_MAX, (int64_t)value));
}

static inline bool sluice_is_power_of_two(int64_t value)
{
    return value > 0 && (value & (value - 1)) == 0;
}

/* Whether the geometry is within the limits of the format. */
static inline bool sluice_geometry_is_valid(const struct sluice_pipe *pipe)
{
    bool broadcast = sluice_pipe_has(pipe, SLUICE_FEATURE_BROADCAST);
    bool rendezvous = sluice_pipe_has(pipe, SLUICE_FEATURE_RENDEZVOUS);
    bool arrival = sluice_pipe_has(pipe, SLUICE_FEATURE_ARRIVAL_ORDER);
    bool grows = sluice_pipe_grows(pipe);
    return pipe->capacity >= pipe->page
        && !(rendezvous && grows)
        && !(arrival && (sluice_uses_slots(pipe) || rendezvous))
        && (broadcast || !sluice_pipe_has(pipe, SLUICE_FEATURE_DEMOTE))
        && !(broadcast
             && (pipe->page < SLUICE_LANE_BROADCAST_CONTROL_LENGTH
                 || pipe->receivers > SLUICE_LANE_MAX_BROADCAST_RECEIVERS || grows || rendezvous
                 || arrival || sluice_pipe_has(pipe, SLUICE_FEATURE_DROP_OLDEST)));
}

/* Takes the numbers of meta if each is within its limits; they fit into 32 bits then. */
static inline bool sluice_set_geometry(struct sluice_pipe *pipe, const uint64_t *header)
{
    int64_t page = sluice_clamp(header[SLUICE_META_PAGE_SIZE_OFFSET / 8]);
    int64_t capacity = sluice_clamp(header[SLUICE_META_CAPACITY_OFFSET / 8]);
    int64_t segments = sluice_clamp(header[SLUICE_META_SEGMENTS_OFFSET / 8]);
    int64_t senders = sluice_clamp(header[SLUICE_META_SENDERS_OFFSET / 8]);
    int64_t receivers = sluice_clamp(header[SLUICE_META_RECEIVERS_OFFSET / 8]);
    if (!sluice_is_power_of_two(page) || page < SLUICE_LANE_CONTROL_LENGTH
        || !sluice_is_power_of_two(capacity) || capacity < SLUICE_LANE_MIN_CAPACITY
        || capacity > SLUICE_LANE_MAX_CAPACITY || segments < 1
        || segments > SLUICE_META_MAX_SEGMENTS || senders < 1 || senders > SLUICE_META_MAX_ENDS
        || receivers < 1 || receivers > SLUICE_META_MAX_ENDS)
        return false;
    pipe->page = (uint32_t)page;
    pipe->capacity = (uint32_t)capacity;
    pipe->segments = (uint32_t)segments;
    pipe->senders = (uint32_t)senders;
    pipe->receivers = (uint32_t)receivers;
    return sluice_geometry_is_valid(pipe);
}

static inline int sluice_bad_geometry(
    const char *path, const uint64_t *header, char *error)
{
    uint64_t high = header[SLUICE_META_UUID_HIGH_OFFSET / 8];
    uint64_t low = header[SLUICE_META_UUID_LOW_OFFSET / 8];
    return sluice_fail(
        error, SLUICE_INVALID,
        "%s: found PipeLayout[uuid=%08llx-%04llx-%04llx-%04llx-%012llx, pageSize=%lld,"
        " capacity=%lld, segments=%lld, senders=%lld, receivers=%lld, features=%llu]; expected"
        " powers of two, and ends, within limits",
        path, (unsigned long long)(high >> 32), (unsigned long long)(high >> 16 & 0xffff),
        (unsigned long long)(high & 0xffff), (unsigned long long)(low >> 48),
        (unsigned long long)(low & 0xffffffffffff),
        (long long)sluice_clamp(header[SLUICE_META_PAGE_SIZE_OFFSET / 8]),
        (long long)sluice_clamp(header[SLUICE_META_CAPACITY_OFFSET / 8]),
        (long long)sluice_clamp(header[SLUICE_META_SEGMENTS_OFFSET / 8]),
        (long long)sluice_clamp(header[SLUICE_META_SENDERS_OFFSET / 8]),
        (long long)sluice_clamp(header[SLUICE_META_RECEIVERS_OFFSET / 8]),
        (unsigned long long)header[SLUICE_META_FEATURES_OFFSET / 8]);
}

/* Checks what tells whether the rest of meta can be understood. */
static inline int sluice_check_version(const char *path, const uint64_t *header, char *error)
{
    unsigned long long magic = header[SLUICE_META_MAGIC_OFFSET / 8];
    if (magic == __builtin_bswap64(SLUICE_META_MAGIC))
        return sluice_fail(
            error, SLUICE_INVALID,
            "%s: found a pipe made on a machine of the other byte order; expected this machine's",
            path);
    if (magic != SLUICE_META_MAGIC)
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found magic 0x%016llx; expected 0x%016llx", path, magic,
            (unsigned long long)SLUICE_META_MAGIC);
    long long version = (long long)header[SLUICE_META_VERSION_OFFSET / 8];
    if (version != SLUICE_META_VERSION)
        return sluice_fail(
            error, SLUICE_INVALID,
            "%s: found format version %lld; expected version %d, the one that this Sluice reads",
            path, version, SLUICE_META_VERSION);
    unsigned long long found = header[SLUICE_META_CHECKSUM_OFFSET / 8];
    uint32_t checksum =
        sluice_crc32c((const unsigned char *)header, SLUICE_META_CHECKSUM_OFFSET);
    if (found != checksum)
        return sluice_fail(
            error, SLUICE_INVALID,
            "%s: found checksum 0x%08llx; expected 0x%08x, the checksum of its content", path,
            found, checksum);
    unsigned long long features = header[SLUICE_META_FEATURES_OFFSET / 8];
    if (features & ~(unsigned long long)SLUICE_FEATURES)
        return sluice_fail(
            error, SLUICE_INVALID,
            "%s: found feature bits 0x%llx; expected some of 0x%x: a newer Sluice made this pipe",
            path, features, SLUICE_FEATURES);
    return SLUICE_OK;
}

static inline enum sluice_kind sluice_kind_of(const struct sluice_pipe *pipe)
{
    if (sluice_pipe_has(pipe, SLUICE_FEATURE_RENDEZVOUS))
        return SLUICE_OFFER;
    if (sluice_pipe_has(pipe, SLUICE_FEATURE_BROADCAST))
        return SLUICE_BROADCAST;
    return sluice_uses_slots(pipe) ? SLUICE_SLOTS : SLUICE_RING;
}

/* Reads and checks the words of meta that never change. */
static inline int sluice_read_geometry(struct sluice_pipe *pipe, int meta)
{
    uint64_t header[SLUICE_META_CHECKSUM_OFFSET / 8 + 1];
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/meta", pipe->path);
    ssize_t length = pread(meta, header, sizeof header, 0);
    if (length < 0)
        return sluice_refused(pipe->error, "read", path);
    if (length < (ssize_t)sizeof header)
        return sluice_fail(
            pipe->error, SLUICE_INVALID,
            "%s: found a file that was just cut off; expected a pipe's", path);
    int result = sluice_check_version(path, header, pipe->error);
    if (result < 0)
        return result;
    pipe->features = header[SLUICE_META_FEATURES_OFFSET / 8];
    if (!sluice_set_geometry(pipe, header))
        return sluice_bad_geometry(path, header, pipe->error);
    if (pipe->page != (uint32_t)sysconf(_SC_PAGESIZE))
        return sluice_fail(
            pipe->error, SLUICE_INVALID, "%s: found page size %u; expected this machine's %ld",
            path, pipe->page, sysconf(_SC_PAGESIZE));
    pipe->uuid_high = header[SLUICE_META_UUID_HIGH_OFFSET / 8];
    pipe->uuid_low = header[SLUICE_META_UUID_LOW_OFFSET / 8];
    pipe->kind = sluice_kind_of(pipe);
    return SLUICE_OK;
}

static inline int sluice_check_name(struct sluice_pipe *pipe, const char *name, int64_t length)
{
    int file = sluice_open_file(pipe, name, length, sluice_forbidden_mode(pipe), pipe->error);
    return file < 0 ? file : close(file);
}

/* Checks the files in the directory that is open. */
static inline int sluice_check_files(struct sluice_pipe *pipe)
{
    int result = sluice_check_directory(pipe, S_IWOTH);
    if (result < 0)
        return result;
    int meta = sluice_open_file(pipe, "meta", -1, S_IWOTH, pipe->error);
    if (meta < 0)
        return meta;
    result = sluice_read_geometry(pipe, meta);
    close(meta);
    if (result < 0)
        return result;
    result = sluice_check_directory(pipe, sluice_forbidden_mode(pipe));
    if (result == SLUICE_OK)
        result = sluice_check_name(pipe, "meta", (int64_t)sluice_meta_length(pipe));
    if (result == SLUICE_OK)
        result = sluice_check_name(pipe, "locks", 0);
    if (result == SLUICE_OK && pipe->senders == 1)
        result = sluice_check_name(pipe, "lane-0", (int64_t)sluice_lane_length(pipe));
    return result;
}

static inline int sluice_open_directory(struct sluice_pipe *pipe)
{
    struct stat found;
    if (lstat(pipe->path, &found) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return sluice_refused(pipe->error, "stat", pipe->path);
        return sluice_fail(
            pipe->error, SLUICE_NOT_FOUND,
            "%s: no pipe has this name: create it first, or wait for it with Pipe.open(path,"
            " timeout)",
            pipe->path);
    }
    if (!S_ISDIR(found.st_mode))
        return sluice_fail(
            pipe->error, SLUICE_INVALID, "%s: found %s; expected a directory, which a pipe is",
            pipe->path, sluice_file_kind(found.st_mode));
    pipe->directory = open(pipe->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return pipe->directory < 0 ? sluice_refused(pipe->error, "open", pipe->path) : SLUICE_OK;
}

/* Whether the pipe's name now stands for another directory, or for none. */
static inline bool sluice_was_replaced(const struct sluice_pipe *pipe)
{
    struct stat held;
    struct stat named;
    return fstat(pipe->directory, &held) == 0
        && (lstat(pipe->path, &named) != 0 || held.st_dev != named.st_dev
            || held.st_ino != named.st_ino);
}

/*
 * Opens a pipe that exists: checks its files, as docs/FORMAT.md ("Validation") says, and changes
 * nothing. "flags" is 0 or SLUICE_SHARED. Returns SLUICE_OK; or an error, with a text in
 * pipe->error and nothing to close.
 */
static inline int sluice_pipe_open(struct sluice_pipe *pipe, const char *path, unsigned flags)
{
    memset(pipe, 0, sizeof *pipe);
    pipe->directory = -1;
    pipe->flags = flags;
    if (strlen(path) >= sizeof pipe->path)
        return sluice_fail(pipe->error, SLUICE_NOT_FOUND, "a path of %zu bytes", strlen(path));
    strcpy(pipe->path, path);
    for (int tries = 1;; tries++) {
        int result = sluice_open_directory(pipe);
        if (result < 0)
            return result;
        /* edge NAME: the directory has its name, so its files are complete. */
        result = sluice_check_files(pipe);
        if (result == SLUICE_OK)
            return result;
        bool replaced = sluice_was_replaced(pipe);
        close(pipe->directory);
        pipe->directory = -1;
        if (!replaced || tries == 100)
            return result;
    }
}

/* Closes a pipe, after its ends. */
static inline void sluice_pipe_close(struct sluice_pipe *pipe)
{
    if (pipe->directory >= 0)
        close(pipe->directory);
    pipe->directory = -1;
}

/* ---- Participants: which ends are attached (1.2, 7) ---- */

static inline uint64_t *sluice_meta_word(const struct sluice_end *end, uint64_t offset)
{
    return sluice_word(end->meta, offset);
}

/* A word of a participant's block. */
static inline uint64_t *sluice_block(const struct sluice_end *end, uint32_t who, uint64_t offset)
{
    return sluice_meta_word(end, sluice_block_offset(end->pipe, who) + offset);
}

static inline uint64_t sluice_state(const struct sluice_end *end, uint32_t who)
{
    /* edge ATTACH: what was prepared. edge LEAVE: all that an end sent that has left. */
    return sluice_load_acquire(sluice_block(end, who, SLUICE_META_STATE_OFFSET));
}

static inline bool sluice_is_attached(const struct sluice_end *end, uint32_t who)
{
    return sluice_state(end, who) == SLUICE_PARTICIPANT_ATTACHED;
}

/* Other ends read the states only when the epoch has changed. */
static inline void sluice_change_epoch(const struct sluice_end *end)
{
    uint64_t *epoch = sluice_meta_word(end, SLUICE_META_EPOCH_OFFSET);
    for (int tries = 0; tries < SLUICE_MAX_TRIES; tries++) {
        uint64_t known = sluice_load(epoch);
        if (sluice_cas(epoch, known, known + 1)) /* edge EPOCH: the state was written before */
            return;
    } /* Others change it all the time, so all ends read the states. */
}

/* Whether ends were attached on a side, and all have left, as far as it was noted. */
static inline bool sluice_side_has_left(const struct sluice_end *end, bool senders)
{
    uint32_t first = senders ? 0 : end->pipe->senders;
    uint32_t last = senders ? end->pipe->senders : sluice_participants(end->pipe);
    bool left = false;
    for (uint32_t who = first; who < last; who++) {
        uint64_t state = sluice_state(end, who);
        if (state == SLUICE_PARTICIPANT_ATTACHED)
            return false;
        left = left || state != SLUICE_PARTICIPANT_VACANT;
    }
    return left;
}

/* Whether the other side has left: one load for each message, unless an end came or left. */
static inline bool sluice_peers_left(struct sluice_end *end)
{
    uint64_t *epoch = sluice_meta_word(end, SLUICE_META_EPOCH_OFFSET);
    if (SLUICE_LIKELY(sluice_load(epoch) == end->epoch))
        return end->gone;
    end->epoch = sluice_load_acquire(epoch); /* edge EPOCH: the states of that epoch, or later */
    end->gone = sluice_side_has_left(end, !end->sends);
    return end->gone;
}

/* Makes the next look read the states: an end may have died before it changed the epoch. */
static inline void sluice_forget_peers(struct sluice_end *end)
{
    end->epoch = sluice_load(sluice_meta_word(end, SLUICE_META_EPOCH_OFFSET)) - 1;
}

/* fcntl on the byte of a participant, with a lock of this end's open file description. */
static inline int sluice_lock_call(const struct sluice_end *end, int command, uint32_t who, int *type)
{
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = (short)*type;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t)who;
    lock.l_len = 1;
    int result = fcntl(end->locks, command, &lock);
    *type = lock.l_type;
    return result;
}

/* edge LOCK: all that its last holder did, also one that died. */
static inline bool sluice_try_lock(const struct sluice_end *end, uint32_t who)
{
    int type = F_WRLCK;
    return sluice_lock_call(end, F_OFD_SETLK, who, &type) == 0;
}

static inline void sluice_unlock(const struct sluice_end *end, uint32_t who)
{
    int type = F_UNLCK;
    sluice_lock_call(end, F_OFD_SETLK, who, &type); /* edge LOCK: all that this end did */
}

/* Whether another open file holds a participant's lock; its end is alive then. */
static inline bool sluice_is_locked(const struct sluice_end *end, uint32_t who)
{
    int type = F_WRLCK;
    return sluice_lock_call(end, F_OFD_GETLK, who, &type) != 0 || type != F_UNLCK;
}

/* ---- Bits of lanes and receivers ---- */

/* Sets or clears a bit; returns whether that changed it. */
static inline bool sluice_change_bit(
    const struct sluice_end *end, uint64_t row, uint32_t index, bool value)
{
    uint64_t *word = sluice_meta_word(end, row + index / 64 * 8);
    uint64_t bit = UINT64_C(1) << index % 64;
    for (int tries = 0; tries < SLUICE_MAX_TRIES; tries++) {
        uint64_t known = sluice_load_acquire(word); /* edge BITS */
        if (((known & bit) != 0) == value)
            return false;
        if (sluice_cas(word, known, known ^ bit)) /* edge BITS: what was done before it changed */
            return true;
    }
    return false; /* Only a broken peer changes the word all the time; timeouts end the waits. */
}

/* The first bit that is set from an index on, or "size". */
static inline uint32_t sluice_next_bit(
    const struct sluice_end *end, uint64_t row, uint32_t size, uint32_t from)
{
    for (uint32_t i = from; i < size; i = (i | 63) + 1) {
        /* edge BITS */
        uint64_t bits = sluice_load_acquire(sluice_meta_word(end, row + i / 64 * 8)) >> i % 64;
        if (bits != 0) {
            uint32_t found = i + (uint32_t)__builtin_ctzll(bits);
            return found < size ? found : size;
        }
    }
    return size;
}

static inline void sluice_set_ready(const struct sluice_end *end, uint32_t lane)
{
    sluice_change_bit(end, SLUICE_META_READY_OFFSET, lane, true);
}

/* ---- Futex events: how an end sleeps, and is woken ---- */

static inline long sluice_futex_wake(uint64_t *event)
{
    return syscall(SYS_futex, event, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/*
 * Whether an end sleeps, or is about to. After a store that the end looks at before it sleeps: the
 * end fences for both, and looks again.
 */
static inline bool sluice_is_armed(const uint64_t *event)
{
    sluice_half_fence();
    return sluice_load(event) == SLUICE_EVENT_ARMED; /* edge ARMED */
}

/* Wakes the end that sleeps on an event, if there is one; returns whether. */
static inline bool sluice_notify(uint64_t *event)
{
    return sluice_is_armed(event)
        /* edge NOTIFIED: what was done before; one of all that disarm it makes the call */
        && sluice_cas(event, SLUICE_EVENT_ARMED, SLUICE_EVENT_DISARMED)
        && sluice_futex_wake(event) > 0;
}

/* Wakes an end after a death: the dead end may have disarmed the event without the call. */
static inline void sluice_force_notify(uint64_t *event)
{
    sluice_store_release(event, SLUICE_EVENT_DISARMED); /* edge NOTIFIED */
    sluice_futex_wake(event);
}

static inline uint64_t *sluice_receiver_event(const struct sluice_end *end, uint32_t receiver)
{
    return sluice_block(end, end->pipe->senders + receiver, SLUICE_META_EVENT_OFFSET);
}

static inline uint64_t *sluice_sender_event(const struct sluice_lane *lane)
{
    return sluice_word(lane->front, SLUICE_LANE_SENDER_EVENT_OFFSET);
}

static inline uint64_t *sluice_notify_mode(const struct sluice_lane *lane)
{
    return sluice_word(lane->front, SLUICE_LANE_NOTIFY_MODE_OFFSET);
}

/*
 * Wakes one receiver that sleeps: of a broadcast each of them (3.1). Only the thread that clears a
 * receiver's bit wakes it. Returns whether another one sleeps.
 */
static inline bool sluice_wake_receiver(const struct sluice_end *end)
{
    uint64_t row = sluice_waiting_offset(end->pipe);
    uint32_t size = end->pipe->receivers;
    for (uint32_t i = sluice_next_bit(end, row, size, 0); i < size;) {
        bool woken = sluice_change_bit(end, row, i, false)
            && sluice_notify(sluice_receiver_event(end, i));
        i = sluice_next_bit(end, row, size, i + 1);
        if (woken && end->pipe->kind != SLUICE_BROADCAST) /* Else it was awake, or is dead. */
            return i < size || sluice_next_bit(end, row, size, 0) < size;
    }
    return sluice_next_bit(end, row, size, 0) < size;
}

/* Wakes all receivers that sleep: an end has left. */
static inline void sluice_wake_receivers(const struct sluice_end *end)
{
    uint64_t row = sluice_waiting_offset(end->pipe);
    uint32_t size = end->pipe->receivers;
    sluice_full_fence(); /* Rare, so it need not rely on the receivers' fence. */
    for (uint32_t i = sluice_next_bit(end, row, size, 0); i < size;
         i = sluice_next_bit(end, row, size, i + 1))
        if (sluice_change_bit(end, row, i, false))
            sluice_notify(sluice_receiver_event(end, i));
}

/* ---- Lanes: 1.3, 1.4 ---- */

static inline unsigned char *sluice_map(int file, uint64_t offset, uint64_t length)
{
    void *base =
        mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)offset);
    return base == MAP_FAILED ? NULL : (unsigned char *)base;
}

/* Maps a ring twice in a row: what begins before its end continues behind it. */
static inline unsigned char *sluice_map_twice(int file, uint64_t offset, uint64_t length)
{
    int protection = PROT_READ | PROT_WRITE;
    void *room =
        mmap(NULL, 2 * length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return NULL;
    void *base = mmap(room, length, protection, MAP_SHARED | MAP_FIXED, file, (off_t)offset);
    if (base != MAP_FAILED
        && mmap((unsigned char *)base + length, length, protection, MAP_SHARED | MAP_FIXED, file,
                (off_t)offset)
            != MAP_FAILED)
        return (unsigned char *)base;
    munmap(room, 2 * length);
    return NULL;
}

static inline void sluice_unmap_ring(const struct sluice_pipe *pipe, struct sluice_ring *ring)
{
    if (ring->control != NULL)
        munmap(ring->control, sluice_control_space(pipe));
    if (ring->base != NULL)
        munmap(ring->base, 2 * (uint64_t)pipe->capacity);
    ring->control = NULL;
    ring->base = NULL;
}

/* Checks that a ring, or a lane, is one of this pipe. Reads each word once. */
static inline int sluice_check_identity(
    const struct sluice_pipe *pipe, unsigned char *page, uint32_t lane, char *error)
{
    unsigned long long magic = sluice_load(sluice_word(page, SLUICE_LANE_FILE_MAGIC_OFFSET));
    if (magic != SLUICE_LANE_FILE_MAGIC)
        return sluice_fail(
            error, SLUICE_INVALID, "%s/lane-%u: found magic 0x%016llx; expected 0x%016llx",
            pipe->path, lane, magic, (unsigned long long)SLUICE_LANE_FILE_MAGIC);
    if (sluice_load(sluice_word(page, SLUICE_LANE_FILE_UUID_HIGH_OFFSET)) != pipe->uuid_high
        || sluice_load(sluice_word(page, SLUICE_LANE_FILE_UUID_LOW_OFFSET)) != pipe->uuid_low)
        return sluice_fail(
            error, SLUICE_INVALID, "%s/lane-%u: found a lane of another pipe; expected one of this",
            pipe->path, lane);
    unsigned long long capacity =
        sluice_load(sluice_word(page, SLUICE_LANE_FILE_CAPACITY_OFFSET));
    if (capacity != pipe->capacity)
        return sluice_fail(
            error, SLUICE_INVALID, "%s/lane-%u: found capacity %llu; expected %u, as meta says",
            pipe->path, lane, capacity, pipe->capacity);
    return SLUICE_OK;
}

/* Maps the ring at an offset of a lane's file, and checks that it belongs to this pipe. */
static inline int sluice_map_ring(
    const struct sluice_pipe *pipe, int file, uint64_t offset, uint32_t lane,
    struct sluice_ring *ring, char *error)
{
    uint64_t control = sluice_control_space(pipe);
    int result;
    ring->control = sluice_map(file, offset, control);
    ring->base = sluice_map_twice(file, offset + control, pipe->capacity);
    if (ring->control == NULL || ring->base == NULL)
        result = sluice_refused(error, "mmap of a lane of", pipe->path);
    else
        result = sluice_check_identity(pipe, ring->control, lane, error);
    if (result < 0)
        sluice_unmap_ring(pipe, ring);
    return result;
}

static inline uint64_t sluice_slot_offset(const struct sluice_pipe *pipe, uint32_t slot)
{
    return sluice_front_space(pipe) + slot * sluice_ring_space(pipe);
}

static inline void sluice_lane_name(char *name, size_t length, uint32_t lane, const char *suffix)
{
    snprintf(name, length, "lane-%u%s", lane, suffix);
}

static inline void sluice_close_lane(const struct sluice_pipe *pipe, struct sluice_lane *lane)
{
    if (lane->front != NULL && lane->front != lane->ring.control)
        munmap(lane->front, sluice_front_space(pipe));
    sluice_unmap_ring(pipe, &lane->ring);
    sluice_unmap_ring(pipe, &lane->older);
    if (lane->file >= 0)
        close(lane->file);
    lane->front = NULL;
    lane->file = -1;
    lane->open = false;
}

/* Maps the words in front of the rings of a lane that grows. */
static inline int sluice_map_front(
    const struct sluice_pipe *pipe, struct sluice_lane *lane, int file, char *error)
{
    lane->file = file;
    lane->front = sluice_map(file, 0, sluice_front_space(pipe));
    int result = lane->front == NULL
        ? sluice_refused(error, "mmap of a lane of", pipe->path)
        : sluice_check_identity(pipe, lane->front, lane->index, error);
    if (result < 0)
        sluice_close_lane(pipe, lane);
    return result;
}

/* Opens a sender's lane; of one that grows, without a ring. */
static inline int sluice_open_lane(
    const struct sluice_pipe *pipe, uint32_t index, struct sluice_lane *lane, char *error)
{
    char name[32];
    memset(lane, 0, sizeof *lane);
    lane->file = -1;
    lane->index = index;
    sluice_lane_name(name, sizeof name, index, "");
    int64_t length = (int64_t)sluice_lane_length(pipe);
    int file = sluice_open_file(pipe, name, length, sluice_forbidden_mode(pipe), error);
    if (file < 0)
        return file;
    if (sluice_pipe_grows(pipe)) {
        int result = sluice_map_front(pipe, lane, file, error);
        lane->open = result == SLUICE_OK;
        return result;
    }
    int result = sluice_map_ring(pipe, file, 0, index, &lane->ring, error);
    close(file);
    lane->front = lane->ring.control;
    lane->open = result == SLUICE_OK;
    return result;
}

/* Writes a ring's identity: "magic" last, since it says that the rest is there. */
static inline bool sluice_write_identity(
    const struct sluice_pipe *pipe, int file, uint64_t offset)
{
    uint64_t words[4] = {
        SLUICE_LANE_FILE_MAGIC, pipe->uuid_high, pipe->uuid_low, pipe->capacity};
    off_t at = (off_t)offset;
    return pwrite(file, words + 1, 24, at + 8) == 24 && pwrite(file, words, 8, at) == 8;
}

/* Fills a new lane's file. */
static inline int sluice_fill_lane(const struct sluice_pipe *pipe, int file, char *error)
{
    mode_t mode = sluice_pipe_has(pipe, SLUICE_FEATURE_GROUP) ? 0660 : 0600;
    uint64_t first = UINT64_C(1) << SLUICE_SEGMENT_GENERATION_SHIFT | SLUICE_SEGMENT_LIVE;
    uint64_t length = sluice_front_space(pipe) + sluice_ring_space(pipe);
    if (fchmod(file, mode) != 0 || ftruncate(file, (off_t)sluice_lane_length(pipe)) != 0)
        return sluice_refused(error, "cannot make a lane of", pipe->path);
    if (fallocate(file, 0, 0, (off_t)length) != 0)
        return errno == ENOSPC || errno == EDQUOT
            ? sluice_fail(
                error, SLUICE_SYSTEM,
                "no space for %llu bytes of a lane of %s: choose another directory or a smaller"
                " capacity",
                (unsigned long long)length, pipe->path)
            : sluice_refused(error, "fallocate of a lane of", pipe->path);
    bool written = !sluice_pipe_grows(pipe)
        || (sluice_write_identity(pipe, file, sluice_front_space(pipe))
            && pwrite(file, &first, 8, (off_t)(pipe->page + SLUICE_SEGMENT_LENGTH)) == 8);
    return written && sluice_write_identity(pipe, file, 0)
        ? SLUICE_OK
        : sluice_refused(error, "cannot write a lane of", pipe->path);
}

/* Makes a sender's lane if there is none (1.3). The caller holds that sender's lock. */
static inline int sluice_make_lane(const struct sluice_pipe *pipe, uint32_t index, char *error)
{
    char name[32];
    char unfinished[32];
    struct stat found;
    sluice_lane_name(name, sizeof name, index, "");
    sluice_lane_name(unfinished, sizeof unfinished, index, ".tmp");
    if (fstatat(pipe->directory, name, &found, AT_SYMLINK_NOFOLLOW) == 0)
        return SLUICE_OK;
    if (fstatat(pipe->directory, "meta", &found, AT_SYMLINK_NOFOLLOW) != 0)
        return sluice_fail(
            error, SLUICE_INVALID, "%s: found no directory any more; expected a pipe's",
            pipe->path);
    unlinkat(pipe->directory, unfinished, 0);
    int file = openat(
        pipe->directory, unfinished, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return sluice_refused(error, "cannot make a lane of", pipe->path);
    int result = sluice_fill_lane(pipe, file, error);
    close(file);
    unsigned no_replace = 1; /* RENAME_NOREPLACE */
    if (result == SLUICE_OK
        && syscall(
               SYS_renameat2, pipe->directory, unfinished, pipe->directory, name, no_replace)
            != 0)
        result = sluice_refused(error, "cannot name a lane of", pipe->path);
    if (result < 0)
        unlinkat(pipe->directory, unfinished, 0);
    return result;
}

/* The words of the ring in use, by position. */
static inline uint64_t *sluice_ring_word(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring, int64_t position)
{
    return sluice_word(ring->base, (uint64_t)position & (pipe->capacity - 1));
}

static inline uint64_t *sluice_control(const struct sluice_lane *lane, uint64_t offset)
{
    return sluice_word(lane->ring.control, offset);
}

/* Reports what a lane holds and no correct end writes. */
__attribute__((format(printf, 3, 4))) static inline int sluice_corrupt(
    struct sluice_end *end, const struct sluice_lane *lane, const char *format, ...)
{
    va_list arguments;
    unsigned long long pid = sluice_load(sluice_block(end, lane->index, SLUICE_META_PID_OFFSET));
    int length = snprintf(
        end->error, sizeof end->error, "%s: lane %u (of process %llu): ", end->pipe->path,
        lane->index, pid);
    va_start(arguments, format);
    if (length >= 0 && length < SLUICE_TEXT_LENGTH)
        vsnprintf(end->error + length, sizeof end->error - (size_t)length, format, arguments);
    va_end(arguments);
    return SLUICE_CORRUPT;
}

/* ---- Records ---- */

/* The length of a record: its word, the payload, and padding. */
static inline uint32_t sluice_record_length(uint32_t payload)
{
    return SLUICE_RECORD_HEADER_LENGTH + ((payload + 7) & ~7u);
}

static inline uint64_t sluice_record_word(int64_t position, uint32_t length)
{
    return (uint64_t)position << SLUICE_RECORD_POSITION_SHIFT | SLUICE_RECORD_COMMITTED_FLAG
        | length;
}

static inline uint32_t sluice_record_payload(uint64_t word)
{
    return (uint32_t)(word & SLUICE_RECORD_LENGTH_MASK);
}

/* Whether a sender can have written a word that is not zero at a position. */
static inline bool sluice_record_is_valid(
    const struct sluice_pipe *pipe, uint64_t word, int64_t position)
{
    return (word & ~(uint64_t)SLUICE_RECORD_LENGTH_MASK) == sluice_record_word(position, 0)
        && sluice_record_payload(word) <= sluice_max_payload(pipe);
}

static inline int sluice_bad_record(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t word, int64_t position)
{
    return sluice_corrupt(
        end, lane,
        "the record word at position %lld is 0x%016llx; expected 0x%016llx plus a length of at most"
        " %u",
        (long long)position, (unsigned long long)word,
        (unsigned long long)sluice_record_word(position, 0), sluice_max_payload(end->pipe));
}

/* Whether a receiver can be at a position, if the sender is at another. */
static inline bool sluice_position_is_valid(
    const struct sluice_pipe *pipe, uint64_t receiver, int64_t sender)
{
    int64_t unread = sluice_difference((uint64_t)sender, receiver);
    return unread >= 0 && unread <= pipe->capacity && receiver % SLUICE_RECORD_ALIGNMENT == 0
        && receiver < (uint64_t)SLUICE_MAX_POSITION;
}

static inline int sluice_bad_position(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t receiver, int64_t sender)
{
    return sluice_corrupt(
        end, lane, "the receiver's position is %lld; expected a multiple of 8 in %lld..%lld",
        (long long)receiver, (long long)sluice_max(0, sender - end->pipe->capacity),
        (long long)sender);
}

/* ---- Message slots ---- */

static inline uint64_t *sluice_slot(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring, uint64_t sequence,
    uint64_t offset)
{
    uint64_t index = sequence & (sluice_slot_count(pipe) - 1);
    return sluice_word(ring->control, pipe->page + index * SLUICE_SLOT_STRIDE + offset);
}

static inline uint64_t sluice_slot_sequence(uint64_t word)
{
    return word >> SLUICE_SLOT_SEQUENCE_SHIFT;
}

static inline unsigned sluice_slot_state(uint64_t word)
{
    return (unsigned)(word >> SLUICE_SLOT_STATE_SHIFT) & 3;
}

/* Of a message that is taken: its receiver. Of one that is ready: its index in its batch. */
static inline uint32_t sluice_slot_owner(uint64_t word)
{
    return (uint32_t)(word & SLUICE_SLOT_MAX_OWNER);
}

static inline unsigned sluice_slot_attempts(uint64_t word)
{
    return (unsigned)(word >> SLUICE_SLOT_ATTEMPTS_SHIFT) & SLUICE_SLOT_MAX_ATTEMPTS;
}

static inline uint64_t sluice_slot_done(uint64_t sequence)
{
    return sequence << SLUICE_SLOT_SEQUENCE_SHIFT;
}

static inline uint64_t sluice_slot_ready(uint64_t sequence, unsigned attempts)
{
    return sequence << SLUICE_SLOT_SEQUENCE_SHIFT
        | (uint64_t)attempts << SLUICE_SLOT_ATTEMPTS_SHIFT
        | (uint64_t)SLUICE_SLOT_READY << SLUICE_SLOT_STATE_SHIFT;
}

static inline uint64_t sluice_slot_taken(uint64_t ready, uint32_t owner)
{
    return (ready & ~(uint64_t)0 << SLUICE_SLOT_ATTEMPTS_SHIFT)
        | (uint64_t)SLUICE_SLOT_TAKEN << SLUICE_SLOT_STATE_SHIFT | owner;
}

/* How far a sequence is ahead of another, modulo 2^44. */
static inline int64_t sluice_ahead(uint64_t sequence, uint64_t other)
{
    return (int64_t)((sequence - other) << SLUICE_SLOT_SEQUENCE_SHIFT)
        >> SLUICE_SLOT_SEQUENCE_SHIFT;
}

/* Whether an end can have written a word at an index: any sequence of that message slot. */
static inline bool sluice_slot_is_valid(
    const struct sluice_pipe *pipe, uint64_t word, uint64_t index)
{
    uint32_t count = sluice_slot_count(pipe);
    if (((sluice_slot_sequence(word) - index) & (count - 1)) != 0 && word != 0)
        return false;
    switch (sluice_slot_state(word)) {
    case SLUICE_SLOT_DONE:
        return (word & ((UINT64_C(1) << SLUICE_SLOT_SEQUENCE_SHIFT) - 1)) == 0;
    case SLUICE_SLOT_READY:
        return sluice_slot_owner(word) < count;
    default:
        return sluice_slot_state(word) == SLUICE_SLOT_TAKEN;
    }
}

static inline int sluice_bad_slot(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t word, uint64_t index,
    const char *expected)
{
    uint32_t count = sluice_slot_count(end->pipe);
    return sluice_corrupt(
        end, lane,
        "message slot %llu of %u is 0x%016llx: sequence=%llu, attempts=%u, state=%u, owner=%u;"
        " expected %s",
        (unsigned long long)(index & (count - 1)), count, (unsigned long long)word,
        (unsigned long long)sluice_slot_sequence(word), sluice_slot_attempts(word),
        sluice_slot_state(word), sluice_slot_owner(word), expected);
}

/* A message's index in a batch; 0 for the first, and for one that was taken. */
static inline uint32_t sluice_batch_index(uint64_t word)
{
    return sluice_slot_state(word) == SLUICE_SLOT_READY ? sluice_slot_owner(word) : 0;
}

/* Whether the message of a valid word was published: the first of its batch decides. */
static inline bool sluice_slot_is_published(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring, uint64_t word)
{
    uint32_t index = sluice_batch_index(word);
    if (index == 0)
        return true;
    uint64_t first = sluice_slot_sequence(word) - index;
    /* no edge: only the next sender uses the result */
    uint64_t decides = sluice_load_acquire(sluice_slot(pipe, ring, first, SLUICE_SLOT_WORD_OFFSET));
    return sluice_ahead(sluice_slot_sequence(decides), first) >= 0;
}

/* A hint with another sequence, in the same epoch. */
static inline uint64_t sluice_hint_with(uint64_t hint, uint64_t sequence)
{
    return (hint & ~(uint64_t)SLUICE_SLOT_SEQUENCE_MASK) | (sequence & SLUICE_SLOT_SEQUENCE_MASK);
}

/* Changes the hint, in the next epoch: moves it back, or to a sequence wherever it was. */
static inline void sluice_move_hint(
    const struct sluice_ring *ring, uint64_t sequence, bool back_only)
{
    uint64_t *word = sluice_word(ring->control, SLUICE_LANE_HINT_OFFSET);
    for (int tries = 0; tries < SLUICE_MAX_TRIES; tries++) {
        uint64_t hint = sluice_load(word);
        uint64_t moved = hint + (UINT64_C(1) << SLUICE_HINT_EPOCH_SHIFT);
        if (!back_only || sluice_ahead(sequence, hint & SLUICE_SLOT_SEQUENCE_MASK) < 0)
            moved = sluice_hint_with(moved, sequence);
        if (sluice_cas(word, hint, moved)) /* edge HINT: what was made ready before */
            return;
    }
}

/* ---- Segments: the rings of a lane that grows ---- */

static inline uint64_t sluice_segment_generation(uint64_t word)
{
    return word >> SLUICE_SEGMENT_GENERATION_SHIFT;
}

static inline uint32_t sluice_segment_slot(uint64_t word)
{
    return (uint32_t)(word >> SLUICE_SEGMENT_SLOT_SHIFT) & (SLUICE_META_MAX_SEGMENTS - 1);
}

static inline uint32_t sluice_segment_owner(uint64_t word)
{
    return (uint32_t)(word >> SLUICE_SEGMENT_OWNER_SHIFT) & (SLUICE_META_MAX_ENDS - 1);
}

static inline unsigned sluice_segment_state(uint64_t word)
{
    return (unsigned)(word & SLUICE_SEGMENT_STATE_MASK);
}

static inline uint64_t sluice_segment_word(uint64_t generation, uint32_t slot, unsigned state)
{
    return generation << SLUICE_SEGMENT_GENERATION_SHIFT
        | (uint64_t)slot << SLUICE_SEGMENT_SLOT_SHIFT | state;
}

/* A word of the same generation and slot in another state, without an owner. */
static inline uint64_t sluice_segment_with(uint64_t word, unsigned state)
{
    return sluice_segment_word(
        sluice_segment_generation(word), sluice_segment_slot(word), state);
}

static inline uint64_t sluice_table_entries(const struct sluice_pipe *pipe)
{
    return sluice_table_length(pipe) / SLUICE_SEGMENT_LENGTH;
}

static inline uint64_t *sluice_table_word(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, uint64_t generation)
{
    uint64_t index = generation & (sluice_table_entries(pipe) - 1);
    return sluice_word(lane->front, pipe->page + index * SLUICE_SEGMENT_LENGTH);
}

/* Whether an end can have written a word at an index of the table. */
static inline bool sluice_segment_is_valid(
    const struct sluice_pipe *pipe, uint64_t word, uint64_t index)
{
    unsigned state = sluice_segment_state(word);
    uint64_t generation = sluice_segment_generation(word);
    return word == 0
        || (state >= SLUICE_SEGMENT_LIVE && state <= SLUICE_SEGMENT_FREED
            && sluice_segment_slot(word) < pipe->segments
            && (state == SLUICE_SEGMENT_FREEING || sluice_segment_owner(word) == 0)
            && generation > 0 && ((generation - index) & (sluice_table_entries(pipe) - 1)) == 0);
}

/* Loads and checks the word in a generation's place; it may be of an older or a newer one. */
static inline int sluice_load_segment(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t generation, uint64_t *word)
{
    /* edge LINK, edge RETIRE, edge FREED: the ring, its messages, and its space */
    *word = sluice_load_acquire(sluice_table_word(end->pipe, lane, generation));
    if (sluice_segment_is_valid(end->pipe, *word, generation))
        return SLUICE_OK;
    uint64_t entries = sluice_table_entries(end->pipe);
    return sluice_corrupt(
        end, lane, "segment word 0x%016llx at %llu of %llu, with %u slots: no end writes that",
        (unsigned long long)*word, (unsigned long long)(generation & (entries - 1)),
        (unsigned long long)entries, end->pipe->segments);
}

static inline bool sluice_segment_is_live(uint64_t word, uint64_t generation)
{
    return sluice_segment_generation(word) == generation
        && sluice_segment_state(word) == SLUICE_SEGMENT_LIVE;
}

/* Whether a generation is in the list; of a lane that does not grow, its ring always is. */
static inline bool sluice_generation_is_live(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t generation)
{
    uint64_t word;
    return !sluice_pipe_grows(end->pipe)
        || (sluice_load_segment(end, lane, generation, &word) == SLUICE_OK
            && sluice_segment_is_live(word, generation));
}

/* Finds the newest generation. */
static inline int sluice_newest_segment(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t *newest)
{
    *newest = 0;
    for (uint64_t i = 0; i < sluice_table_entries(end->pipe); i++) {
        uint64_t word;
        int result = sluice_load_segment(end, lane, i, &word);
        if (result < 0)
            return result;
        if (sluice_segment_generation(word) > *newest)
            *newest = sluice_segment_generation(word);
    }
    return SLUICE_OK;
}

/* The first generation that can be in the list together with another. */
static inline uint64_t sluice_first_segment(const struct sluice_pipe *pipe, uint64_t newest)
{
    uint64_t entries = sluice_table_entries(pipe);
    return newest >= entries ? newest - entries + 1 : 1;
}

/* Maps the ring of a segment, in place of the one in use. */
static inline int sluice_use_segment(
    struct sluice_end *end, struct sluice_lane *lane, uint64_t word)
{
    struct sluice_ring ring;
    uint64_t offset = sluice_slot_offset(end->pipe, sluice_segment_slot(word));
    int result =
        sluice_map_ring(end->pipe, lane->file, offset, lane->index, &ring, end->error);
    if (result < 0)
        return result;
    sluice_unmap_ring(end->pipe, &lane->ring);
    lane->ring = ring;
    lane->generation = sluice_segment_generation(word);
    return SLUICE_OK;
}

/* Gives the space of a slot back to the file system. */
static inline void sluice_free_slot(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, uint32_t slot)
{
    fallocate(
        lane->file, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
        (off_t)sluice_slot_offset(pipe, slot), (off_t)sluice_ring_space(pipe));
}

/* ---- Deaths: 9, 10 ---- */

/* Makes what a dead receiver had taken from a ring ready again, or drops it. May be repeated. */
static inline uint64_t sluice_recover_slots(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring, uint32_t owner)
{
    bool drop = sluice_pipe_has(pipe, SLUICE_FEATURE_AT_MOST_ONCE);
    uint64_t recovered = 0;
    for (uint32_t i = 0; i < sluice_slot_count(pipe); i++) {
        uint64_t *slot = sluice_slot(pipe, ring, i, SLUICE_SLOT_WORD_OFFSET);
        uint64_t word = sluice_load_acquire(slot); /* no edge: edge LOCK has it */
        if (sluice_slot_state(word) != SLUICE_SLOT_TAKEN || sluice_slot_owner(word) != owner
            || !sluice_slot_is_valid(pipe, word, i))
            continue;
        unsigned attempts = sluice_slot_attempts(word) + 1;
        uint64_t sequence = sluice_slot_sequence(word);
        if (attempts > SLUICE_SLOT_MAX_ATTEMPTS)
            attempts = SLUICE_SLOT_MAX_ATTEMPTS;
        /* edge REDELIVER: what the sender wrote; edge SPMC_RELEASE: nothing reads it any more */
        recovered += sluice_cas(
            slot, word,
            drop ? sluice_slot_done(sequence) : sluice_slot_ready(sequence, attempts));
    }
    return recovered;
}

/* Moves the hint back to the first ready message of a ring, if there is one, in a new epoch. */
static inline void sluice_recover_hint(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring)
{
    uint64_t lowest = 0;
    bool any = false;
    for (uint32_t i = 0; i < sluice_slot_count(pipe); i++) {
        /* no edge: only the word is used */
        uint64_t word = sluice_load_acquire(sluice_slot(pipe, ring, i, SLUICE_SLOT_WORD_OFFSET));
        uint64_t sequence = sluice_slot_sequence(word);
        if (sluice_slot_state(word) == SLUICE_SLOT_READY && sluice_slot_is_valid(pipe, word, i)
            && (!any || sluice_ahead(sequence, lowest) < 0)) {
            lowest = sequence;
            any = true;
        }
    }
    if (any)
        sluice_move_hint(ring, lowest, true);
}

/* Completes what a dead receiver of a lane that grows was freeing. */
static inline void sluice_recover_frees(
    struct sluice_end *end, const struct sluice_lane *lane, uint32_t owner)
{
    for (uint64_t i = 0; i < sluice_table_entries(end->pipe); i++) {
        uint64_t word;
        if (sluice_load_segment(end, lane, i, &word) < 0)
            return;
        if (sluice_segment_state(word) == SLUICE_SEGMENT_FREEING
            && sluice_segment_owner(word) == owner) {
            sluice_free_slot(end->pipe, lane, sluice_segment_slot(word));
            /* edge FREED: no end takes the space away any more */
            sluice_store_release(
                sluice_table_word(end->pipe, lane, i),
                sluice_segment_with(word, SLUICE_SEGMENT_FREED));
        }
    }
}

/* Recovers the message slots of each ring of a lane that grows. */
static inline int sluice_recover_segments(
    struct sluice_end *end, struct sluice_lane *lane, uint32_t owner, uint64_t *recovered)
{
    uint64_t newest;
    sluice_recover_frees(end, lane, owner);
    if (end->pipe->kind != SLUICE_SLOTS || sluice_newest_segment(end, lane, &newest) < 0)
        return SLUICE_OK;
    for (uint64_t g = sluice_first_segment(end->pipe, newest); g <= newest; g++) {
        struct sluice_ring ring;
        uint64_t word;
        if (sluice_load_segment(end, lane, g, &word) < 0)
            return SLUICE_OK;
        if (!sluice_segment_is_live(word, g))
            continue;
        uint64_t offset = sluice_slot_offset(end->pipe, sluice_segment_slot(word));
        int result =
            sluice_map_ring(end->pipe, lane->file, offset, lane->index, &ring, end->error);
        if (result == SLUICE_SYSTEM)
            return result;
        if (result < 0)
            continue; /* It was received, and its slot is in other use, meanwhile. */
        *recovered += sluice_recover_slots(end->pipe, &ring, owner);
        sluice_recover_hint(end->pipe, &ring);
        sluice_unmap_ring(end->pipe, &ring);
    }
    return SLUICE_OK;
}

static inline uint64_t *sluice_gate(const struct sluice_lane *lane, uint32_t receiver)
{
    return sluice_control(
        lane, SLUICE_BROADCAST_GATES_OFFSET + receiver * SLUICE_BROADCAST_GATE_STRIDE);
}

/* Recovers what a dead receiver held of a lane. */
static inline int sluice_recover_receiver(
    struct sluice_end *end, struct sluice_lane *lane, uint32_t receiver)
{
    uint64_t recovered = 0;
    int result = SLUICE_OK;
    if (sluice_pipe_grows(end->pipe)) {
        result = sluice_recover_segments(end, lane, receiver, &recovered);
    } else if (end->pipe->kind == SLUICE_SLOTS) {
        recovered = sluice_recover_slots(end->pipe, &lane->ring, receiver);
        sluice_recover_hint(end->pipe, &lane->ring);
    } else if (end->pipe->kind == SLUICE_BROADCAST) {
        sluice_store_release(sluice_gate(lane, receiver), 0); /* no edge: it is dead */
    }
    uint64_t *count =
        sluice_block(end, end->pipe->senders + receiver, SLUICE_META_REDELIVERED_OFFSET);
    sluice_store(count, sluice_load(count) + recovered);
    return result;
}

/* Retracts the offer of a dead sender. */
static inline int sluice_recover_sender(
    struct sluice_end *end, struct sluice_lane *lane, uint32_t sender)
{
    (void)sender;
    if (end->pipe->kind == SLUICE_OFFER) {
        uint64_t *offer = sluice_word(lane->ring.base, SLUICE_OFFER_WORD_OFFSET);
        uint64_t word = sluice_load_acquire(offer); /* no edge: edge LOCK has it */
        uint64_t sequence = sluice_slot_sequence(word);
        if (word == sluice_slot_ready(sequence, 0))
            sluice_cas(offer, word, sluice_slot_done(sequence)); /* no edge: else it was received */
    }
    return SLUICE_OK;
}

static inline int sluice_wake_sender_of(
    struct sluice_end *end, struct sluice_lane *lane, uint32_t sender)
{
    (void)end;
    (void)sender;
    sluice_force_notify(sluice_sender_event(lane));
    return SLUICE_OK;
}

typedef int sluice_lane_task(struct sluice_end *, struct sluice_lane *, uint32_t);

/*
 * Runs a task on a lane, opened for that unless it is open. Skips a lane that is corrupt, or whose
 * file is gone: its users detect that themselves, and their waits time out. Fails only if the
 * system refuses something for now.
 */
static inline int sluice_on_lane(
    struct sluice_end *end, uint32_t index, sluice_lane_task *task, uint32_t argument)
{
    if (end->lanes != NULL && index >= end->first_lane
        && index - end->first_lane < end->lane_count
        && end->lanes[index - end->first_lane].open)
        return task(end, &end->lanes[index - end->first_lane], argument);
    struct sluice_lane lane;
    int result = sluice_open_lane(end->pipe, index, &lane, end->error);
    if (result < 0)
        return result == SLUICE_SYSTEM ? result : SLUICE_OK;
    result = task(end, &lane, argument);
    sluice_close_lane(end->pipe, &lane);
    return result;
}

/* Wakes all: a dead end may have disarmed an event without waking its end. */
static inline int sluice_wake_all(struct sluice_end *end)
{
    int result = SLUICE_OK;
    for (uint32_t i = 0; i < end->pipe->receivers; i++)
        if (sluice_is_attached(end, end->pipe->senders + i))
            sluice_force_notify(sluice_receiver_event(end, i));
    for (uint32_t i = 0; i < end->pipe->senders && result == SLUICE_OK; i++)
        if (sluice_is_attached(end, i))
            result = sluice_on_lane(end, i, sluice_wake_sender_of, i);
    return result;
}

/* Recovers a dead end, whose lock is held (10). Each step may be repeated. */
static inline int sluice_recover(struct sluice_end *end, uint32_t who)
{
    uint32_t senders = end->pipe->senders;
    int result = SLUICE_OK;
    if (who < senders) {
        result = sluice_on_lane(end, who, sluice_recover_sender, who);
        sluice_set_ready(end, who); /* It may have died after a message, before it did. */
        return result < 0 ? result : sluice_wake_all(end);
    }
    sluice_change_bit(end, sluice_waiting_offset(end->pipe), who - senders, false);
    for (uint32_t i = 0; i < senders; i++) {
        if (sluice_state(end, i) == SLUICE_PARTICIPANT_VACANT)
            continue;
        result = sluice_on_lane(end, i, sluice_recover_receiver, who - senders);
        if (result < 0)
            return result;
        sluice_set_ready(end, i); /* It may have died after it cleared the bit. */
    }
    return sluice_wake_all(end);
}

static inline void sluice_store_state(const struct sluice_end *end, uint32_t who, uint64_t state)
{
    /* edge LEAVE: the last message is visible before the state is */
    sluice_store_release(sluice_block(end, who, SLUICE_META_STATE_OFFSET), state);
    sluice_change_epoch(end);
}

/* Asks the kernel whether a participant has died, and if so recovers it. */
static inline void sluice_probe(struct sluice_end *end, uint32_t who)
{
    if (who == end->self || sluice_is_locked(end, who) || !sluice_try_lock(end, who))
        return;
    if (sluice_is_attached(end, who) && sluice_recover(end, who) == SLUICE_OK)
        sluice_store_state(end, who, SLUICE_PARTICIPANT_DEAD);
    sluice_unlock(end, who); /* If the recovery failed, the next probe repeats it. */
}

/* Probes up to "limit" other ends that are attached, in turn. */
static inline void sluice_probe_some(struct sluice_end *end, uint32_t limit)
{
    uint32_t all = sluice_participants(end->pipe);
    for (uint32_t i = 0; i < all && limit > 0; i++) {
        uint32_t who = end->next_probe;
        end->next_probe = who + 1 < all ? who + 1 : 0;
        if (who != end->self && sluice_is_attached(end, who)) {
            sluice_probe(end, who);
            limit--;
        }
    }
}

/*
 * Looks for deaths when an attempt found no message or no room: at most one end for each elapsed
 * millisecond, and never while messages flow. Returns whether a look was due.
 */
static inline bool sluice_on_idle(struct sluice_end *end)
{
    bool slept = end->slept;
    end->slept = false;
    if (++end->idle_calls % SLUICE_CALLS_PER_CLOCK_READ != 0 && !slept)
        return false;
    int64_t now = sluice_nanos();
    int64_t intervals = (now - end->last_probe) / SLUICE_MEMBERSHIP_PROBE_INTERVAL_NANOS;
    if (intervals < 1)
        return false;
    end->last_probe = now;
    sluice_forget_peers(end);
    uint32_t all = sluice_participants(end->pipe);
    sluice_probe_some(end, slept ? (uint32_t)sluice_min(intervals, all) : 1);
    return true;
}

/* ---- Attach and leave: 1.2, 8 ---- */

/* What an end does while it holds a place's lock, and before it is attached there. */
typedef int sluice_preparation(struct sluice_end *, uint32_t who);

static inline int sluice_prepare_place(
    struct sluice_end *end, uint32_t who, sluice_preparation *prepare)
{
    if (sluice_is_attached(end, who)) { /* Its last end has died. */
        int result = sluice_recover(end, who);
        if (result < 0)
            return result;
        sluice_store_state(end, who, SLUICE_PARTICIPANT_DEAD);
    }
    return prepare(end, who);
}

static inline void sluice_take_place(struct sluice_end *end, uint32_t who, uint64_t capabilities)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t since = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    end->self = who;
    sluice_store(sluice_block(end, who, SLUICE_META_PID_OFFSET), (uint64_t)getpid());
    sluice_store(sluice_block(end, who, SLUICE_META_SINCE_OFFSET), since);
    sluice_store(sluice_block(end, who, SLUICE_META_CAPABILITIES_OFFSET), capabilities);
    /* edge ATTACH: the lock is held, and all is prepared, before this is visible */
    sluice_store_release(
        sluice_block(end, who, SLUICE_META_STATE_OFFSET), SLUICE_PARTICIPANT_ATTACHED);
    sluice_change_epoch(end);
    sluice_forget_peers(end);
    end->open = true;
}

/* Whether another place may be sound though this one is not. */
static inline bool sluice_is_of_place(int result)
{
    return result == SLUICE_CORRUPT || result == SLUICE_INVALID;
}

/* Tries each place of the end's side once. SLUICE_TAKEN: all are locked. */
static inline int sluice_try_places(
    struct sluice_end *end, uint64_t capabilities, sluice_preparation *prepare)
{
    uint32_t first = end->sends ? 0 : end->pipe->senders;
    uint32_t last = end->sends ? end->pipe->senders : sluice_participants(end->pipe);
    int result = SLUICE_TAKEN;
    for (uint32_t who = first; who < last; who++) {
        if (!sluice_try_lock(end, who))
            continue;
        result = sluice_prepare_place(end, who, prepare);
        if (result == SLUICE_OK) {
            sluice_take_place(end, who, capabilities);
            return result;
        }
        sluice_unlock(end, who);
        if (!sluice_is_of_place(result))
            return result;
    }
    return result;
}

static inline int sluice_no_free_place(struct sluice_end *end)
{
    const char *side = end->sends ? "sender" : "receiver";
    uint32_t first = end->sends ? 0 : end->pipe->senders;
    uint32_t places = end->sends ? end->pipe->senders : end->pipe->receivers;
    unsigned long long pid = sluice_load(sluice_block(end, first, SLUICE_META_PID_OFFSET));
    if (places == 1)
        return sluice_fail(
            end->error, SLUICE_TAKEN,
            "%s has its %s already (process %llu), and was made for one: close that end first, or"
            " make it with %ss(Ends.MANY)",
            end->pipe->path, side, pid, side);
    return sluice_fail(
        end->error, SLUICE_TAKEN,
        "%s has %u %ss, as many as it was made for: close one of them first, or make it for more",
        end->pipe->path, places, side);
}

/* Opens what an end of either side needs. */
static inline int sluice_open_end(
    struct sluice_end *end, const struct sluice_pipe *pipe, bool sends)
{
    mode_t forbidden = sluice_forbidden_mode(pipe);
    int64_t length = (int64_t)sluice_meta_length(pipe);
    memset(end, 0, sizeof *end);
    end->pipe = pipe;
    end->sends = sends;
    end->locks = -1;
    end->self = UINT32_MAX;
    int meta = sluice_open_file(pipe, "meta", length, forbidden, end->error);
    if (meta < 0)
        return meta;
    end->meta = sluice_map(meta, 0, (uint64_t)length);
    close(meta);
    if (end->meta == NULL)
        return sluice_refused(end->error, "mmap of meta of", pipe->path);
    end->locks = sluice_open_file(pipe, "locks", 0, forbidden, end->error);
    return end->locks < 0 ? end->locks : SLUICE_OK;
}

/* Releases what an end has. Closing "locks" releases its lock. */
static inline void sluice_release_end(struct sluice_end *end)
{
    if (end->locks >= 0 && end->self != UINT32_MAX)
        sluice_unlock(end, end->self); /* Also if a forked child has a copy of the descriptor. */
    if (end->locks >= 0)
        close(end->locks);
    if (end->meta != NULL)
        munmap(end->meta, sluice_meta_length(end->pipe));
    end->locks = -1;
    end->meta = NULL;
    end->open = false;
}

/* Attaches an end in the first free place of its side. */
static inline int sluice_attach(
    struct sluice_end *end, uint64_t capabilities, sluice_preparation *prepare)
{
    struct timespec pause = {0, 1000000};
    int64_t start = sluice_nanos();
    if (syscall(SYS_membarrier, SLUICE_MEMBARRIER_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0)
        capabilities |= SLUICE_META_MEMBARRIER;
    for (int tries = 1;; tries++) { /* An end that notes a death holds a lock for a moment. */
        int result = sluice_try_places(end, capabilities, prepare);
        if (result != SLUICE_TAKEN)
            return result;
        if (tries >= SLUICE_PARTICIPANT_MIN_TRIES
            && sluice_nanos() - start >= SLUICE_PARTICIPANT_ATTACH_TIMEOUT_NANOS)
            return sluice_no_free_place(end);
        nanosleep(&pause, NULL);
    }
}

static inline void sluice_leave(struct sluice_end *end)
{
    sluice_store_state(end, end->self, SLUICE_PARTICIPANT_CLOSED);
    sluice_wake_receivers(end);
}

/* ---- Wait: 4, 6 ---- */

/* What an end does before it sleeps, beside arming its event. Returns whether its wakers fence. */
typedef bool sluice_hook(void *user);

/* A wait of an end, from its first attempt to its last. */
struct sluice_wait {
    struct sluice_end *end;
    uint64_t *event;
    sluice_hook *before; /* NULL: nothing */
    void *user;
    int64_t deadline; /* -1: none */
    int64_t nanos;    /* the next timeout */
    int64_t max_nanos;
    int spins;
    bool armed;
};

static inline void sluice_begin_wait(
    struct sluice_wait *wait, struct sluice_end *end, uint64_t *event, sluice_hook *before,
    void *user, int64_t nanos)
{
    memset(wait, 0, sizeof *wait);
    wait->end = end;
    wait->event = event;
    wait->before = before;
    wait->user = user;
    wait->deadline = nanos < 0 ? -1 : sluice_nanos();
    if (nanos >= 0)
        wait->deadline = nanos < INT64_MAX - wait->deadline ? wait->deadline + nanos : INT64_MAX;
}

/* Whether membarrier(2) reaches all attached ends, and did. */
static inline bool sluice_fence_all(const struct sluice_end *end)
{
    for (uint32_t who = 0; who < sluice_participants(end->pipe); who++)
        if (sluice_is_attached(end, who)
            && !(sluice_load(sluice_block(end, who, SLUICE_META_CAPABILITIES_OFFSET))
                 & SLUICE_META_MEMBARRIER))
            return false;
    return syscall(SYS_membarrier, SLUICE_MEMBARRIER_GLOBAL_EXPEDITED, 0, 0) == 0;
}

/* Arms the event, and fences for the ends that do not: the caller looks once more after it. */
static inline void sluice_prepare_wait(struct sluice_wait *wait)
{
    wait->armed = true;
    sluice_store_release(wait->event, SLUICE_EVENT_ARMED); /* edge ARMED: needs a fence */
    bool wakers_fence = wait->before != NULL && wait->before(wait->user);
    bool fenced = wakers_fence || sluice_fence_all(wait->end);
    sluice_full_fence(); /* Enough for ends that fence as well. */
    wait->nanos = fenced ? SLUICE_FENCED_INITIAL_NANOS : SLUICE_UNFENCED_INITIAL_NANOS;
    wait->max_nanos = fenced ? SLUICE_FENCED_MAX_NANOS : SLUICE_UNFENCED_MAX_NANOS;
}

/* Sleeps once: until it is woken, or a timeout, after which the caller looks for deaths. */
static inline void sluice_sleep(struct sluice_wait *wait, int64_t left)
{
    int64_t nanos = sluice_min(left, wait->nanos);
    struct timespec timeout = {nanos / 1000000000, (long)(nanos % 1000000000)};
    syscall(SYS_futex, wait->event, FUTEX_WAIT, SLUICE_EVENT_ARMED, &timeout, NULL, 0);
    /* edge NOTIFIED: what the waker did */
    bool timed_out = sluice_load_acquire(wait->event) == SLUICE_EVENT_ARMED;
    wait->end->waits++;
    wait->end->slept = timed_out;
    if (timed_out)
        wait->nanos = sluice_min(2 * wait->nanos, wait->max_nanos);
    else
        wait->end->wakeups++;
}

/* One step between two attempts: spins, then arms, then sleeps. Returns false at the time limit. */
static inline bool sluice_pause(struct sluice_wait *wait)
{
    int64_t left = INT64_MAX;
    if (wait->deadline >= 0 && (left = wait->deadline - sluice_nanos()) <= 0)
        return false;
    if (wait->spins < SLUICE_SPINS) {
        wait->spins++;
        sluice_spin_wait();
    } else if (wait->armed && sluice_load(wait->event) == SLUICE_EVENT_ARMED) {
        sluice_sleep(wait, left);
    } else {
        sluice_prepare_wait(wait);
    }
    return true;
}

/* Disarms the event. */
static inline void sluice_end_wait(struct sluice_wait *wait)
{
    struct sluice_end *end = wait->end;
    if (!wait->armed)
        return;
    sluice_cas(wait->event, SLUICE_EVENT_ARMED, SLUICE_EVENT_DISARMED); /* edge NOTIFIED, if not */
    sluice_store(sluice_block(end, end->self, SLUICE_META_WAITS_OFFSET), end->waits);
    sluice_store(sluice_block(end, end->self, SLUICE_META_WAKEUPS_OFFSET), end->wakeups);
}

/* ---- Send: 2, 3 ---- */

static inline void sluice_post_position(struct sluice_sender *sender)
{
    /* edge POSTED: all before it is published */
    sluice_store_release(
        sluice_control(&sender->lane, SLUICE_LANE_SENDER_POSITION_OFFSET),
        (uint64_t)sender->position);
}

/* Forgets what was cleared: only the word at the position is known to be zero. */
static inline void sluice_reset_cleared(struct sluice_sender *sender)
{
    sender->cleared = sender->position + SLUICE_RECORD_HEADER_LENGTH;
    sender->limit = sender->position;
}

/* Finds the position of the first word that is zero: the last sender stopped there (1.5). */
static inline int sluice_resume_ring(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_lane *lane = &sender->lane;
    /* edge RELEASE: the space before it is free */
    uint64_t word =
        sluice_load_acquire(sluice_control(lane, SLUICE_LANE_RECEIVER_POSITION_OFFSET));
    if (!sluice_position_is_valid(pipe, word, (int64_t)word))
        return sluice_bad_position(&sender->end, lane, word, (int64_t)word);
    int64_t received = (int64_t)word;
    int64_t position = received;
    while (position - received < pipe->capacity) {
        /* edge COMMIT; what the last sender wrote came by edge LOCK */
        word = sluice_load_acquire(sluice_ring_word(pipe, &lane->ring, position));
        if (word == SLUICE_RECORD_UNCOMMITTED) {
            sender->position = position;
            sender->room = position;
            sluice_reset_cleared(sender);
            return SLUICE_OK;
        }
        if (!sluice_record_is_valid(pipe, word, position))
            return sluice_bad_record(&sender->end, lane, word, position);
        position += sluice_record_length(sluice_record_payload(word));
    }
    return sluice_corrupt(
        &sender->end, lane, "no uncommitted word within %u bytes of the receiver's position %lld",
        pipe->capacity, (long long)received);
}

/* Takes back the message slots of a batch that the last sender did not publish. */
static inline void sluice_revert_unpublished(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_ring *ring = &sender->lane.ring;
    uint32_t count = sluice_slot_count(pipe);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *slot = sluice_slot(pipe, ring, i, SLUICE_SLOT_WORD_OFFSET);
        uint64_t word = sluice_load_acquire(slot); /* no edge: edge LOCK has it */
        if (sluice_slot_is_valid(pipe, word, i) && !sluice_slot_is_published(pipe, ring, word))
            sluice_store(slot, sluice_slot_done(sluice_slot_sequence(word) - count));
    }
}

/* Finds the newest sequence of all message slots. */
static inline int sluice_newest_slot(struct sluice_sender *sender, int64_t *newest)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    *newest = 0;
    for (uint32_t i = 0; i < sluice_slot_count(pipe); i++) {
        /* no edge: only the sequences are compared */
        uint64_t word = sluice_load_acquire(
            sluice_slot(pipe, &sender->lane.ring, i, SLUICE_SLOT_WORD_OFFSET));
        if (!sluice_slot_is_valid(pipe, word, i))
            return sluice_bad_slot(
                &sender->end, &sender->lane, word, i,
                "a done, ready or taken word whose sequence belongs there");
        uint64_t sequence = sluice_slot_sequence(word);
        if (i == 0 || (word != 0 && sluice_ahead(sequence, (uint64_t)*newest) > 0))
            *newest = (int64_t)sequence;
    }
    return SLUICE_OK;
}

/* The position in a record reference, modulo 2^35. */
static inline int64_t sluice_ref_position(uint64_t reference)
{
    return (int64_t)(reference >> SLUICE_RECORD_POSITION_SHIFT & ~(uint64_t)7);
}

/* Whether a sender can have written a record reference. */
static inline bool sluice_ref_is_valid(const struct sluice_pipe *pipe, uint64_t reference)
{
    uint64_t flags = reference & (SLUICE_RECORD_COMMITTED_FLAG | UINT64_C(1) << 30);
    return flags == SLUICE_RECORD_COMMITTED_FLAG
        && sluice_record_payload(reference) <= sluice_max_payload(pipe);
}

/* The bytes of the ring that a record of a lane with message slots takes. */
static inline uint32_t sluice_slot_length(uint64_t reference)
{
    return sluice_record_length(sluice_record_payload(reference)) - SLUICE_RECORD_HEADER_LENGTH;
}

/* Adds a record that the last sender left to those that are outstanding. */
static inline int sluice_resume_record(
    struct sluice_sender *sender, int64_t sequence, uint64_t reference, bool is_first)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    int64_t mask = (INT64_C(1) << (64 - SLUICE_RECORD_POSITION_SHIFT)) - 1;
    int64_t position = sluice_ref_position(reference);
    if (is_first) {
        sender->first = (uint64_t)sequence;
        sender->start = position;
        sender->position = position;
    }
    int64_t end = sender->position + sluice_slot_length(reference);
    if (!sluice_ref_is_valid(pipe, reference) || position != (sender->position & mask)
        || end - sender->start > pipe->capacity)
        return sluice_corrupt(
            &sender->end, &sender->lane,
            "the record of sequence %lld is at position %lld, %u long; expected it at %lld, and %lld"
            " to be at most the capacity, %u",
            (long long)sequence, (long long)position, sluice_record_payload(reference),
            (long long)(sender->position & mask), (long long)(end - sender->start), pipe->capacity);
    sender->position = end;
    return SLUICE_OK;
}

/* Completes the positions, of which record references hold the lower 35 bits only. */
static inline void sluice_complete_positions(struct sluice_sender *sender)
{
    uint64_t mask = (UINT64_C(1) << (64 - SLUICE_RECORD_POSITION_SHIFT)) - 1;
    uint64_t posted =
        sluice_load(sluice_control(&sender->lane, SLUICE_LANE_SENDER_POSITION_OFFSET));
    if (posted >= (uint64_t)SLUICE_MAX_POSITION)
        posted = 0; /* No sender wrote it. */
    uint64_t end = posted + (((uint64_t)sender->position - posted) & mask);
    sender->start += (int64_t)end - sender->position;
    sender->position = (int64_t)end;
}

/* Finds the messages that are not done, and where the next one begins (1.5). */
static inline int sluice_resume_slots(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    int64_t count = sluice_slot_count(pipe);
    int64_t newest;
    bool found = false;
    sluice_revert_unpublished(sender);
    int result = sluice_newest_slot(sender, &newest);
    for (int64_t q = newest - count + 1; q <= newest && result == SLUICE_OK; q++) {
        struct sluice_ring *ring = &sender->lane.ring;
        /* edge SPMC_RELEASE: the space of what is done may be overwritten */
        uint64_t word =
            sluice_load_acquire(sluice_slot(pipe, ring, (uint64_t)q, SLUICE_SLOT_WORD_OFFSET));
        uint64_t reference =
            sluice_load(sluice_slot(pipe, ring, (uint64_t)q, SLUICE_SLOT_RECORD_REF_OFFSET));
        bool unused = word == 0 && q <= 0;
        if (!sluice_slot_is_valid(pipe, word, (uint64_t)q)
            || (sluice_ahead(sluice_slot_sequence(word), (uint64_t)q) != 0 && !unused))
            return sluice_bad_slot(
                &sender->end, &sender->lane, word, (uint64_t)q, "the sequences of one lap");
        bool done = sluice_slot_state(word) == SLUICE_SLOT_DONE;
        if (!found && done && (q < newest || (word == 0 && reference == 0)))
            continue;
        result = sluice_resume_record(sender, q, reference, !found);
        found = true;
    }
    if (!found) {
        sender->first = (uint64_t)newest + 1;
        sender->start = 0;
        sender->position = 0;
    }
    sender->sequence = (uint64_t)newest + 1;
    sluice_complete_positions(sender);
    sender->limit = sender->start + pipe->capacity;
    return result;
}

static inline uint64_t *sluice_offer(const struct sluice_lane *lane, uint64_t offset)
{
    return sluice_word(lane->ring.base, offset);
}

static inline int sluice_bad_offer(
    struct sluice_end *end, const struct sluice_lane *lane, uint64_t word, const char *expected)
{
    return sluice_corrupt(
        end, lane, "the offer's word is 0x%016llx: sequence=%llu, state=%u; expected %s",
        (unsigned long long)word, (unsigned long long)sluice_slot_sequence(word),
        sluice_slot_state(word), expected);
}

/* Retracts what a dead sender offered. */
static inline int sluice_resume_offer(struct sluice_sender *sender)
{
    sluice_recover_sender(&sender->end, &sender->lane, 0);
    /* edge RECEIVED: the next payload may be written */
    uint64_t word = sluice_load_acquire(sluice_offer(&sender->lane, SLUICE_OFFER_WORD_OFFSET));
    if (word != sluice_slot_done(sluice_slot_sequence(word)))
        return sluice_bad_offer(
            &sender->end, &sender->lane, word, "nothing offered, since no sender is attached");
    sender->sequence = sluice_slot_sequence(word);
    sender->received =
        sluice_load(sluice_control(&sender->lane, SLUICE_LANE_SENDER_POSITION_OFFSET));
    sender->limit = 0;
    return SLUICE_OK;
}

static inline int sluice_resume(struct sluice_sender *sender)
{
    switch (sender->kind) {
    case SLUICE_RING:
        return sluice_resume_ring(sender);
    case SLUICE_SLOTS:
        return sluice_resume_slots(sender);
    default:
        return sluice_resume_offer(sender);
    }
}

/* The slots that belong to the list, or to a receiver that frees them: one bit each. */
struct sluice_slot_set {
    uint64_t bits[SLUICE_META_MAX_SEGMENTS / 64];
};

static inline int sluice_used_slots(struct sluice_sender *sender, struct sluice_slot_set *used)
{
    memset(used, 0, sizeof *used);
    for (uint64_t i = 0; i < sluice_table_entries(sender->end.pipe); i++) {
        uint64_t word;
        int result = sluice_load_segment(&sender->end, &sender->lane, i, &word);
        if (result < 0)
            return result;
        unsigned state = sluice_segment_state(word);
        uint32_t slot = sluice_segment_slot(word);
        if (state == SLUICE_SEGMENT_LIVE || state == SLUICE_SEGMENT_DONE
            || state == SLUICE_SEGMENT_FREEING)
            used->bits[slot / 64] |= UINT64_C(1) << slot % 64;
    }
    return SLUICE_OK;
}

static inline bool sluice_is_used(const struct sluice_slot_set *used, uint32_t slot)
{
    return (used->bits[slot / 64] >> slot % 64 & 1) != 0;
}

/* Goes on in the newest ring of a lane that grows; frees the slots that the last sender had. */
static inline int sluice_resume_segments(struct sluice_sender *sender)
{
    struct sluice_slot_set used;
    uint64_t newest;
    uint64_t word = 0;
    int result = sluice_newest_segment(&sender->end, &sender->lane, &newest);
    if (result == SLUICE_OK)
        result = sluice_load_segment(&sender->end, &sender->lane, newest, &word);
    if (result < 0)
        return result;
    if (newest == 0 || !sluice_segment_is_live(word, newest))
        return sluice_corrupt(
            &sender->end, &sender->lane, "the newest segment, of generation %llu, is not in the list",
            (unsigned long long)newest);
    result = sluice_used_slots(sender, &used);
    for (uint32_t slot = 0; slot < sender->end.pipe->segments && result == SLUICE_OK; slot++)
        if (!sluice_is_used(&used, slot))
            sluice_free_slot(sender->end.pipe, &sender->lane, slot);
    return result < 0 ? result : sluice_use_segment(&sender->end, &sender->lane, word);
}

static inline int sluice_bad_mode(struct sluice_sender *sender)
{
    return sluice_fail(
        sender->end.error, SLUICE_CORRUPT,
        "a receiver found lane %u corrupt: nothing in it is read any more, and no sender can use it;"
        " other lanes go on, and a pipe that has none left must be deleted and made again",
        sender->lane.index);
}

/* Takes a slot that was received, or dropped, and has its space; 0 if there is none. */
static inline int sluice_recycle_slot(
    struct sluice_sender *sender, uint64_t first, uint64_t last, uint32_t *acquired)
{
    for (uint64_t g = first; g < last; g++) {
        uint64_t word;
        int result = sluice_load_segment(&sender->end, &sender->lane, g, &word);
        if (result < 0)
            return result;
        if (sluice_segment_generation(word) == g
            && sluice_segment_state(word) == SLUICE_SEGMENT_DONE
            && sluice_cas( /* no edge: the load has edge RETIRE */
                sluice_table_word(sender->end.pipe, &sender->lane, g), word,
                sluice_segment_with(word, SLUICE_SEGMENT_REUSED))) {
            *acquired = sluice_segment_slot(word) + 1;
            return SLUICE_OK;
        }
    }
    return SLUICE_OK;
}

/*
 * Gives space to a slot of this sender. The kernel provides zeros, as a new ring needs: a slot of
 * this sender has no space.
 */
static inline int sluice_allocate_slot(struct sluice_sender *sender, uint32_t *acquired)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_slot_set used;
    int result = sluice_used_slots(sender, &used);
    for (uint32_t slot = 0; slot < pipe->segments && result == SLUICE_OK; slot++) {
        if (sluice_is_used(&used, slot))
            continue;
        uint64_t offset = sluice_slot_offset(pipe, slot);
        if (fallocate(sender->lane.file, 0, (off_t)offset, (off_t)sluice_ring_space(pipe)) != 0
            || !sluice_write_identity(pipe, sender->lane.file, offset))
            return sluice_refused(sender->end.error, "no space for another ring of", pipe->path);
        *acquired = slot + 1;
        return SLUICE_OK;
    }
    return result;
}

/* Whether all messages of a ring with message slots are done. */
static inline bool sluice_is_received(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring)
{
    for (uint32_t i = 0; i < sluice_slot_count(pipe); i++) {
        /* edge SPMC_RELEASE: the payload may be overwritten */
        uint64_t word = sluice_load_acquire(sluice_slot(pipe, ring, i, SLUICE_SLOT_WORD_OFFSET));
        if (sluice_slot_state(word) != SLUICE_SLOT_DONE)
            return false;
    }
    return true;
}

/* Takes the slot of the oldest ring in the list, if all of its messages are done. */
static inline int sluice_take_received(
    struct sluice_sender *sender, uint64_t first, uint64_t last, uint32_t *acquired)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    uint64_t word = 0;
    uint64_t g = first;
    for (; g < last; g++) {
        int result = sluice_load_segment(&sender->end, &sender->lane, g, &word);
        if (result < 0)
            return result;
        if (sluice_segment_is_live(word, g))
            break;
    }
    if (g == last)
        return SLUICE_OK;
    struct sluice_ring ring;
    uint64_t offset = sluice_slot_offset(pipe, sluice_segment_slot(word));
    int result = sluice_map_ring(
        pipe, sender->lane.file, offset, sender->lane.index, &ring, sender->end.error);
    if (result < 0) /* A receiver may have retired it, and taken its space away, meanwhile. */
        return sluice_generation_is_live(&sender->end, &sender->lane, g) ? result : SLUICE_OK;
    if (sluice_is_received(pipe, &ring)
        && sluice_cas( /* no edge: the payloads were read, by edge SPMC_RELEASE */
            sluice_table_word(pipe, &sender->lane, g), word,
            sluice_segment_with(word, SLUICE_SEGMENT_REUSED)))
        *acquired = sluice_segment_slot(word) + 1;
    sluice_unmap_ring(pipe, &ring);
    return SLUICE_OK;
}

/* Finds a slot for the next generation (2.3, steps 1 and 2). */
static inline int sluice_acquire_slot(struct sluice_sender *sender)
{
    struct sluice_lane *lane = &sender->lane;
    uint64_t word;
    uint64_t first = sluice_first_segment(sender->end.pipe, lane->generation);
    uint64_t last = lane->generation;
    int result = sluice_load_segment(&sender->end, lane, lane->generation + 1, &word);
    unsigned state = sluice_segment_state(word);
    bool full = word != 0 && state != SLUICE_SEGMENT_REUSED && state != SLUICE_SEGMENT_FREED;
    if (full && result == SLUICE_OK) { /* Only the generation in that place helps. */
        first = sluice_segment_generation(word);
        last = first + 1;
        if (last > lane->generation)
            return SLUICE_AGAIN;
    }
    if (result == SLUICE_OK)
        result = sluice_recycle_slot(sender, first, last, &sender->acquired);
    if (result == SLUICE_OK && sender->acquired == 0 && !full)
        result = sluice_allocate_slot(sender, &sender->acquired);
    if (result == SLUICE_OK && sender->acquired == 0 && sender->kind == SLUICE_SLOTS)
        result = sluice_take_received(sender, first, last, &sender->acquired);
    return result == SLUICE_OK && sender->acquired == 0 ? SLUICE_AGAIN : result;
}

/* Prepares a ring that no other end uses: positions and sequences continue (2.3, step 3). */
static inline void sluice_prepare_ring(struct sluice_sender *sender, struct sluice_ring *ring)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    uint64_t position = (uint64_t)sender->position;
    sluice_store(sluice_word(ring->control, SLUICE_LANE_SENDER_POSITION_OFFSET), position);
    if (sender->kind == SLUICE_RING) {
        sluice_store(sluice_word(ring->control, SLUICE_LANE_RECEIVER_POSITION_OFFSET), position);
        sluice_store(sluice_word(ring->control, SLUICE_LANE_TAKEN_POSITION_OFFSET), position);
        sluice_store(
            sluice_ring_word(pipe, ring, sender->position), SLUICE_RECORD_UNCOMMITTED);
        return;
    }
    for (uint64_t q = sender->sequence - sluice_slot_count(pipe); q != sender->sequence; q++) {
        sluice_store(
            sluice_slot(pipe, ring, q, SLUICE_SLOT_RECORD_REF_OFFSET),
            sluice_record_word(sender->position, 0));
        sluice_store(sluice_slot(pipe, ring, q, SLUICE_SLOT_WORD_OFFSET), sluice_slot_done(q));
    }
    sluice_move_hint(ring, sender->sequence, false);
}

/* Links another ring, if there is space for one (2.3). The one before is full. */
static inline int sluice_grow(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_lane *lane = &sender->lane;
    struct sluice_ring ring;
    int result = sender->acquired != 0 ? SLUICE_OK : sluice_acquire_slot(sender);
    if (result < 0)
        return result;
    uint32_t slot = sender->acquired - 1;
    result = sluice_map_ring(
        pipe, lane->file, sluice_slot_offset(pipe, slot), lane->index, &ring, sender->end.error);
    if (result < 0)
        return result;
    sluice_prepare_ring(sender, &ring);
    /* edge LINK: the ring is complete, and all messages in the one before are published */
    sluice_store_release(
        sluice_table_word(pipe, lane, lane->generation + 1),
        sluice_segment_word(lane->generation + 1, slot, SLUICE_SEGMENT_LIVE));
    sender->acquired = 0;
    sluice_unmap_ring(pipe, &lane->ring);
    lane->ring = ring;
    lane->generation++;
    if (sender->kind == SLUICE_RING) {
        sender->room = sender->position;
        sluice_reset_cleared(sender);
    } else {
        sender->first = sender->sequence;
        sender->start = sender->position;
        sender->limit = sender->position + pipe->capacity;
    }
    return SLUICE_OK;
}

/* Loads the receiver's position, and so the room. */
static inline int sluice_load_room(struct sluice_sender *sender)
{
    /* edge RELEASE: what the receiver has read may be overwritten */
    uint64_t received =
        sluice_load_acquire(sluice_control(&sender->lane, SLUICE_LANE_RECEIVER_POSITION_OFFSET));
    if (!sluice_position_is_valid(sender->end.pipe, received, sender->position))
        return sluice_bad_position(&sender->end, &sender->lane, received, sender->position);
    sender->room = (int64_t)received + sender->end.pipe->capacity - SLUICE_RECORD_HEADER_LENGTH;
    return SLUICE_OK;
}

/*
 * Clears the word behind a record, and more: lines that the receiver's processor holds must be
 * fetched, and many take hardly longer than one.
 */
static inline void sluice_clear(struct sluice_sender *sender, int64_t end, uint32_t record_length)
{
    uint32_t capacity = sender->end.pipe->capacity;
    int64_t offset = end & (capacity - 1);
    if (end < sender->cleared)
        return;
    int64_t length = record_length > SLUICE_RING_CLEAR_AHEAD ? SLUICE_RECORD_HEADER_LENGTH
                                                             : SLUICE_RING_CLEAR_AHEAD;
    length = sluice_min(length, sender->room + SLUICE_RECORD_HEADER_LENGTH - end);
    length = sluice_min(length, capacity - offset);
    memset(sender->lane.ring.base + offset, 0, (size_t)length);
    sender->cleared = end + length;
}

static inline int sluice_already_claimed(struct sluice_sender *sender)
{
    return sluice_fail(
        sender->end.error, SLUICE_MISUSE, "%s",
        sender->end.open ? "a message is claimed: commit or abort it first"
                         : "this end is closed");
}

/*
 * Makes room for a record (2.1, step 1): clears the word behind it. The limit stays near, so this
 * runs several times in a lap, and posts the position at no cost to each message.
 */
static inline int sluice_make_room_in_ring(struct sluice_sender *sender, uint32_t record_length)
{
    uint32_t capacity = sender->end.pipe->capacity;
    int64_t end = sender->position + record_length;
    if (end > sender->room) {
        int result = sluice_load_room(sender);
        if (result < 0)
            return result;
    }
    sluice_post_position(sender);
    if (end > sender->room) { /* Wake this end when half is free, or more if it needs that. */
        int64_t wanted = sluice_max(
            end + SLUICE_RECORD_HEADER_LENGTH - capacity, sender->position - capacity / 2);
        sluice_store(
            sluice_control(&sender->lane, SLUICE_LANE_WAKEUP_POSITION_OFFSET), (uint64_t)wanted);
        return SLUICE_AGAIN;
    }
    sluice_clear(sender, end, record_length);
    sender->limit = sluice_max(
        end,
        sluice_min(
            sender->cleared - SLUICE_RECORD_HEADER_LENGTH, sender->position + capacity / 4));
    return SLUICE_OK;
}

static inline bool sluice_slot_fits(const struct sluice_sender *sender, int64_t end)
{
    return end <= sender->limit
        && sender->sequence - sender->first < sluice_slot_count(sender->end.pipe);
}

/* Removes the oldest message from those that are outstanding, if it is done. */
static inline int sluice_reclaim_one(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_ring *ring = &sender->lane.ring;
    uint64_t q = sender->first;
    /* edge SPMC_RELEASE: a payload that was read may be overwritten */
    uint64_t word = sluice_load_acquire(sluice_slot(pipe, ring, q, SLUICE_SLOT_WORD_OFFSET));
    uint64_t reference = sluice_load(sluice_slot(pipe, ring, q, SLUICE_SLOT_RECORD_REF_OFFSET));
    if (word != sluice_slot_done(q))
        return sluice_ahead(sluice_slot_sequence(word), q) == 0
                && sluice_slot_is_valid(pipe, word, q)
            ? SLUICE_AGAIN
            : sluice_bad_slot(
                &sender->end, &sender->lane, word, q, "a sequence that was sent and not received");
    int64_t end = sender->start + sluice_slot_length(reference);
    if (reference != sluice_record_word(sender->start, sluice_record_payload(reference))
        || end > sender->position)
        return sluice_corrupt(
            &sender->end, &sender->lane,
            "the record reference of sequence %llu is 0x%016llx; expected position %lld",
            (unsigned long long)q, (unsigned long long)reference, (long long)sender->start);
    sender->start = end;
    sender->first = q + 1;
    return SLUICE_OK;
}

/* Makes room for a message (2.2, step 1): a cache line holds several slots, so some more. */
static inline int sluice_make_room_in_slots(struct sluice_sender *sender, int64_t end)
{
    int result = SLUICE_OK;
    sluice_post_position(sender);
    for (int i = 0; sender->first != sender->sequence
                    && (i < SLUICE_TURN_QUANTUM || !sluice_slot_fits(sender, end))
                    && result == SLUICE_OK;
         i++) {
        result = sluice_reclaim_one(sender);
        sender->limit = sender->start + sender->end.pipe->capacity;
    }
    sender->limit = sender->start + sender->end.pipe->capacity;
    if (result < SLUICE_AGAIN)
        return result;
    return sluice_slot_fits(sender, end) ? SLUICE_OK : SLUICE_AGAIN;
}

/* Takes the last offer back, unless it was received: SLUICE_OK if it was, SLUICE_AGAIN if not. */
static inline int sluice_retract(struct sluice_sender *sender)
{
    uint64_t *offer = sluice_offer(&sender->lane, SLUICE_OFFER_WORD_OFFSET);
    uint64_t ready = sluice_slot_ready(sender->sequence, 0);
    uint64_t done = sluice_slot_done(sender->sequence);
    sender->offered = false;
    if (sluice_cas(offer, ready, done)) /* no edge: nothing was received */
        return SLUICE_AGAIN;
    uint64_t word = sluice_load_acquire(offer); /* edge RECEIVED: the payload has been read */
    return word == done ? SLUICE_OK
                        : sluice_bad_offer(&sender->end, &sender->lane, word, "the last offer");
}

/* Makes room for a record, in the next ring if there is none in this one. */
static inline int sluice_make_room(struct sluice_sender *sender, uint32_t length)
{
    uint32_t record_length = sluice_record_length(length);
    int64_t slot_end = sender->position + record_length - SLUICE_RECORD_HEADER_LENGTH;
    if (sender->limit == SLUICE_NO_ROOM)
        return sluice_already_claimed(sender);
    for (int tries = 0;; tries++) {
        int result = sender->kind == SLUICE_RING ? sluice_make_room_in_ring(sender, record_length)
                                                 : sluice_make_room_in_slots(sender, slot_end);
        if (result != SLUICE_AGAIN || !sluice_pipe_grows(sender->end.pipe) || tries > 0)
            return result;
        result = sluice_grow(sender);
        if (result < 0)
            return result;
    }
}

static inline int sluice_broken(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    unsigned long long pid =
        sluice_load(sluice_block(&sender->end, pipe->senders, SLUICE_META_PID_OFFSET));
    char which[64];
    snprintf(which, sizeof which, "its last receiver");
    if (pipe->receivers == 1)
        snprintf(which, sizeof which, "its receiver (process %llu)", pid);
    return sluice_fail(
        sender->end.error, SLUICE_BROKEN,
        "%s: %s has left or died: wait for another with awaitReceiver, or make the pipe with"
        " retainWithoutReceivers",
        pipe->path, which);
}

static inline bool sluice_is_broken(struct sluice_sender *sender)
{
    return SLUICE_UNLIKELY(sluice_peers_left(&sender->end))
        && !sluice_pipe_has(sender->end.pipe, SLUICE_FEATURE_RETAIN_WITHOUT_RECEIVERS);
}

/* Recovers the room that an absent receiver holds: who noted its death could not (4, step 7). */
static inline int sluice_recover_holder(struct sluice_sender *sender)
{
    struct sluice_end *end = &sender->end;
    if (sender->kind != SLUICE_SLOTS || sender->first == sender->sequence)
        return SLUICE_OK;
    /* no edge: what follows holds that receiver's lock */
    uint64_t word = sluice_load_acquire(
        sluice_slot(end->pipe, &sender->lane.ring, sender->first, SLUICE_SLOT_WORD_OFFSET));
    uint32_t owner = sluice_slot_owner(word);
    if (sluice_slot_state(word) != SLUICE_SLOT_TAKEN)
        return SLUICE_OK;
    if (owner >= end->pipe->receivers)
        return sluice_corrupt(
            end, &sender->lane, "a message slot names receiver %u, and the pipe has %u", owner,
            end->pipe->receivers);
    uint32_t who = end->pipe->senders + owner;
    if (sluice_is_attached(end, who) || !sluice_try_lock(end, who))
        return SLUICE_OK;
    if (!sluice_is_attached(end, who))
        sluice_recover(end, who);
    sluice_unlock(end, who);
    return SLUICE_OK;
}

/* What an attempt that found no room does: it looks for what will never make any. */
static inline int sluice_no_room(struct sluice_sender *sender)
{
    if (sender->full_at != sender->position)
        sender->end.idle_calls = 0;
    sender->full_at = sender->position;
    if (sluice_on_idle(&sender->end)) {
        if (sluice_load(sluice_notify_mode(&sender->lane)) == SLUICE_LANE_NOTIFY_POISONED)
            return sluice_bad_mode(sender);
        int result = sluice_recover_holder(sender);
        if (result < 0)
            return result;
    }
    return sluice_is_broken(sender) ? sluice_broken(sender) : SLUICE_AGAIN;
}

static inline int sluice_too_long(struct sluice_sender *sender, size_t length)
{
    if (!sender->end.open)
        return sluice_already_claimed(sender);
    return sluice_fail(
        sender->end.error, SLUICE_TOO_LONG,
        "a message of %zu bytes; this pipe carries 0..%u: make it with a larger capacity, or split"
        " the message",
        length, sender->length_limit - 1);
}

/* Finds room for a message in a lane that offers one at a time. */
static inline int sluice_reserve_offer(struct sluice_sender *sender, unsigned char **payload)
{
    if (sender->limit == SLUICE_NO_ROOM)
        return sluice_already_claimed(sender);
    if (sender->offered) {
        int result = sluice_retract(sender);
        if (result < SLUICE_AGAIN)
            return result;
    }
    *payload = sender->lane.ring.base + SLUICE_OFFER_PAYLOAD_OFFSET;
    return SLUICE_OK;
}

/* Finds room for a message: where its payload goes. */
static inline int sluice_reserve(
    struct sluice_sender *sender, size_t length, unsigned char **payload)
{
    if (SLUICE_UNLIKELY(length >= sender->length_limit))
        return sluice_too_long(sender, length);
    uint32_t mask = sender->end.pipe->capacity - 1;
    if (SLUICE_UNLIKELY(sluice_is_broken(sender)))
        return sluice_broken(sender);
    if (sender->kind == SLUICE_OFFER)
        return sluice_reserve_offer(sender, payload);
    uint32_t total = (uint32_t)length + sender->prefix;
    bool ring = sender->kind == SLUICE_RING;
    int64_t end = sender->position + sluice_record_length(total);
    bool fits = ring ? end <= sender->limit
                     : sluice_slot_fits(sender, end - SLUICE_RECORD_HEADER_LENGTH);
    if (SLUICE_UNLIKELY(!fits)) {
        int result = sluice_make_room(sender, total);
        if (result < 0)
            return result == SLUICE_AGAIN ? sluice_no_room(sender) : result;
    }
    int64_t at = sender->position + (ring ? SLUICE_RECORD_HEADER_LENGTH : 0);
    *payload = sender->lane.ring.base + (at & mask) + sender->prefix;
    return SLUICE_OK;
}

/* Begins or ends the mode "always", or announces a message in it (3). */
static inline int sluice_announce_slowly(struct sluice_sender *sender)
{
    struct sluice_end *end = &sender->end;
    uint64_t *word = sluice_notify_mode(&sender->lane);
    uint64_t mode = sluice_load(word);
    if (mode == SLUICE_LANE_NOTIFY_POISONED)
        return sluice_bad_mode(sender);
    sender->woke = true;
    if (mode != SLUICE_LANE_NOTIFY_ALWAYS) {
        sender->unneeded = 0;
        /* edge NOTIFY_ONCE; edge NOTIFY_ALWAYS: before the bits of waiting receivers are read */
        sluice_cas(word, mode, SLUICE_LANE_NOTIFY_ALWAYS);
        sluice_set_ready(end, sender->lane.index);
        sluice_wake_receiver(end);
    } else if (sender->unneeded == SLUICE_DOORBELL_UNNEEDED_LIMIT) {
        /* edge NOTIFY_ALWAYS: revoked before the bits are read */
        sluice_cas(word, SLUICE_LANE_NOTIFY_ALWAYS, SLUICE_LANE_NOTIFY_OFF);
        sluice_set_ready(end, sender->lane.index);
        if (sluice_wake_receiver(end)) /* no edge: another one sleeps, so announce the next, too */
            sluice_cas(word, SLUICE_LANE_NOTIFY_OFF, SLUICE_LANE_NOTIFY_ONCE);
    } else {
        uint32_t receivers = end->pipe->receivers;
        uint64_t row = sluice_waiting_offset(end->pipe);
        sluice_full_fence(); /* A receiver that found the mode "always" relies on it. */
        sluice_set_ready(end, sender->lane.index);
        sender->woke = sluice_next_bit(end, row, receivers, 0) < receivers;
        if (sender->woke)
            sluice_wake_receiver(end);
        sender->unneeded = sender->woke ? 0 : sender->unneeded + 1;
    }
    return SLUICE_OK;
}

/* Announces a message, if a receiver requests it: one load in a stream. */
static inline int sluice_announce(struct sluice_sender *sender)
{
    sluice_half_fence();
    /* edge NOTIFY_ONCE: the receiver fences for both */
    if (SLUICE_LIKELY(sluice_load(sluice_notify_mode(&sender->lane)) == SLUICE_LANE_NOTIFY_OFF)) {
        sender->woke = false;
        return SLUICE_OK;
    }
    return sluice_announce_slowly(sender);
}

/* Writes the time of sending, which increases from each message to the next (2.5). */
static inline void sluice_write_timestamp(struct sluice_sender *sender)
{
    int64_t now = sluice_nanos();
    while (now <= sender->timestamp)
        now = sluice_nanos();
    sender->timestamp = now;
    int64_t at = sender->position + SLUICE_RECORD_HEADER_LENGTH;
    sluice_store(sluice_ring_word(sender->end.pipe, &sender->lane.ring, at), (uint64_t)now);
}

/* Publishes what was written where sluice_reserve said: it is sent, or offered. */
static inline void sluice_publish(struct sluice_sender *sender, uint32_t length)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    struct sluice_ring *ring = &sender->lane.ring;
    uint32_t total = length + sender->prefix;
    uint64_t word = sluice_record_word(sender->position, total);
    if (sender->kind == SLUICE_RING) {
        if (sender->prefix > 0)
            sluice_write_timestamp(sender);
        /* edge COMMIT: payload, and the word behind it, which is zero */
        sluice_store_release(sluice_ring_word(pipe, ring, sender->position), word);
        sender->position += sluice_record_length(total);
    } else if (sender->kind == SLUICE_SLOTS) {
        uint64_t q = sender->sequence++;
        sluice_store(sluice_slot(pipe, ring, q, SLUICE_SLOT_RECORD_REF_OFFSET), word);
        /* edge SPMC_COMMIT: payload and record reference */
        sluice_store_release(
            sluice_slot(pipe, ring, q, SLUICE_SLOT_WORD_OFFSET), sluice_slot_ready(q, 0));
        sender->position += sluice_slot_length(word);
    } else {
        sender->sequence = (sender->sequence + 1) & SLUICE_SLOT_SEQUENCE_MASK;
        sender->offered = true;
        sluice_store(sluice_offer(&sender->lane, SLUICE_OFFER_LENGTH_OFFSET), length);
        /* edge OFFER: payload and length */
        sluice_store_release(
            sluice_offer(&sender->lane, SLUICE_OFFER_WORD_OFFSET),
            sluice_slot_ready(sender->sequence, 0));
    }
}

/* Whether the last offer was received: SLUICE_AGAIN if it stands. */
static inline int sluice_poll_offer(struct sluice_sender *sender)
{
    /* edge RECEIVED: the next payload may be written */
    uint64_t word = sluice_load_acquire(sluice_offer(&sender->lane, SLUICE_OFFER_WORD_OFFSET));
    if (word == sluice_slot_done(sender->sequence)) {
        sender->offered = false;
        return SLUICE_OK;
    }
    if (word == sluice_slot_ready(sender->sequence, 0))
        return SLUICE_AGAIN;
    return sluice_bad_offer(&sender->end, &sender->lane, word, "the last offer, ready or done");
}

/* Spins or yields while an offer stands. */
static inline int sluice_spin_for_offer(struct sluice_sender *sender, int64_t nanos, bool yields)
{
    struct timespec none = {0, 0};
    int64_t start = sluice_nanos();
    int result = sluice_poll_offer(sender);
    while (result == SLUICE_AGAIN && sluice_nanos() - start < nanos) {
        for (int i = 0; i < 16 && result == SLUICE_AGAIN; i++) {
            if (yields)
                nanosleep(&none, NULL);
            else
                sluice_spin_wait();
            result = sluice_poll_offer(sender);
        }
    }
    return result;
}

/* Retracts an offer, and says why: the time limit, or that the receivers have left. */
static inline int sluice_give_up_offer(struct sluice_sender *sender)
{
    int result = sluice_retract(sender);
    return result == SLUICE_AGAIN ? sluice_no_room(sender) : result;
}

static inline bool sluice_receivers_fence(void *user)
{
    (void)user;
    return true; /* Each takes an offer by compare-and-set before it looks at the event. */
}

/* Waits until an offer is received, or takes it back. */
static inline int sluice_await_offer(struct sluice_sender *sender, uint32_t length, int64_t nanos)
{
    struct sluice_wait wait;
    int result = sluice_spin_for_offer(sender, SLUICE_HAND_OVER_SPIN_NANOS + length / 2, false);
    if (result == SLUICE_AGAIN && nanos == 0 && sender->woke)
        result = sluice_spin_for_offer(sender, SLUICE_HAND_OVER_YIELD_NANOS, true);
    if (result != SLUICE_AGAIN)
        return result;
    if (nanos == 0)
        return sluice_give_up_offer(sender);
    sluice_begin_wait(
        &wait, &sender->end, sluice_sender_event(&sender->lane), sluice_receivers_fence, NULL,
        nanos);
    while ((result = sluice_poll_offer(sender)) == SLUICE_AGAIN) {
        int left = sluice_no_room(sender);
        if (left != SLUICE_AGAIN || !sluice_pause(&wait)) {
            result = sluice_retract(sender);
            result = result == SLUICE_AGAIN ? left : result;
            break;
        }
    }
    sluice_end_wait(&wait);
    return result;
}

/* Publishes and announces a message; an offer only counts as sent once it was received. */
static inline int sluice_complete(struct sluice_sender *sender, uint32_t length, int64_t nanos)
{
    sluice_publish(sender, length);
    int result = sluice_announce(sender);
    if (SLUICE_LIKELY(sender->kind != SLUICE_OFFER) || result < 0)
        return result;
    result = sluice_await_offer(sender, length, nanos);
    if (result == SLUICE_OK) { /* For observers. */
        sender->received += length;
        sluice_store(
            sluice_control(&sender->lane, SLUICE_LANE_SENDER_POSITION_OFFSET), sender->received);
    }
    return result;
}

static inline int sluice_at_quota(struct sluice_sender *sender)
{
    const struct sluice_pipe *pipe = sender->end.pipe;
    return sluice_fail(
        sender->end.error, SLUICE_QUOTA,
        "%s is at its quota of %llu bytes of this sender; wait and try again, or make it with a"
        " larger quota, or another OverflowPolicy",
        pipe->path, (unsigned long long)(pipe->segments * sluice_ring_space(pipe)));
}

/* Waits for room (4). */
static inline int sluice_await_room(
    struct sluice_sender *sender, size_t length, unsigned char **payload, int64_t nanos)
{
    struct sluice_wait wait;
    int result;
    bool more;
    if (sluice_pipe_has(sender->end.pipe, SLUICE_FEATURE_FAIL))
        return sluice_at_quota(sender);
    sluice_begin_wait(
        &wait, &sender->end, sluice_sender_event(&sender->lane), NULL, NULL, nanos);
    do {
        more = sluice_pause(&wait);
        result = sluice_reserve(sender, length, payload);
    } while (result == SLUICE_AGAIN && more);
    sluice_end_wait(&wait);
    return result;
}

/*
 * Sends a message, and waits for room up to a time limit in nanoseconds: 0 does not wait,
 * SLUICE_NO_TIMEOUT waits for as long as it takes. In a rendezvous pipe it waits until a receiver
 * has taken the message. Returns SLUICE_OK; SLUICE_AGAIN if there was no room, and nothing was sent;
 * SLUICE_BROKEN if all receivers have left; or another error. Also SLUICE_CORRUPT if the message was
 * published and a receiver has given the lane up.
 */
static inline int sluice_send(
    struct sluice_sender *sender, const void *data, size_t length, int64_t nanos)
{
    unsigned char *payload = NULL;
    int result = sluice_reserve(sender, length, &payload);
    if (SLUICE_UNLIKELY(result < 0)) {
        if (result == SLUICE_AGAIN && nanos != 0)
            result = sluice_await_room(sender, length, &payload, nanos);
        if (result < 0)
            return result;
    }
    if (length > 0)
        memcpy(payload, data, length);
    return sluice_complete(sender, (uint32_t)length, nanos);
}

/* Sends a message if there is room now: sluice_send with a time limit of 0. */
static inline int sluice_try_send(struct sluice_sender *sender, const void *data, size_t length)
{
    return sluice_send(sender, data, length, 0);
}

/*
 * Claims room for a message, which is to be written in place. It is sent by sluice_commit; nothing
 * else can be sent before that, or sluice_abort. The results and the time limit are those of
 * sluice_send. The payload begins at *payload, at a multiple of 8 from the ring's beginning.
 */
static inline int sluice_claim(
    struct sluice_sender *sender, size_t length, void **payload, int64_t nanos)
{
    unsigned char *at = NULL;
    *payload = NULL;
    int result = sluice_reserve(sender, length, &at);
    if (result == SLUICE_AGAIN && nanos != 0)
        result = sluice_await_room(sender, length, &at, nanos);
    if (result < 0)
        return result;
    *payload = at;
    sender->claimed = (uint32_t)length;
    sender->saved_limit = sender->limit;
    sender->limit = SLUICE_NO_ROOM;
    return SLUICE_OK;
}

static inline int sluice_try_claim(struct sluice_sender *sender, size_t length, void **payload)
{
    return sluice_claim(sender, length, payload, 0);
}

/* Gives the claimed room back. */
static inline int sluice_abort(struct sluice_sender *sender)
{
    if (sender->limit != SLUICE_NO_ROOM || !sender->end.open)
        return sluice_fail(sender->end.error, SLUICE_MISUSE, "nothing is claimed");
    sender->limit = sender->saved_limit;
    if (sender->kind == SLUICE_RING)
        sluice_reset_cleared(sender); /* The caller may have written there. */
    return SLUICE_OK;
}

/*
 * Sends the claimed message; "length" is at most what was claimed. In a rendezvous pipe it waits up
 * to the time limit, which other pipes ignore; if no receiver takes the message, it is taken back.
 */
static inline int sluice_commit(struct sluice_sender *sender, size_t length, int64_t nanos)
{
    if (sender->limit != SLUICE_NO_ROOM || !sender->end.open)
        return sluice_fail(sender->end.error, SLUICE_MISUSE, "nothing is claimed");
    if (length > sender->claimed)
        return sluice_fail(
            sender->end.error, SLUICE_MISUSE, "actualLength=%zu is not in 0..%u, the claimed one",
            length, sender->claimed);
    bool shorter = length < sender->claimed && sender->kind == SLUICE_RING;
    int64_t end =
        sender->position + sluice_record_length((uint32_t)length + sender->prefix);
    sender->limit = sender->saved_limit;
    if (shorter) /* The caller may have written where the next record's word is. */
        sluice_store(
            sluice_ring_word(sender->end.pipe, &sender->lane.ring, end), SLUICE_RECORD_UNCOMMITTED);
    int result = sluice_complete(sender, (uint32_t)length, nanos);
    if (shorter)
        sluice_reset_cleared(sender);
    return result;
}

static inline struct sluice_sender *sluice_sender_of(struct sluice_end *end)
{
    return (struct sluice_sender *)(void *)((unsigned char *)end
                                            - offsetof(struct sluice_sender, end));
}

/* Makes and opens the lane of a place, and finds where to go on. */
static inline int sluice_prepare_sender(struct sluice_end *end, uint32_t who)
{
    struct sluice_sender *sender = sluice_sender_of(end);
    struct sluice_lane *lane = &sender->lane;
    int result = sluice_make_lane(end->pipe, who, end->error);
    if (result == SLUICE_OK)
        result = sluice_open_lane(end->pipe, who, lane, end->error);
    if (result < 0)
        return result;
    end->lanes = lane;
    end->first_lane = who;
    end->lane_count = 1;
    if (sluice_load(sluice_notify_mode(lane)) == SLUICE_LANE_NOTIFY_POISONED)
        result = sluice_bad_mode(sender);
    if (result == SLUICE_OK && sluice_pipe_grows(end->pipe))
        result = sluice_resume_segments(sender);
    if (result == SLUICE_OK)
        result = sluice_resume(sender);
    if (result < 0)
        sluice_close_lane(end->pipe, lane);
    return result;
}

/*
 * Attaches a sender to a pipe. Makes its lane if need be, and goes on where the last sender of the
 * lane stopped. Returns SLUICE_OK; SLUICE_TAKEN if the pipe has all its senders, after half a
 * second; or another error, with nothing to close.
 */
static inline int sluice_sender_open(
    struct sluice_sender *sender, const struct sluice_pipe *pipe)
{
    memset(sender, 0, sizeof *sender);
    sender->kind = pipe->kind;
    sender->lane.file = -1;
    sender->limit = SLUICE_NO_ROOM;
    if (pipe->kind == SLUICE_BROADCAST) {
        sender->end.locks = -1;
        return sluice_fail(
            sender->end.error, SLUICE_UNSUPPORTED,
            "%s is a broadcast: sluice.h receives from it, and Java sends", pipe->path);
    }
    uint32_t longest = sluice_max_message(pipe);
    sender->prefix = sluice_max_payload(pipe) - longest;
    int result = sluice_open_end(&sender->end, pipe, true);
    if (result == SLUICE_OK)
        result = sluice_attach(&sender->end, 0, sluice_prepare_sender);
    if (result < 0) {
        sluice_release_end(&sender->end);
        return result;
    }
    uint64_t *mode = sluice_notify_mode(&sender->lane);
    uint64_t known = sluice_load(mode);
    if (known != SLUICE_LANE_NOTIFY_POISONED) /* no edge: the first message is announced */
        sluice_cas(mode, known, SLUICE_LANE_NOTIFY_ONCE);
    sender->length_limit = longest + 1;
    return SLUICE_OK;
}

/* Leaves the pipe. A claimed message is aborted. If this was the last sender, the stream ends. */
static inline void sluice_sender_close(struct sluice_sender *sender)
{
    struct sluice_end *end = &sender->end;
    if (!end->open)
        return;
    if (sender->limit == SLUICE_NO_ROOM)
        sluice_abort(sender);
    if (sender->offered)
        sluice_retract(sender);
    if (sender->kind != SLUICE_OFFER)
        sluice_post_position(sender);
    uint64_t *mode = sluice_notify_mode(&sender->lane);
    uint64_t known = sluice_load(mode);
    if (known != SLUICE_LANE_NOTIFY_POISONED)
        /* edge NOTIFY_ALWAYS: no message follows, so no receiver need fence for this sender */
        sluice_cas(mode, known, SLUICE_LANE_NOTIFY_ALWAYS);
    sluice_leave(end);
    sluice_close_lane(end->pipe, &sender->lane);
    sluice_release_end(end);
    sender->limit = SLUICE_NO_ROOM;
    sender->length_limit = 0;
}

/* ---- Receive from a ring: 5.1 ---- */

/* Gives space back up to this receiver's position, and wakes the sender if it waits for that. */
static inline void sluice_publish_position(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    (void)receiver;
    lane->published = lane->position;
    /* edge RELEASE: the payload has been read */
    sluice_store_release(
        sluice_control(lane, SLUICE_LANE_RECEIVER_POSITION_OFFSET), (uint64_t)lane->position);
    uint64_t *event = sluice_control(lane, SLUICE_LANE_SENDER_EVENT_OFFSET);
    if (SLUICE_UNLIKELY(sluice_is_armed(event))) {
        uint64_t *wanted = sluice_control(lane, SLUICE_LANE_WAKEUP_POSITION_OFFSET);
        if (lane->position >= (int64_t)sluice_load(wanted))
            sluice_notify(event);
    }
}

/* Finds where the last receiver of a ring stopped, and what it may have received (1.5). */
static inline int sluice_restart_ring(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    /* no edge: what the last receiver wrote came by edge LOCK */
    uint64_t position =
        sluice_load_acquire(sluice_control(lane, SLUICE_LANE_RECEIVER_POSITION_OFFSET));
    uint64_t taken = sluice_load(sluice_control(lane, SLUICE_LANE_TAKEN_POSITION_OFFSET));
    if (!sluice_position_is_valid(end->pipe, position, (int64_t)position))
        return sluice_bad_position(end, lane, position, (int64_t)position);
    lane->position = (int64_t)position;
    lane->published = lane->position;
    lane->redeliver = lane->position;
    if ((int64_t)taken <= lane->position)
        return SLUICE_OK; /* Nothing is taken. */
    if (taken - position > end->pipe->capacity || taken % SLUICE_RECORD_ALIGNMENT != 0)
        return sluice_corrupt(
            end, lane, "the taken position is %lld; expected a multiple of 8, at most %lld",
            (long long)taken, (long long)(position + end->pipe->capacity));
    lane->redeliver = (int64_t)taken;
    if (sluice_pipe_has(end->pipe, SLUICE_FEATURE_AT_MOST_ONCE)) {
        lane->position = lane->redeliver;
        sluice_publish_position(receiver, lane); /* These records are not read again. */
    }
    return SLUICE_OK;
}

/* Counts another attempt at a record that was handed out before; returns how often it was. */
static inline unsigned sluice_count_attempt(struct sluice_lane *lane)
{
    uint64_t *attempts = sluice_control(lane, SLUICE_LANE_ATTEMPTS_OFFSET);
    uint64_t *position = sluice_control(lane, SLUICE_LANE_ATTEMPTS_POSITION_OFFSET);
    uint64_t known = sluice_load(position) == (uint64_t)lane->position ? sluice_load(attempts) : 1;
    if (known < 1 || known > SLUICE_SLOT_MAX_ATTEMPTS)
        known = known < 1 ? 1 : SLUICE_SLOT_MAX_ATTEMPTS;
    sluice_store(attempts, known < SLUICE_SLOT_MAX_ATTEMPTS ? known + 1 : known);
    sluice_half_fence(); /* Otherwise the old count could be read for this record. */
    sluice_store(position, (uint64_t)lane->position);
    return (unsigned)known;
}

static inline void sluice_hand_out(
    struct sluice_receiver *receiver, struct sluice_lane *lane, const unsigned char *data,
    size_t length, unsigned attempt)
{
    receiver->message.data = data;
    receiver->message.length = length;
    receiver->message.attempt = attempt;
    receiver->message.lane = lane->index;
}

/*
 * Leaves a ring that is sealed and received: goes on in the next one, and retires this (5.3).
 * SLUICE_AGAIN: this is the newest. Otherwise *word is what to look at.
 */
static inline int sluice_leave_ring(
    struct sluice_receiver *receiver, struct sluice_lane *lane, uint64_t *word)
{
    struct sluice_end *end = &receiver->end;
    uint64_t left = lane->generation;
    int64_t position = lane->position;
    uint64_t next;
    uint64_t retired;
    int result = sluice_load_segment(end, lane, left + 1, &next);
    if (result < 0 || sluice_segment_generation(next) < left + 1)
        return result < 0 ? result : SLUICE_AGAIN;
    /* edge COMMIT: sent before the next ring was linked */
    *word = sluice_load_acquire(sluice_ring_word(end->pipe, &lane->ring, position));
    if (*word != SLUICE_RECORD_UNCOMMITTED)
        return SLUICE_OK;
    if (!sluice_segment_is_live(next, left + 1))
        return sluice_corrupt(
            end, lane, "no segment in the list from generation %llu on",
            (unsigned long long)(left + 1));
    if (lane->position != lane->published)
        sluice_publish_position(receiver, lane);
    result = sluice_load_segment(end, lane, left, &retired);
    if (result == SLUICE_OK)
        result = sluice_use_segment(end, lane, next);
    if (result == SLUICE_OK)
        result = sluice_restart_ring(receiver, lane);
    if (result < 0)
        return result;
    if (lane->published != position)
        return sluice_corrupt(
            end, lane, "the ring of generation %llu begins at position %lld; expected %lld",
            (unsigned long long)(left + 1), (long long)lane->published, (long long)position);
    /* edge RETIRE: all payloads were read */
    if (sluice_segment_is_live(retired, left)
        && sluice_cas(
            sluice_table_word(end->pipe, lane, left), retired,
            sluice_segment_with(retired, SLUICE_SEGMENT_DONE)))
        sluice_notify(sluice_sender_event(lane));
    *word = sluice_load_acquire( /* edge COMMIT */
        sluice_ring_word(end->pipe, &lane->ring, lane->position));
    return SLUICE_OK;
}

/* Loads the word of the next record, in the next ring if there is none in this one. */
static inline int sluice_next_record(
    struct sluice_receiver *receiver, struct sluice_lane *lane, uint64_t *word)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    /* edge COMMIT: the payload, and the next word */
    *word = sluice_load_acquire(sluice_ring_word(pipe, &lane->ring, lane->position));
    for (uint32_t rings = 0; SLUICE_UNLIKELY(*word == SLUICE_RECORD_UNCOMMITTED); rings++) {
        if (!sluice_pipe_grows(pipe) || rings > pipe->segments)
            return SLUICE_AGAIN;
        int result = sluice_leave_ring(receiver, lane, word);
        if (result < 0)
            return result;
    }
    if (SLUICE_UNLIKELY(!sluice_record_is_valid(pipe, *word, lane->position)))
        return sluice_bad_record(&receiver->end, lane, *word, lane->position);
    return SLUICE_OK;
}

/* Hands out the next record: notes that it is taken, before it is used. */
static inline int sluice_take_record(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    uint64_t word;
    int result = sluice_next_record(receiver, lane, &word);
    if (result < 0)
        return result;
    uint32_t length = sluice_record_payload(word);
    uint32_t prefix = sluice_max_payload(pipe) - sluice_max_message(pipe);
    uint64_t offset =
        (uint64_t)(lane->position + SLUICE_RECORD_HEADER_LENGTH) & (pipe->capacity - 1);
    unsigned attempt = 0;
    lane->next = lane->position + sluice_record_length(length);
    if (SLUICE_UNLIKELY(lane->position < lane->redeliver))
        attempt = sluice_count_attempt(lane);
    if (SLUICE_LIKELY(lane->next > lane->redeliver)) /* Else a successor needs the word. */
        sluice_store(
            sluice_control(lane, SLUICE_LANE_TAKEN_POSITION_OFFSET), (uint64_t)lane->next);
    sluice_half_fence();
    if (length < prefix)
        return sluice_corrupt(
            &receiver->end, lane, "a message of %u bytes where each has at least 8", length);
    sluice_hand_out(
        receiver, lane, lane->ring.base + offset + prefix, length - prefix, attempt);
    return SLUICE_OK;
}

/* Receives the record that was handed out; returns its space once per quarter of the ring. */
static inline void sluice_advance_ring(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    bool redelivered = lane->position < lane->redeliver;
    lane->position = lane->next;
    if (redelivered || lane->position - lane->published >= receiver->end.pipe->capacity / 4)
        sluice_publish_position(receiver, lane);
}

/* ---- Receive from message slots: 5.2, 5.3 ---- */

/* Begins a look, or a series of them, at the hint or where this receiver was in its epoch. */
static inline void sluice_begin_scan(struct sluice_lane *lane)
{
    /* edge HINT: what was made ready before it */
    uint64_t hint = sluice_load_acquire(sluice_control(lane, SLUICE_LANE_HINT_OFFSET));
    bool same_epoch = ((hint ^ lane->scanned) >> SLUICE_HINT_EPOCH_SHIFT) == 0;
    bool further = sluice_ahead(lane->scanned, hint) > 0;
    lane->hint = hint;
    lane->start = (same_epoch && further ? lane->scanned : hint) & SLUICE_SLOT_SEQUENCE_MASK;
    lane->sequence = lane->start;
    lane->scanning = true;
}

/* Ends it: moves the hint on, unless another end has moved it. */
static inline void sluice_end_scan(struct sluice_lane *lane)
{
    if (lane->scanning && lane->sequence != lane->start) {
        lane->scanned = sluice_hint_with(lane->hint, lane->sequence);
        sluice_cas( /* no edge: the next receiver loads the message slots itself */
            sluice_control(lane, SLUICE_LANE_HINT_OFFSET), lane->hint, lane->scanned);
    }
    lane->scanning = false;
}

/*
 * Finds the next message that is ready, from "sequence" on. A message slot of a later lap leads to
 * less than two laps before the newest, so that many looks are enough if none is sent meanwhile.
 */
static inline int sluice_find_ready(
    struct sluice_end *end, struct sluice_lane *lane, uint64_t *word)
{
    const struct sluice_pipe *pipe = end->pipe;
    int64_t count = sluice_slot_count(pipe);
    uint64_t sent = lane->sequence - 1; /* A sequence that was certainly sent, from there on. */
    for (int64_t looks = 0; looks <= SLUICE_LAPS * count; looks++) {
        uint64_t q = lane->sequence;
        /* edge SPMC_COMMIT, edge REDELIVER: payload and record reference */
        *word =
            sluice_load_acquire(sluice_slot(pipe, &lane->ring, q, SLUICE_SLOT_WORD_OFFSET));
        int64_t ahead = sluice_ahead(sluice_slot_sequence(*word), q);
        uint32_t index = sluice_batch_index(*word);
        if (!sluice_slot_is_valid(pipe, *word, q))
            return sluice_bad_slot(
                end, lane, *word, q, "a done, ready or taken word whose sequence belongs there");
        if (ahead == 0 && sluice_slot_state(*word) == SLUICE_SLOT_READY)
            return SLUICE_OK;
        if (ahead < 0 && sluice_ahead(q, sent) > 0)
            return SLUICE_AGAIN;
        if (ahead < 0) {
            lane->sequence = lane->start; /* The hint must not follow a forged sequence. */
            return sluice_bad_slot(end, lane, *word, q, "it to be sent: a later one was");
        }
        uint64_t seen = q + (uint64_t)ahead - (index == 0 ? 0 : index + 1);
        if (sluice_ahead(seen, sent) > 0)
            sent = seen;
        lane->sequence = q + (uint64_t)sluice_max(1, ahead == 0 ? 1 : ahead - count + 1);
    }
    return SLUICE_AGAIN;
}

/* Takes a ready message: SLUICE_AGAIN if another receiver was faster, or the ring is gone. */
static inline int sluice_take_slot(
    struct sluice_receiver *receiver, struct sluice_lane *lane, const struct sluice_ring *ring,
    uint64_t generation, uint64_t q, uint64_t word)
{
    struct sluice_end *end = &receiver->end;
    const struct sluice_pipe *pipe = end->pipe;
    uint32_t owner = end->self - pipe->senders;
    /* Before the reference is loaded: a ring that is gone may be in use again. */
    if (!sluice_generation_is_live(end, lane, generation))
        return SLUICE_AGAIN;
    uint64_t reference = sluice_load(sluice_slot(pipe, ring, q, SLUICE_SLOT_RECORD_REF_OFFSET));
    uint64_t *slot = sluice_slot(pipe, ring, q, SLUICE_SLOT_WORD_OFFSET);
    if (!sluice_ref_is_valid(pipe, reference)) {
        sluice_load_fence();
        if (sluice_load_acquire(slot) != word) /* no edge: the reference was not this message's */
            return SLUICE_AGAIN;
        return sluice_corrupt(
            end, lane, "the record reference of sequence %llu is 0x%016llx",
            (unsigned long long)q, (unsigned long long)reference);
    }
    /* no edge: the load of the word has edge SPMC_COMMIT */
    if (!sluice_cas(slot, word, sluice_slot_taken(word, owner)))
        return SLUICE_AGAIN;
    uint64_t offset = (uint64_t)sluice_ref_position(reference) & (pipe->capacity - 1);
    lane->taken = q;
    lane->in_older = ring == &lane->older;
    sluice_hand_out(
        receiver, lane, ring->base + offset, sluice_record_payload(reference),
        sluice_slot_attempts(word));
    return SLUICE_OK;
}

/* Looks at the ring in use. A scan that began earlier is followed by one from the hint. */
static inline int sluice_look_in_slots(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    bool earlier = lane->scanning;
    uint32_t count = sluice_slot_count(end->pipe);
    int result = SLUICE_AGAIN;
    if (!lane->scanning)
        sluice_begin_scan(lane);
    for (uint32_t lost = 0; lost < count;) {
        uint64_t word;
        result = sluice_find_ready(end, lane, &word);
        if (result == SLUICE_OK) {
            uint64_t q = lane->sequence;
            result = sluice_take_slot(receiver, lane, &lane->ring, lane->generation, q, word);
            if (result == SLUICE_OK) {
                lane->sequence = q + 1;
                return result;
            }
            lost++;
        } else if (result == SLUICE_AGAIN && earlier) {
            sluice_end_scan(lane);
            sluice_begin_scan(lane);
            earlier = false;
        } else {
            break;
        }
        if (result < SLUICE_AGAIN)
            break;
    }
    sluice_end_scan(lane);
    bool gone = result < SLUICE_AGAIN && !sluice_generation_is_live(end, lane, lane->generation);
    return gone ? SLUICE_AGAIN : result; /* A ring that is gone may hold anything. */
}

/* Retires a ring that is sealed, if all of it was received, and wakes the sender. */
static inline bool sluice_retire(
    struct sluice_end *end, struct sluice_lane *lane, const struct sluice_ring *ring,
    uint64_t generation)
{
    uint64_t word;
    if (!sluice_is_received(end->pipe, ring))
        return false;
    /* edge RETIRE: all payloads were read */
    if (sluice_load_segment(end, lane, generation, &word) == SLUICE_OK
        && sluice_segment_is_live(word, generation)
        && sluice_cas(
            sluice_table_word(end->pipe, lane, generation), word,
            sluice_segment_with(word, SLUICE_SEGMENT_DONE)))
        sluice_notify(sluice_sender_event(lane));
    return true;
}

/* Finds the lowest sequence that is ready in a ring, wherever its hint is. */
static inline bool sluice_lowest_ready(
    const struct sluice_pipe *pipe, const struct sluice_ring *ring, uint64_t *word)
{
    bool any = false;
    for (uint32_t i = 0; i < sluice_slot_count(pipe); i++) {
        /* edge SPMC_COMMIT, edge REDELIVER: payload and record reference */
        uint64_t found = sluice_load_acquire(sluice_slot(pipe, ring, i, SLUICE_SLOT_WORD_OFFSET));
        if (sluice_slot_state(found) == SLUICE_SLOT_READY && sluice_slot_is_valid(pipe, found, i)
            && (!any
                || sluice_ahead(sluice_slot_sequence(found), sluice_slot_sequence(*word)) < 0)) {
            *word = found;
            any = true;
        }
    }
    return any;
}

/* Maps an older ring, unless it is mapped. */
static inline int sluice_map_older(
    struct sluice_end *end, struct sluice_lane *lane, uint64_t word)
{
    uint64_t generation = sluice_segment_generation(word);
    if (lane->older.base != NULL && lane->older_generation == generation)
        return SLUICE_OK;
    sluice_unmap_ring(end->pipe, &lane->older);
    lane->older_generation = generation;
    return sluice_map_ring(
        end->pipe, lane->file, sluice_slot_offset(end->pipe, sluice_segment_slot(word)),
        lane->index, &lane->older, end->error);
}

/* Looks in older rings for what other receivers had taken before they died. */
static inline int sluice_look_in_older(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    uint64_t first = sluice_first_segment(end->pipe, lane->generation);
    lane->oldest = lane->oldest > first ? lane->oldest : first;
    for (uint64_t g = lane->oldest; g < lane->generation; g++) {
        uint64_t word;
        uint64_t ready = 0;
        int result = sluice_load_segment(end, lane, g, &word);
        if (result < 0)
            return result;
        bool live = sluice_segment_is_live(word, g);
        if (live && (result = sluice_map_older(end, lane, word)) < 0) {
            if (result == SLUICE_SYSTEM || sluice_generation_is_live(end, lane, g))
                return result;
            live = false;
        }
        if (!live || sluice_retire(end, lane, &lane->older, g)) {
            lane->oldest += g == lane->oldest;
            continue;
        }
        if (!sluice_lowest_ready(end->pipe, &lane->older, &ready))
            continue;
        result = sluice_take_slot(
            receiver, lane, &lane->older, g, sluice_slot_sequence(ready), ready);
        if (result != SLUICE_AGAIN)
            return result;
    }
    return SLUICE_AGAIN;
}

/* Goes on in the next ring that is in the list; the newest always is. */
static inline int sluice_follow_segments(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    uint64_t entries = sluice_table_entries(end->pipe);
    uint64_t left = lane->generation;
    uint64_t next = left + 1;
    sluice_retire(end, lane, &lane->ring, left);
    for (uint64_t tries = 0; tries < 4 * entries; tries++) {
        uint64_t word;
        int result = sluice_load_segment(end, lane, next, &word);
        if (result < 0)
            return result;
        if (sluice_segment_generation(word) < next)
            break;
        if (sluice_segment_is_live(word, next)) {
            result = sluice_use_segment(end, lane, word);
            if (result == SLUICE_OK) {
                /* edge HINT: no message slot was loaded before it */
                lane->scanned =
                    sluice_load_acquire(sluice_control(lane, SLUICE_LANE_HINT_OFFSET));
                return result;
            }
            if (result == SLUICE_SYSTEM || sluice_generation_is_live(end, lane, next))
                return result;
        }
        uint64_t first = sluice_first_segment(end->pipe, sluice_segment_generation(word));
        next = first > next + 1 ? first : next + 1;
    }
    return sluice_corrupt(
        end, lane, "no segment in the list from generation %llu on",
        (unsigned long long)(left + 1));
}

/* Takes the next message of a lane with message slots. */
static inline int sluice_take_message(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    if (!sluice_pipe_grows(end->pipe))
        return sluice_look_in_slots(receiver, lane);
    for (uint64_t turns = 0; turns < sluice_table_entries(end->pipe); turns++) {
        uint64_t next; /* Loaded before the look: nothing is sent in a ring after it is sealed. */
        int result = sluice_load_segment(end, lane, lane->generation + 1, &next);
        if (result < 0)
            return result;
        bool sealed = sluice_segment_generation(next) >= lane->generation + 1;
        result = sluice_look_in_slots(receiver, lane);
        if (result != SLUICE_AGAIN)
            return result;
        if (!sealed)
            return sluice_look_in_older(receiver, lane);
        result = sluice_follow_segments(receiver, lane);
        if (result < 0)
            return result;
    }
    return SLUICE_AGAIN;
}

/* Receives the message that was taken. No other end changes its slot while this one lives. */
static inline void sluice_advance_slots(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    struct sluice_ring *ring = lane->in_older ? &lane->older : &lane->ring;
    /* edge SPMC_RELEASE: the payload has been read */
    sluice_store_release(
        sluice_slot(pipe, ring, lane->taken, SLUICE_SLOT_WORD_OFFSET),
        sluice_slot_done(lane->taken));
    if (!sluice_pipe_grows(pipe)) /* Else only a retired ring makes room. */
        sluice_notify(sluice_sender_event(lane));
}

/* Makes the message in hand ready again, as the death of this receiver would. */
static inline void sluice_put_back(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    struct sluice_ring *ring = lane->in_older ? &lane->older : &lane->ring;
    sluice_recover_slots(end->pipe, ring, end->self - end->pipe->senders);
    sluice_recover_hint(end->pipe, ring);
    sluice_set_ready(end, lane->index);
}

/* ---- Receive from a rendezvous: 5.4 ---- */

static inline int sluice_no_buffer(
    struct sluice_receiver *receiver, const struct sluice_lane *lane, size_t length)
{
    (void)lane;
    return sluice_fail(
        receiver->end.error, SLUICE_TOO_LONG,
        "a message of %zu bytes does not fit into %zu: it stays in the pipe", length,
        receiver->buffer_length);
}

/* Copies the message that is offered, and then takes the offer. */
static inline int sluice_take_offer(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    uint64_t *offer = sluice_offer(lane, SLUICE_OFFER_WORD_OFFSET);
    uint64_t word = sluice_load_acquire(offer); /* edge OFFER: payload and length */
    uint64_t sequence = sluice_slot_sequence(word);
    if (word == sluice_slot_done(sequence))
        return SLUICE_AGAIN;
    if (word != sluice_slot_ready(sequence, 0))
        return sluice_bad_offer(end, lane, word, "a word that is ready or done");
    uint64_t length = sluice_load(sluice_offer(lane, SLUICE_OFFER_LENGTH_OFFSET));
    if (length > sluice_max_payload(end->pipe))
        return sluice_corrupt(
            end, lane, "an offer of %lld bytes; expected 0..%u", (long long)length,
            sluice_max_payload(end->pipe));
    if (length > receiver->buffer_length) {
        sluice_load_fence();
        /* no edge: the length was that of this offer */
        return sluice_load_acquire(offer) == word
            ? sluice_no_buffer(receiver, lane, (size_t)length)
            : SLUICE_AGAIN;
    }
    if (length > 0)
        memcpy(receiver->buffer, lane->ring.base + SLUICE_OFFER_PAYLOAD_OFFSET, (size_t)length);
    if (!sluice_cas(offer, word, sluice_slot_done(sequence))) /* edge RECEIVED: it was read */
        return SLUICE_AGAIN; /* Another receiver took it, or it was retracted. */
    sluice_full_fence();
    sluice_notify(sluice_sender_event(lane));
    sluice_hand_out(receiver, lane, receiver->buffer, (size_t)length, 0);
    return SLUICE_OK;
}

/* ---- Receive from a broadcast: 1.6, 5.7 ---- */

/* Whether what was read at a position was not overwritten before. */
static inline bool sluice_is_intact(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, int64_t position)
{
    sluice_load_fence(); /* What was read before is not read later. */
    /* edge INTENT */
    uint64_t intent = sluice_load_acquire(sluice_control(lane, SLUICE_BROADCAST_INTENT_OFFSET));
    return sluice_difference((uint64_t)position + pipe->capacity, intent) >= 0;
}

/* A place in a lane: a position, and how many messages came before it, modulo 2^48. */
struct sluice_place {
    int64_t position;
    uint64_t messages;
};

/* Reads the boundary of a block, counted over all laps, if it is of that lap. */
static inline bool sluice_load_boundary(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, int64_t block,
    struct sluice_place *place)
{
    uint32_t blocks = sluice_block_count(pipe);
    uint64_t index = (uint64_t)block & (blocks - 1);
    /* edge BOUNDARY: what it counts is published */
    uint64_t word = sluice_load_acquire(
        sluice_control(lane, pipe->page + index * SLUICE_BROADCAST_BOUNDARY_LENGTH));
    uint64_t lap = (uint64_t)block / blocks << 55 & SLUICE_BROADCAST_LAP_MASK;
    if ((word & (SLUICE_BROADCAST_RECORDED_FLAG | SLUICE_BROADCAST_LAP_MASK))
        != (SLUICE_BROADCAST_RECORDED_FLAG | lap))
        return false;
    place->position = block * SLUICE_BROADCAST_BLOCK_LENGTH
        + (int64_t)((word & SLUICE_BROADCAST_OFFSET_MASK) >> 48) * SLUICE_RECORD_ALIGNMENT;
    place->messages = word & SLUICE_BROADCAST_MESSAGES_MASK;
    return true;
}

/* A position that the sender has reached; what no sender writes counts as 0. */
static inline int64_t sluice_sent(const struct sluice_lane *lane)
{
    /* edge POSTED: the boundary there, or before, is noted */
    uint64_t sent =
        sluice_load_acquire(sluice_control(lane, SLUICE_LANE_SENDER_POSITION_OFFSET));
    return sent < (uint64_t)SLUICE_MAX_POSITION ? (int64_t)sent : 0;
}

static inline bool sluice_newest_boundary(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, struct sluice_place *place)
{
    int64_t sent = sluice_sent(lane);
    int64_t newest = sent / SLUICE_BROADCAST_BLOCK_LENGTH;
    int64_t blocks = sluice_block_count(pipe);
    if (sluice_load_boundary(pipe, lane, newest + blocks, place))
        return true; /* The sender has not posted that position yet, or died before it did. */
    for (int64_t block = newest; block >= 0 && block > newest - blocks; block--)
        if (sluice_load_boundary(pipe, lane, block, place))
            return true;
    place->position = 0;
    place->messages = 0;
    return sent == 0; /* No sender has been here yet. */
}

/* Finds the oldest boundary that the sender does not overwrite within a margin. */
static inline bool sluice_oldest_boundary(
    const struct sluice_pipe *pipe, const struct sluice_lane *lane, int64_t margin,
    struct sluice_place *place)
{
    /* edge INTENT */
    uint64_t intent = sluice_load_acquire(sluice_control(lane, SLUICE_BROADCAST_INTENT_OFFSET));
    if (intent >= (uint64_t)SLUICE_MAX_POSITION)
        intent = 0; /* No sender wrote it: the check that follows fails. */
    int64_t from = sluice_max(0, (int64_t)intent - pipe->capacity + margin);
    int64_t newest = sluice_sent(lane) / SLUICE_BROADCAST_BLOCK_LENGTH;
    int64_t block = sluice_max(
        from / SLUICE_BROADCAST_BLOCK_LENGTH, newest - sluice_block_count(pipe) + 1);
    for (; block <= newest; block++)
        if (sluice_load_boundary(pipe, lane, block, place) && place->position >= from)
            return true;
    return sluice_newest_boundary(pipe, lane, place);
}

/* Stores this receiver's gate, and fences: the sender sees it, or this end sees the intent. */
static inline void sluice_store_gate(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    uint64_t *gate = sluice_gate(lane, receiver->end.self - receiver->end.pipe->senders);
    /* edge GATE: what is before it may be overwritten */
    sluice_store_release(gate, (uint64_t)lane->position | SLUICE_BROADCAST_GATED_FLAG);
    lane->published = lane->position;
}

static inline void sluice_go_to(
    struct sluice_receiver *receiver, struct sluice_lane *lane, const struct sluice_place *place)
{
    lane->position = place->position;
    lane->messages = place->messages;
    if (lane->gated) {
        sluice_store_gate(receiver, lane);
        sluice_full_fence();
    }
}

/* Follows the records up to the newest. SLUICE_AGAIN: the sender was faster. */
static inline int sluice_follow_records(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    for (;;) {
        /* edge COMMIT */
        uint64_t word =
            sluice_load_acquire(sluice_ring_word(pipe, &lane->ring, lane->position));
        if (!sluice_is_intact(pipe, lane, lane->position))
            return SLUICE_AGAIN;
        if (word == SLUICE_RECORD_UNCOMMITTED)
            return SLUICE_OK;
        if (!sluice_record_is_valid(pipe, word, lane->position))
            return sluice_bad_record(&receiver->end, lane, word, lane->position);
        lane->position += sluice_record_length(sluice_record_payload(word));
        lane->messages++;
    }
}

/* Tries to join a lane: at its beginning, at its oldest message, or behind its newest. */
static inline int sluice_try_join(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    struct sluice_place place = {0, 0};
    int result = SLUICE_OK;
    bool beginning = receiver->joined && sluice_is_intact(pipe, lane, 0);
    bool oldest = receiver->joined || receiver->oldest;
    if (!beginning
        && !(oldest ? sluice_oldest_boundary(pipe, lane, 0, &place)
                    : sluice_newest_boundary(pipe, lane, &place)))
        return SLUICE_AGAIN;
    sluice_go_to(receiver, lane, &place);
    if (!sluice_is_intact(pipe, lane, lane->position))
        return SLUICE_AGAIN;
    if (!beginning && !oldest)
        result = sluice_follow_records(receiver, lane);
    if (result < 0 || !lane->gated)
        return result;
    sluice_store_gate(receiver, lane); /* Again: the sender may have demoted the first one. */
    sluice_full_fence();
    return sluice_is_intact(pipe, lane, lane->position) ? SLUICE_OK : SLUICE_AGAIN;
}

/* Joins a lane (1.6). A gate stays between the attempts, so two or three are enough. */
static inline int sluice_join(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    int result = SLUICE_AGAIN;
    lane->gated = !receiver->lossy;
    for (int tries = 0; tries < 1000 && result == SLUICE_AGAIN; tries++)
        result = sluice_try_join(receiver, lane);
    if (result == SLUICE_AGAIN)
        result = sluice_corrupt(&receiver->end, lane, "no boundary of a record after the intent");
    if (result < 0)
        /* no edge: this receiver has read nothing */
        sluice_store_release(
            sluice_gate(lane, receiver->end.self - receiver->end.pipe->senders), 0);
    if (result == SLUICE_OK && receiver->joined) { /* A new lane: what it has lost counts. */
        receiver->lost += lane->messages;
        receiver->lost_bytes += (uint64_t)lane->position;
    }
    return result;
}

/* Whether a receiver of this lane copies messages, since the sender may overwrite them. */
static inline bool sluice_copies(
    const struct sluice_receiver *receiver, const struct sluice_lane *lane)
{
    return !lane->gated || sluice_pipe_has(receiver->end.pipe, SLUICE_FEATURE_DEMOTE);
}

/* Goes on after a lap, and counts what was lost. */
static inline int sluice_skip_lap(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    struct sluice_place place;
    if (!sluice_oldest_boundary(pipe, lane, pipe->capacity / 4, &place))
        return SLUICE_OK; /* The sender moved on meanwhile. */
    if (place.position <= lane->position)
        return !sluice_is_intact(pipe, lane, place.position)
            ? SLUICE_OK
            : sluice_corrupt(
                &receiver->end, lane,
                "the position %lld was overwritten, and the boundary %lld was not",
                (long long)lane->position, (long long)place.position);
    receiver->lost += (place.messages - lane->messages) & SLUICE_BROADCAST_MESSAGES_MASK;
    receiver->lost_bytes += (uint64_t)(place.position - lane->position);
    lane->position = place.position;
    lane->messages = place.messages;
    return SLUICE_OK;
}

/* Copies the next message, and uses the copy only if nothing was overwritten meanwhile. */
static inline int sluice_copy_message(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    int result = SLUICE_OK;
    for (int laps = 0; laps < 16 && result == SLUICE_OK; laps++) {
        int64_t position = lane->position;
        /* edge COMMIT: the payload */
        uint64_t word = sluice_load_acquire(sluice_ring_word(pipe, &lane->ring, position));
        uint32_t length = sluice_record_payload(word);
        uint64_t offset =
            (uint64_t)(position + SLUICE_RECORD_HEADER_LENGTH) & (pipe->capacity - 1);
        bool valid = word != SLUICE_RECORD_UNCOMMITTED
            && sluice_record_is_valid(pipe, word, position);
        if (valid && length > 0 && length <= receiver->buffer_length)
            memcpy(receiver->buffer, lane->ring.base + offset, length);
        if (!sluice_is_intact(pipe, lane, position)) {
            result = sluice_skip_lap(receiver, lane);
            continue;
        }
        if (word == SLUICE_RECORD_UNCOMMITTED)
            return SLUICE_AGAIN;
        if (!valid)
            return sluice_bad_record(&receiver->end, lane, word, position);
        if (length > receiver->buffer_length)
            return sluice_no_buffer(receiver, lane, length);
        lane->next = position + sluice_record_length(length);
        sluice_hand_out(receiver, lane, receiver->buffer, length, 0);
        return SLUICE_OK;
    }
    return result < 0 ? result : SLUICE_AGAIN; /* The sender is faster: the next call goes on. */
}

/* Hands out the next message of a broadcast, in place if the sender cannot overwrite it. */
static inline int sluice_take_broadcast(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    if (sluice_copies(receiver, lane))
        return sluice_copy_message(receiver, lane);
    /* edge COMMIT: the payload */
    uint64_t word = sluice_load_acquire(sluice_ring_word(pipe, &lane->ring, lane->position));
    if (word == SLUICE_RECORD_UNCOMMITTED)
        return SLUICE_AGAIN;
    if (!sluice_record_is_valid(pipe, word, lane->position))
        return sluice_bad_record(&receiver->end, lane, word, lane->position);
    uint32_t length = sluice_record_payload(word);
    uint64_t offset =
        (uint64_t)(lane->position + SLUICE_RECORD_HEADER_LENGTH) & (pipe->capacity - 1);
    lane->next = lane->position + sluice_record_length(length);
    sluice_hand_out(receiver, lane, lane->ring.base + offset, length, 0);
    return SLUICE_OK;
}

/* Moves the gate to this receiver's position, unless a sender has demoted it. */
static inline void sluice_publish_gate(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    uint64_t *gate = sluice_gate(lane, receiver->end.self - receiver->end.pipe->senders);
    uint64_t before = (uint64_t)lane->published | SLUICE_BROADCAST_GATED_FLAG;
    uint64_t after = (uint64_t)lane->position | SLUICE_BROADCAST_GATED_FLAG;
    if (!lane->gated)
        return;
    lane->published = lane->position;
    if (!sluice_pipe_has(receiver->end.pipe, SLUICE_FEATURE_DEMOTE)) {
        sluice_store_release(gate, after); /* edge GATE: the payload has been read */
    } else if (!sluice_cas(gate, before, after)) { /* edge GATE: the payload has been read */
        lane->gated = false;
        return;
    }
    uint64_t *event = sluice_sender_event(lane);
    uint64_t *wanted = sluice_control(lane, SLUICE_LANE_WAKEUP_POSITION_OFFSET);
    if (sluice_is_armed(event) && lane->position >= (int64_t)sluice_load(wanted))
        sluice_notify(event);
}

static inline void sluice_advance_broadcast(
    struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    lane->position = lane->next;
    lane->messages++;
    if (lane->position - lane->published >= receiver->end.pipe->capacity / 4)
        sluice_publish_gate(receiver, lane);
}

/* ---- Receive: many lanes, 5.5, 5.6 ---- */

/* Gives back what was received in a lane. */
static inline void sluice_give_back(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    if (!lane->open)
        return;
    if (receiver->end.pipe->kind == SLUICE_SLOTS)
        sluice_end_scan(lane);
    else if (lane->position == lane->published)
        return;
    else if (receiver->end.pipe->kind == SLUICE_RING)
        sluice_publish_position(receiver, lane);
    else
        sluice_publish_gate(receiver, lane);
}

static inline void sluice_end_turn(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    lane->in_turn = 0;
    sluice_give_back(receiver, lane);
}

/* Gives a corrupt lane up; in a pipe of one lane, each call reports the error. */
static inline int sluice_give_up(
    struct sluice_receiver *receiver, struct sluice_lane *lane, int result)
{
    if (!sluice_is_of_place(result) || receiver->end.pipe->senders == 1)
        return result;
    lane->poisoned = true;
    if (lane->open) /* A lane that could not be opened may be a foreign file. */
        sluice_store(sluice_notify_mode(lane), SLUICE_LANE_NOTIFY_POISONED);
    return result;
}

static inline int sluice_hand_out_next(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    switch (receiver->end.pipe->kind) {
    case SLUICE_RING:
        return sluice_take_record(receiver, lane);
    case SLUICE_SLOTS:
        return sluice_take_message(receiver, lane);
    case SLUICE_OFFER:
        return sluice_take_offer(receiver, lane);
    default:
        return sluice_take_broadcast(receiver, lane);
    }
}

/* Hands out the next message of one lane. */
static inline int sluice_try_lane(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    int result = sluice_hand_out_next(receiver, lane);
    if (SLUICE_LIKELY(result == SLUICE_OK)) {
        lane->in_turn++;
        receiver->burst++;
        return result;
    }
    sluice_end_turn(receiver, lane);
    return result == SLUICE_AGAIN ? result : sluice_give_up(receiver, lane, result);
}

/* Finds the place to begin at in the list of rings of a lane that grows. */
static inline int sluice_start_segments(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    struct sluice_end *end = &receiver->end;
    uint64_t newest;
    int result = sluice_newest_segment(end, lane, &newest);
    if (result < 0)
        return result;
    for (uint64_t g = sluice_first_segment(end->pipe, newest); g <= newest; g++) {
        uint64_t word;
        result = sluice_load_segment(end, lane, g, &word);
        if (result == SLUICE_OK && sluice_segment_is_live(word, g)) {
            lane->oldest = g;
            result = sluice_use_segment(end, lane, word);
            if (result == SLUICE_OK || sluice_generation_is_live(end, lane, g))
                return result;
        } else if (result < 0) {
            return result;
        }
    }
    return sluice_corrupt(
        end, lane, "no segment in the list from generation %llu on", (unsigned long long)newest);
}

/* Finds where to go on in a lane that was just opened (1.5). */
static inline int sluice_start_lane(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    int result = SLUICE_OK;
    if (sluice_pipe_grows(receiver->end.pipe))
        result = sluice_start_segments(receiver, lane);
    if (result < 0)
        return result;
    if (receiver->end.pipe->kind == SLUICE_RING)
        return sluice_restart_ring(receiver, lane);
    if (receiver->end.pipe->kind == SLUICE_BROADCAST)
        return sluice_join(receiver, lane);
    if (receiver->end.pipe->kind == SLUICE_SLOTS)
        /* edge HINT: no message slot was loaded before it */
        lane->scanned = sluice_load_acquire(sluice_control(lane, SLUICE_LANE_HINT_OFFSET));
    return SLUICE_OK;
}

static inline int sluice_open_one(struct sluice_receiver *receiver, uint32_t index)
{
    struct sluice_lane *lane = &receiver->lanes[index];
    int result = sluice_open_lane(receiver->end.pipe, index, lane, receiver->end.error);
    if (result == SLUICE_OK)
        result = sluice_start_lane(receiver, lane);
    if (result < 0) {
        result = sluice_give_up(receiver, lane, result);
        sluice_close_lane(receiver->end.pipe, lane);
        return result;
    }
    if (receiver->open_to <= index)
        receiver->open_to = index + 1;
    return result;
}

/* Opens the lanes that exist: each is there once its sender's state is not "vacant". */
static inline int sluice_open_lanes(struct sluice_receiver *receiver)
{
    struct sluice_end *end = &receiver->end;
    const uint64_t *epoch = sluice_meta_word(end, SLUICE_META_EPOCH_OFFSET);
    if (SLUICE_LIKELY(sluice_load(epoch) == receiver->lanes_epoch))
        return SLUICE_OK;
    uint64_t known = sluice_load_acquire(epoch); /* edge EPOCH: the senders of that epoch */
    for (uint32_t i = 0; i < end->pipe->senders; i++) {
        struct sluice_lane *lane = &receiver->lanes[i];
        if (lane->open || lane->poisoned || sluice_state(end, i) == SLUICE_PARTICIPANT_VACANT)
            continue;
        int result = sluice_open_one(receiver, i);
        if (result < 0)
            return result; /* The next call goes on: the epoch is not known yet. */
    }
    receiver->lanes_epoch = known;
    return SLUICE_OK;
}

static inline bool sluice_is_usable(const struct sluice_lane *lane)
{
    return lane->open && !lane->poisoned;
}

/* Looks at each lane, from the one after the current on: all take turns. */
static inline int sluice_visit_in_turn(struct sluice_receiver *receiver)
{
    uint32_t lanes = receiver->open_to;
    for (uint32_t i = 0; i < lanes; i++) {
        receiver->current = receiver->current + 1 < lanes ? receiver->current + 1 : 0;
        struct sluice_lane *lane = &receiver->lanes[receiver->current];
        if (!sluice_is_usable(lane))
            continue;
        int result = sluice_try_lane(receiver, lane);
        if (result != SLUICE_AGAIN)
            return result;
    }
    return SLUICE_AGAIN;
}

/* Reads the timestamp of a lane's next message, if there is one. */
static inline int sluice_read_timestamp(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    const struct sluice_pipe *pipe = receiver->end.pipe;
    uint64_t word;
    lane->timestamp = INT64_MIN;
    int result = sluice_next_record(receiver, lane, &word);
    if (result < 0) {
        if (result == SLUICE_AGAIN)
            sluice_end_turn(receiver, lane);
        return result;
    }
    int64_t at = lane->position + SLUICE_RECORD_HEADER_LENGTH;
    if (sluice_record_payload(word) >= SLUICE_TIMESTAMP_TIMESTAMP_LENGTH)
        lane->timestamp = (int64_t)sluice_load(sluice_ring_word(pipe, &lane->ring, at));
    return lane->timestamp != INT64_MIN
        ? SLUICE_OK
        : sluice_corrupt(
            &receiver->end, lane, "a message without a timestamp, or with the one for none");
}

/*
 * Hands out the message with the smallest timestamp (5.5). Lanes that were empty are looked at once
 * more after one was chosen, until none of them has an earlier message.
 */
static inline int sluice_visit_in_order(struct sluice_receiver *receiver)
{
    struct sluice_lane *chosen = NULL;
    bool again = true;
    for (uint32_t i = 0; i < receiver->open_to; i++)
        receiver->lanes[i].timestamp = INT64_MIN;
    while (again) {
        again = false;
        for (uint32_t i = 0; i < receiver->open_to; i++) {
            struct sluice_lane *lane = &receiver->lanes[i];
            if (!sluice_is_usable(lane) || lane->timestamp != INT64_MIN)
                continue;
            int result = sluice_read_timestamp(receiver, lane);
            if (result < SLUICE_AGAIN)
                return sluice_give_up(receiver, lane, result);
            if (result == SLUICE_OK
                && (chosen == NULL || lane->timestamp < chosen->timestamp)) {
                chosen = lane;
                again = true;
            }
        }
    }
    if (chosen == NULL)
        return SLUICE_AGAIN;
    receiver->current = chosen->index;
    return sluice_try_lane(receiver, chosen);
}

static inline int sluice_visit(struct sluice_receiver *receiver)
{
    int result = sluice_open_lanes(receiver);
    if (result < 0)
        return result;
    return sluice_pipe_has(receiver->end.pipe, SLUICE_FEATURE_ARRIVAL_ORDER)
        ? sluice_visit_in_order(receiver)
        : sluice_visit_in_turn(receiver);
}

/*
 * After a burst of messages that was drained, spins while the sender gets ahead: a receiver right
 * behind it makes each message a transfer of the line that is being written. Returns whether to
 * look again.
 */
static inline bool sluice_back_off(struct sluice_receiver *receiver)
{
    uint32_t burst = receiver->burst;
    receiver->burst = 0;
    if (burst > 0)
        receiver->end.idle_calls = 0;
    if (burst < 2) {
        receiver->back_off = 0;
        return false;
    }
    receiver->back_off = receiver->back_off < 8 ? 8 : receiver->back_off;
    for (uint32_t i = 0; i < receiver->back_off; i++)
        sluice_spin_wait();
    receiver->back_off = receiver->back_off < 64 ? 2 * receiver->back_off : 64;
    return true;
}

/* What to do if nothing was found: looks for deaths, and for the end of the stream (7.1). */
static inline int sluice_nothing(struct sluice_receiver *receiver)
{
    struct sluice_end *end = &receiver->end;
    if (sluice_on_idle(end))
        receiver->lanes_epoch--; /* A sender may have been stopped before it changed the epoch. */
    if (SLUICE_LIKELY(!sluice_peers_left(end)))
        return SLUICE_AGAIN;
    if (sluice_uses_slots(end->pipe) && receiver->end_epoch != end->epoch) {
        sluice_probe_some(end, sluice_participants(end->pipe)); /* What dead receivers had. */
        if (!sluice_peers_left(end))
            return SLUICE_AGAIN;
        receiver->end_epoch = end->epoch;
    }
    int result = sluice_visit(receiver); /* Once more: all that was sent is visible now. */
    return result == SLUICE_AGAIN ? SLUICE_END : result;
}

static inline int sluice_find_slowly(struct sluice_receiver *receiver)
{
    int result = sluice_visit(receiver);
    if (result == SLUICE_AGAIN && sluice_back_off(receiver))
        result = sluice_visit(receiver);
    return result == SLUICE_AGAIN ? sluice_nothing(receiver) : result;
}

static inline int sluice_find(struct sluice_receiver *receiver)
{
    struct sluice_lane *lane = &receiver->lanes[receiver->current];
    bool ordered = sluice_pipe_has(receiver->end.pipe, SLUICE_FEATURE_ARRIVAL_ORDER);
    if (SLUICE_LIKELY(sluice_is_usable(lane) && lane->in_turn < SLUICE_TURN_QUANTUM && !ordered)) {
        int result = sluice_try_lane(receiver, lane);
        if (SLUICE_LIKELY(result != SLUICE_AGAIN))
            return result;
    } else if (lane->in_turn >= SLUICE_TURN_QUANTUM) {
        sluice_end_turn(receiver, lane);
    }
    return sluice_find_slowly(receiver);
}

static inline int sluice_closed(struct sluice_receiver *receiver)
{
    return sluice_fail(receiver->end.error, SLUICE_MISUSE, "this end is closed");
}

/*
 * Hands out the next message, without a wait: in place, unless the pipe needs copies. The same one
 * again until sluice_advance. Returns SLUICE_OK; with *message all zero, SLUICE_AGAIN if there is none now; SLUICE_END if
 * all senders have left, and nothing is left; SLUICE_CORRUPT, of a pipe of many senders once for
 * each lane, after which the others go on; or another error.
 */
static inline int sluice_peek(struct sluice_receiver *receiver, struct sluice_message *message)
{
    if (SLUICE_LIKELY(!receiver->held)) {
        int result = SLUICE_LIKELY(receiver->end.open) ? sluice_find(receiver)
                                                       : sluice_closed(receiver);
        if (result < 0) {
            memset(message, 0, sizeof *message);
            return result;
        }
        receiver->held = true;
    }
    *message = receiver->message;
    return SLUICE_OK;
}

/* Receives the message that was handed out: its memory belongs to the sender again. */
static inline void sluice_advance(struct sluice_receiver *receiver)
{
    if (!receiver->held)
        return;
    struct sluice_lane *lane = &receiver->lanes[receiver->message.lane];
    receiver->held = false;
    switch (receiver->end.pipe->kind) {
    case SLUICE_RING:
        sluice_advance_ring(receiver, lane);
        break;
    case SLUICE_SLOTS:
        sluice_advance_slots(receiver, lane);
        break;
    case SLUICE_BROADCAST:
        sluice_advance_broadcast(receiver, lane);
        break;
    default:
        break; /* An offer was received when it was taken. */
    }
}

/*
 * Gives the space of all that was received back to the senders. sluice_advance does this once per
 * quarter of a ring, and a call that finds no more messages: a receiver that does something else
 * before it has found none calls this first.
 */
static inline void sluice_release(struct sluice_receiver *receiver)
{
    if (receiver->end.open) /* The turn goes on: other lanes would not get theirs. */
        sluice_give_back(receiver, &receiver->lanes[receiver->current]);
}

/* Called for each message of sluice_poll. The message is received when it returns. */
typedef void sluice_handler(void *context, const struct sluice_message *message);

/*
 * Passes available messages to a handler, up to a limit. Returns their number, 0 if there is none;
 * or what sluice_peek returns, if it is neither and no message was passed.
 */
static inline int sluice_poll(
    struct sluice_receiver *receiver, sluice_handler *handler, void *context, int limit)
{
    struct sluice_message message;
    int result = SLUICE_AGAIN;
    int count = 0;
    while (count < limit && (result = sluice_peek(receiver, &message)) == SLUICE_OK) {
        handler(context, &message);
        sluice_advance(receiver);
        count++;
    }
    sluice_release(receiver);
    return count > 0 || result == SLUICE_AGAIN ? count : result;
}

/* Requests an announcement of a lane's next message; returns whether its sender fences already. */
static inline bool sluice_request_notify(const struct sluice_lane *lane)
{
    uint64_t *word = sluice_notify_mode(lane);
    sluice_full_fence(); /* The receiver's bit is set before the mode is read. */
    /* edge NOTIFY_ALWAYS: all that was sent before */
    uint64_t mode = sluice_load_acquire(word);
    if (mode == SLUICE_LANE_NOTIFY_OFF)
        sluice_cas(word, mode, SLUICE_LANE_NOTIFY_ONCE); /* edge NOTIFY_ONCE */
    return mode == SLUICE_LANE_NOTIFY_ALWAYS;
}

/* Makes this receiver visible to the senders, before it sleeps (6, steps 2 to 4). */
static inline bool sluice_before_sleep(void *user)
{
    struct sluice_receiver *receiver = (struct sluice_receiver *)user;
    struct sluice_end *end = &receiver->end;
    bool fence = true;
    sluice_full_fence(); /* The event is armed before the bit is seen: it may be set already. */
    sluice_change_bit(end, sluice_waiting_offset(end->pipe), end->self - end->pipe->senders, true);
    receiver->lanes_epoch--;
    sluice_open_lanes(receiver); /* An error comes again with the look that follows. */
    for (uint32_t i = 0; i < receiver->open_to; i++)
        if (sluice_is_usable(&receiver->lanes[i]))
            fence = sluice_request_notify(&receiver->lanes[i]) && fence;
    return fence;
}

/* Whether a lane that receivers share has a message for another one. */
static inline bool sluice_has_message(struct sluice_receiver *receiver, struct sluice_lane *lane)
{
    uint64_t word;
    if (!sluice_is_usable(lane))
        return false;
    if (receiver->end.pipe->kind == SLUICE_OFFER) {
        /* edge OFFER */
        word = sluice_load_acquire(sluice_offer(lane, SLUICE_OFFER_WORD_OFFSET));
        return sluice_slot_state(word) == SLUICE_SLOT_READY;
    }
    bool sealed = sluice_pipe_grows(receiver->end.pipe)
        && sluice_load_segment(&receiver->end, lane, lane->generation + 1, &word) == SLUICE_OK
        && sluice_segment_generation(word) > lane->generation;
    if (sealed)
        return true;
    sluice_end_scan(lane);
    sluice_begin_scan(lane);
    bool found = sluice_find_ready(&receiver->end, lane, &word) == SLUICE_OK;
    sluice_end_scan(lane);
    return found;
}

/* Passes a wake-up on to another receiver, if there is a message for it (6, step 9). */
static inline void sluice_pass_wakeup(struct sluice_receiver *receiver)
{
    bool found = false;
    for (uint32_t i = 0; i < receiver->open_to; i++) {
        if (sluice_has_message(receiver, &receiver->lanes[i])) {
            sluice_set_ready(&receiver->end, i);
            found = true;
        }
    }
    if (found)
        sluice_wake_receiver(&receiver->end);
}

static inline int sluice_await_message(
    struct sluice_receiver *receiver, struct sluice_message *message, int64_t nanos)
{
    struct sluice_end *end = &receiver->end;
    const struct sluice_pipe *pipe = end->pipe;
    uint32_t self = end->self - pipe->senders;
    struct sluice_wait wait;
    int result;
    bool more;
    sluice_begin_wait(
        &wait, end, sluice_receiver_event(end, self), sluice_before_sleep, receiver, nanos);
    do {
        more = sluice_pause(&wait);
        result = sluice_peek(receiver, message);
    } while (result == SLUICE_AGAIN && more);
    if (!wait.armed)
        return result;
    sluice_end_wait(&wait);
    bool chosen = !sluice_change_bit(end, sluice_waiting_offset(pipe), self, false);
    if (chosen && pipe->receivers > 1 && pipe->kind != SLUICE_BROADCAST)
        sluice_pass_wakeup(receiver);
    return result;
}

/*
 * Hands out the next message as sluice_peek does, and waits for one up to a time limit in
 * nanoseconds; SLUICE_NO_TIMEOUT waits for as long as it takes. Spins, then sleeps.
 */
static inline int sluice_receive(
    struct sluice_receiver *receiver, struct sluice_message *message, int64_t nanos)
{
    int result = sluice_peek(receiver, message);
    if (SLUICE_LIKELY(result != SLUICE_AGAIN) || nanos == 0)
        return result;
    return sluice_await_message(receiver, message, nanos);
}

static inline void sluice_close_lanes(struct sluice_receiver *receiver)
{
    struct sluice_end *end = &receiver->end;
    for (uint32_t i = 0; i < end->pipe->senders; i++) {
        struct sluice_lane *lane = &receiver->lanes[i];
        if (!lane->open)
            continue;
        if (end->pipe->kind == SLUICE_BROADCAST && end->self != UINT32_MAX)
            /* no edge: its reads are complete */
            sluice_store_release(sluice_gate(lane, end->self - end->pipe->senders), 0);
        sluice_full_fence();
        sluice_notify(sluice_sender_event(lane));
        sluice_close_lane(end->pipe, lane);
    }
}

static inline int sluice_prepare_receiver(struct sluice_end *end, uint32_t who)
{
    struct sluice_receiver *receiver =
        (struct sluice_receiver *)(void *)((unsigned char *)end
                                           - offsetof(struct sluice_receiver, end));
    if (end->pipe->kind != SLUICE_BROADCAST)
        return SLUICE_OK;
    end->self = who; /* Joining writes this place's gates. */
    int result = sluice_open_lanes(receiver);
    if (result < 0)
        sluice_close_lanes(receiver); /* The next place has gates of its own. */
    end->self = UINT32_MAX;
    return result;
}

/*
 * Leaves the pipe. A message that was handed out and not advanced over comes again, marked, as
 * after a death. If this was the last receiver, senders see that the pipe is broken.
 */
static inline void sluice_receiver_close(struct sluice_receiver *receiver)
{
    struct sluice_end *end = &receiver->end;
    if (!end->open)
        return;
    sluice_release(receiver);
    if (receiver->held && end->pipe->kind == SLUICE_SLOTS)
        sluice_put_back(receiver, &receiver->lanes[receiver->message.lane]);
    receiver->held = false;
    sluice_leave(end);
    if (sluice_side_has_left(end, false)) /* Senders wait for room in lanes that are not open, too. */
        for (uint32_t i = 0; i < end->pipe->senders; i++)
            if (!receiver->lanes[i].open && sluice_is_attached(end, i))
                sluice_on_lane(end, i, sluice_wake_sender_of, i);
    sluice_close_lanes(receiver);
    sluice_release_end(end);
}

/* Checks what the caller provides. */
static inline int sluice_check_options(
    struct sluice_receiver *receiver, const struct sluice_pipe *pipe,
    const struct sluice_options *options)
{
    bool broadcast = pipe->kind == SLUICE_BROADCAST;
    bool copies = pipe->kind == SLUICE_OFFER
        || (broadcast && (options->lossy || sluice_pipe_has(pipe, SLUICE_FEATURE_DEMOTE)));
    if (options->lane_count < pipe->senders)
        return sluice_fail(
            receiver->end.error, SLUICE_MISUSE,
            "%zu lanes for a receiver of %s, which was made for %u senders: it needs as many",
            options->lane_count, pipe->path, pipe->senders);
    if (copies && options->buffer == NULL)
        return sluice_fail(
            receiver->end.error, SLUICE_MISUSE,
            "no buffer for a receiver of %s: it copies messages, of up to %u bytes", pipe->path,
            sluice_max_message(pipe));
    if (!broadcast && (options->lossy || options->oldest))
        return sluice_fail(
            receiver->end.error, SLUICE_MISUSE,
            "%s is not a broadcast: its receivers are not lossy, and begin with the first message"
            " that was not received",
            pipe->path);
    return SLUICE_OK;
}

static inline int sluice_attach_receiver(struct sluice_receiver *receiver)
{
    struct sluice_end *end = &receiver->end;
    const struct sluice_pipe *pipe = end->pipe;
    bool gated = pipe->kind == SLUICE_BROADCAST && !receiver->lossy;
    int result = sluice_open_end(end, pipe, false);
    if (result < 0)
        return result;
    receiver->lanes_epoch = sluice_load(sluice_meta_word(end, SLUICE_META_EPOCH_OFFSET)) - 1;
    receiver->end_epoch = receiver->lanes_epoch;
    end->lanes = receiver->lanes;
    end->lane_count = pipe->senders;
    result = sluice_attach(end, gated ? SLUICE_META_GATED : 0, sluice_prepare_receiver);
    if (result < 0)
        return result;
    receiver->joined = true;
    receiver->lanes_epoch--;
    if (pipe->kind == SLUICE_BROADCAST)
        result = sluice_open_lanes(receiver); /* Of senders that attached meanwhile. */
    else if (pipe->senders == 1)
        result = sluice_open_one(receiver, 0);
    if (sluice_is_of_place(result) || (result < 0 && pipe->senders == 1))
        sluice_leave(end);
    else
        result = SLUICE_OK; /* The next call reports what the system refused. */
    return result;
}

/*
 * Attaches a receiver to a pipe, with memory of the caller that it uses until it is closed. Returns
 * SLUICE_OK; SLUICE_TAKEN if the pipe has all its receivers, after half a second; or another error,
 * with nothing to close.
 */
static inline int sluice_receiver_open(
    struct sluice_receiver *receiver, const struct sluice_pipe *pipe,
    const struct sluice_options *options)
{
    memset(receiver, 0, sizeof *receiver);
    receiver->end.pipe = pipe;
    receiver->end.locks = -1;
    receiver->lanes = options->lanes;
    receiver->buffer = (unsigned char *)options->buffer;
    receiver->buffer_length = options->buffer_length;
    receiver->lossy = options->lossy;
    receiver->oldest = options->oldest;
    int result = sluice_check_options(receiver, pipe, options);
    if (result < 0)
        return result;
    for (uint32_t i = 0; i < pipe->senders; i++) {
        memset(&receiver->lanes[i], 0, sizeof receiver->lanes[i]);
        receiver->lanes[i].file = -1;
        receiver->lanes[i].index = i;
    }
    result = sluice_attach_receiver(receiver);
    if (result < 0) {
        sluice_close_lanes(receiver);
        sluice_release_end(&receiver->end);
    }
    return result;
}

/* ---- Presence: 7 ---- */

/* The ends of one side of a pipe. */
enum sluice_presence {
    SLUICE_NONE_YET, /* no end has attached yet */
    SLUICE_PRESENT,
    SLUICE_GONE /* ends were attached, and all have left or died */
};

/* Asks for the ends of the other side; also the kernel, whether they live. Of a closed end: GONE. */
static inline enum sluice_presence sluice_peers(struct sluice_end *end)
{
    if (!end->open)
        return SLUICE_GONE;
    uint32_t first = end->sends ? end->pipe->senders : 0;
    uint32_t last = end->sends ? sluice_participants(end->pipe) : end->pipe->senders;
    enum sluice_presence presence = SLUICE_NONE_YET;
    for (uint32_t who = first; who < last; who++) {
        if (sluice_is_attached(end, who) && sluice_is_locked(end, who))
            return SLUICE_PRESENT;
        if (sluice_state(end, who) != SLUICE_PARTICIPANT_VACANT)
            presence = SLUICE_GONE;
    }
    return presence;
}

#ifdef __cplusplus
}
#endif

#endif
