package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.PLACE_OFFSET;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.lane.Lanes.Lane;
import io.sluice.lane.Lanes.Received;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A lane with many receivers, in which a peer may have written any word. */
@Timeout(60)
class SharedLaneCorruptionTest {
    private static final int CAPACITY = 4096;
    private static final int CLAIMS = 64;
    private static final int SENT = 10;
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};

    /** Ten messages, the first with the given sequence. */
    private static SharedLaneSender sendTen(Lane lane, long sequence) {
        lane.fromSequence(sequence, 800);
        SharedLaneSender sender = lane.sharedSender();
        for (int i = 0; i < SENT; i++) {
            assertTrue(sender.tryWrite(new byte[16], 0, 16));
        }
        return sender;
    }

    /** Returns words that are invalid for the sixth message, sequence 1005. */
    private static long[] wrongWords() {
        long ready = ClaimWordDescriptor.ready(1005, 0);
        return new long[] {
            ClaimWordDescriptor.ready(1006, 0), // Of another claim.
            ClaimWordDescriptor.done(1004),
            ready | 3L << ClaimWordDescriptor.STATE_SHIFT, // In an undefined state.
            ready | 1, // Ready, with an owner.
            ClaimWordDescriptor.done(1005) | 1, // Done, with an owner.
            ClaimWordDescriptor.done(1005) | 1L << ClaimWordDescriptor.ATTEMPTS_SHIFT,
            ClaimWordDescriptor.ready(1005 + CLAIMS, 0), // A lap ahead of its neighbours.
            ClaimWordDescriptor.done(1005 + (1L << 40)),
            -1,
        };
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverRefusesAWordThatNoEndWrites(Lanes lanes) {
        for (long wrong : wrongWords()) {
            Lane lane = lanes.make(CAPACITY);
            sendTen(lane, 1000);
            lane.claims().setLong(1005 * STRIDE, wrong);
            SharedLaneReceiver receiver = lane.sharedReceiver(1);
            assertThrows(ChannelCorruptedException.class, receiver::verify);
            assertEquals(5, receiver.poll(IGNORE, 5), "what comes before it is good");
            for (int i = 0; i < 3; i++) { // The error is permanent.
                String what = Long.toHexString(wrong);
                assertThrows(
                        ChannelCorruptedException.class, () -> receiver.poll(IGNORE, 10), what);
                assertThrows(ChannelCorruptedException.class, receiver::verify, what);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderRefusesAWordThatNoReceiverWrites(Lanes lanes) {
        long[] wrongWords = wrongWords();
        for (int i = -2; i < wrongWords.length; i++) {
            long earlier = 1005 - CLAIMS;
            long wrong = i < 0 ? i == -1 ? 0 : ClaimWordDescriptor.done(earlier) : wrongWords[i];
            Lane lane = lanes.make(CAPACITY);
            SharedLaneSender sender = sendTen(lane, 1000);
            SharedLaneReceiver receiver = lane.sharedReceiver(1);
            assertEquals(5, receiver.poll(IGNORE, 5));
            lane.claims().setLong(1005 * STRIDE, wrong);
            assertThrows(ChannelCorruptedException.class, sender::verify);
            assertThrows(ChannelCorruptedException.class, () -> sender.tryWrite(big(), 0, 4000));
            assertThrows(ChannelCorruptedException.class, lane::sharedSender);
        }
    }

    private static byte[] big() {
        return new byte[4000];
    }

    @ParameterizedTest
    @EnumSource
    void aPlaceThatNoSenderWritesIsRefused(Lanes lanes) {
        long position = 800 + 5 * 16;
        for (long wrong :
                new long[] {
                    0,
                    RecordDescriptor.word(position, 16) & ~RecordDescriptor.COMMITTED_FLAG,
                    RecordDescriptor.word(position, CAPACITY),
                    RecordDescriptor.word(position, 16) | 1L << 30,
                    -1,
                }) {
            Lane lane = lanes.make(CAPACITY);
            sendTen(lane, 1000);
            lane.claims().setLong(1005 * STRIDE + PLACE_OFFSET, wrong);
            SharedLaneReceiver receiver = lane.sharedReceiver(1);
            assertThrows(ChannelCorruptedException.class, () -> receiver.poll(IGNORE, 10));
            assertEquals(5, receiver.position());
            assertEquals(0, SharedLaneRecovery.takenBy(lane.claims(), 1), "it is not taken");
            assertThrows(ChannelCorruptedException.class, lane::sharedSender);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {800 + 4 * 16, 800 + 5 * 16 - 8, 800 + 5 * 16 + 8, 0, 1L << 34})
    void aSenderRefusesRecordsThatDoNotLieEndToEnd(long position) {
        Lane lane = Lanes.HEAP.make(CAPACITY);
        sendTen(lane, 1000);
        lane.claims().setLong(1005 * STRIDE + PLACE_OFFSET, RecordDescriptor.word(position, 16));
        assertThrows(ChannelCorruptedException.class, lane::sharedSender);
    }

    @Test
    void aSenderRefusesRecordsThatAreMoreThanTheRing() {
        Lane lane = Lanes.HEAP.make(CAPACITY);
        sendTen(lane, 1000);
        long position = 800;
        for (int i = 0; i < SENT; i++, position += 416) {
            lane.claims()
                    .setLong(
                            (1000 + i) * STRIDE + PLACE_OFFSET,
                            RecordDescriptor.word(position, 416));
        }
        assertThrows(ChannelCorruptedException.class, lane::sharedSender);
    }

    /** For any bit and any value, the message is received, at the latest after a check. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1000, (1L << 43) - 3, ClaimWordDescriptor.SEQUENCE_MASK - 3})
    void aHintThatWasSpoiledHeals(long sequence) {
        Random random = new Random(sequence);
        for (int i = 0; i < 300; i++) {
            Lane lane = Lanes.HEAP.make(CAPACITY);
            SharedLaneSender sender = sendTen(lane, sequence);
            SharedLaneReceiver receiver = lane.sharedReceiver(1);
            int before = i % (SENT + 1);
            assertEquals(before, receiver.poll(IGNORE, before));
            long hint = lane.control().getLong(LaneDescriptor.HINT_OFFSET);
            long spoiled = i < 128 ? hint ^ 1L << i % 64 : random.nextLong();
            lane.control().setLong(LaneDescriptor.HINT_OFFSET, spoiled);
            int received = 0;
            for (SharedLaneReceiver end : new SharedLaneReceiver[] {receiver, other(lane)}) {
                for (int n = 0; n < 3; n++) {
                    received += end.poll(IGNORE, 100);
                    end.verify();
                }
            }
            assertEquals(SENT - before, received, () -> "hint 0x" + Long.toHexString(spoiled));
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            assertEquals(1, receiver.poll(IGNORE, 100), "and what is sent later");
        }
    }

    private static SharedLaneReceiver other(Lane lane) {
        return lane.sharedReceiver(2);
    }

    @Test
    void aHintThatIsRightIsLeftAlone() {
        Lane lane = Lanes.HEAP.make(CAPACITY);
        lane.sharedReceiver(1).verify();
        sendTen(lane, 1000);
        for (int i = 0; i <= SENT; i++) {
            long hint = lane.control().getLong(LaneDescriptor.HINT_OFFSET);
            lane.sharedReceiver(1).verify();
            assertEquals(hint, lane.control().getLong(LaneDescriptor.HINT_OFFSET));
            lane.sharedReceiver(1).poll(IGNORE, 1);
        }
    }

    /** With any words anywhere, a call returns or reports corruption in bounded time. */
    @Test
    void whateverAPeerWritesEveryCallReturnsOrThrowsAsItSays() {
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 10_000; round++) {
            Lane lane = Lanes.HEAP.make(CAPACITY);
            SharedLaneSender sender = sendTen(lane, 1 + random.nextInt(2000));
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                scribble(lane, random);
            }
            refused += refused(() -> sender.tryWrite(new byte[4000], 0, 4000));
            refused += refused(sender::verify);
            refused += refused(lane::sharedSender);
            refused += refused(() -> pollBounded(lane, 5));
            refused += refused(() -> lane.sharedReceiver(2).hasNext());
            refused += refused(() -> lane.sharedReceiver(2).verify());
            SharedLaneRecovery.recover(lane.control(), lane.claims(), 3, true);
            refused += refused(() -> lane.sharedReceiver(2).poll(new Received().handler, 1000));
        }
        assertTrue(refused > 5_000, "only " + refused + " refusals");
    }

    private static void scribble(Lane lane, Random random) {
        long offset = random.nextInt(CLAIMS) * (long) STRIDE;
        long word = lane.claims().getLong(offset);
        switch (random.nextInt(5)) {
            case 0 -> lane.claims().setLong(offset, random.nextLong());
            case 1 -> lane.claims().setLong(offset, word ^ 1L << random.nextInt(64));
            case 2 ->
                    lane.claims().setLong(offset, word + ((long) random.nextInt() * CLAIMS << 20));
            case 3 -> lane.claims().setLong(offset + PLACE_OFFSET, random.nextLong());
            default -> lane.control().setLong(LaneDescriptor.HINT_OFFSET, random.nextLong());
        }
    }

    /**
     * Polls with at most twice the count plus the limit of words, and three accesses per message.
     */
    private static void pollBounded(Lane lane, int limit) {
        Fate fate = new Fate();
        Mortal claims = new Mortal(lane.claims(), fate);
        SharedLaneReceiver receiver =
                new SharedLaneReceiver(lane.control(), claims, lane.ring(), 1);
        fate.dieAfter(2 * CLAIMS + limit + 3 * limit);
        receiver.poll(IGNORE, limit);
    }

    private static int refused(Runnable call) {
        try {
            call.run();
            return 0;
        } catch (ChannelCorruptedException e) {
            assertFalse(e.getMessage().isBlank());
            return 1;
        } catch (Death e) {
            throw new AssertionError("too many accesses", e);
        }
    }
}
