package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of messages that are not acknowledged, and the order in which records are released. */
class UnacknowledgedMessagesTest {
    private final List<Long> released = new ArrayList<>();

    @Test
    void asManyAreKeptAsItHasRoomFor() {
        UnacknowledgedMessages messages = new UnacknowledgedMessages(3);
        assertEquals(3, messages.room(3));
        assertEquals(3, messages.room(5));
        assertEquals(-1, messages.room(-1));
        long[] tags = new long[3];
        for (int i = 0; i < 3; i++) {
            tags[i] = messages.add(released::add, i);
        }
        assertThrows(IllegalStateException.class, () -> messages.room(1));
        assertThrows(IllegalStateException.class, () -> messages.add(released::add, 3));
        assertEquals(0, messages.room(0));
        messages.acknowledge(tags[1]);
        assertEquals(1, messages.room(2));
        messages.add(released::add, 3);
        assertEquals(3, messages.count());
        assertEquals(List.of(1L), released);
    }

    @Test
    void aTagIsOfOneMessageHoweverOftenItsEntryIsUsed() {
        UnacknowledgedMessages messages = new UnacknowledgedMessages();
        Set<Long> used = new HashSet<>();
        List<Long> tags = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long tag = messages.add(released::add, i);
            assertTrue(tag > 0 && used.add(tag), "used before");
            tags.add(tag);
            if (tags.size() > random.nextInt(200)) {
                long old = tags.remove(random.nextInt(tags.size()));
                messages.acknowledge(old);
                assertThrows(IllegalStateException.class, () -> messages.acknowledge(old));
            }
        }
        assertEquals(tags.size(), messages.count());
        assertEquals(10_000, released.size() + tags.size());
        assertEquals(released.size(), new HashSet<>(released).size());
        assertFalse(messages.isEmpty());
        assertTrue(messages.close(), "some were not acknowledged");
        assertTrue(messages.isEmpty());
        assertThrows(IllegalStateException.class, () -> messages.acknowledge(tags.get(0)));
        assertEquals(10_000, released.size() + tags.size());
    }

    @Test
    void recordsAreReleasedInOrderWhateverTheOrderOfAcknowledgements() {
        KeptRecords records = new KeptRecords(released::add);
        Random random = new Random(2);
        List<Acknowledgeable> kept = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        Set<Long> open = new HashSet<>();
        long least = 0;
        for (long end = 1; end <= 5_000; end++) {
            kept.add(records.add(end));
            ends.add(end);
            open.add(end);
            while (kept.size() > random.nextInt(40)) {
                int index = random.nextInt(kept.size());
                kept.remove(index).acknowledge(0);
                open.remove(ends.remove(index));
                long oldest = open.stream().min(Long::compare).orElse(end + 1);
                if (oldest > least + 1) {
                    least = oldest - 1;
                    assertEquals(least, released.get(released.size() - 1));
                }
                assertEquals(open.isEmpty(), records.isEmpty());
            }
        }
        for (int i = 1; i < released.size(); i++) {
            assertTrue(released.get(i) > released.get(i - 1), "not in order");
        }
    }
}
