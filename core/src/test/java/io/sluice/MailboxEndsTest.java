package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Capacity, and the counts and limits of open ends. */
class MailboxEndsTest {
    @Test
    void aPolicyThatItCannotHaveIsRefusedByName() {
        for (OverflowPolicy policy : OverflowPolicy.values()) {
            for (MailboxSpec spec :
                    new MailboxSpec[] {
                        MailboxSpec.bounded(1).receivers(Ends.MANY),
                        MailboxSpec.bounded(2).receivers(Ends.MANY),
                        MailboxSpec.unbounded().receivers(Ends.MANY),
                        MailboxSpec.rendezvous().receivers(Ends.MANY)
                    }) {
                boolean bounded = spec.capacity() == 1 || spec.capacity() == 2;
                boolean possible =
                        policy == OverflowPolicy.BLOCK
                                || bounded
                                        && policy != OverflowPolicy.FAIL
                                        && (policy != OverflowPolicy.CONFLATE
                                                || spec.capacity() == 1);
                if (possible) {
                    assertEquals(policy, spec.overflow(policy).overflow());
                } else {
                    String message =
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> spec.overflow(policy))
                                    .getMessage();
                    assertTrue(message.contains("overflow=" + policy), message);
                    assertTrue(message.contains("BLOCK"), message);
                }
            }
        }
    }

    static List<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void holdsExactlyWhatWasAskedFor(Setup setup) {
        for (int asked : new int[] {1, 2, 3, 4, 5, 64, 65, 1000}) {
            Mailbox<Integer> mailbox = setup.mailbox(asked);
            assertEquals(asked, mailbox.capacity(), mailbox.toString());
            assertEquals(asked, Setup.fill(setup.sender(mailbox)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, (1 << 30) + 1})
    void refusesACapacityOutsideOfItsRange(int capacity) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> MailboxSpec.bounded(capacity).receivers(Ends.MANY));
        assertEquals("capacity=" + capacity + " is not in 1..1073741824", e.getMessage());
    }

    @Test
    void aSpecificationIsNotChangedByItsMethods() {
        MailboxSpec spec = MailboxSpec.bounded(1 << 30).receivers(Ends.MANY);
        MailboxSpec other = spec.senders(Ends.ONE).receivers(Ends.ONE);
        assertEquals("[1073741824, MANY, MANY]", parts(spec));
        assertEquals("[1073741824, ONE, ONE]", parts(other));
        assertThrows(NullPointerException.class, () -> spec.senders(null));
        assertThrows(NullPointerException.class, () -> spec.receivers(null));
    }

    private static String parts(MailboxSpec spec) {
        return List.of(spec.capacity(), spec.senders(), spec.receivers()).toString();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void refusesASecondEndWhereOneWasPromisedAndNamesTheRemedy(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        setup.sender(mailbox);
        setup.receiver(mailbox);
        if (setup.senders() == Ends.ONE) {
            Exception e = assertThrows(IllegalStateException.class, () -> setup.sender(mailbox));
            assertTrue(e.getMessage().contains("senders(Ends.MANY)"), e.getMessage());
        } else {
            setup.sender(mailbox);
        }
        if (setup.receivers() == Ends.ONE) {
            Exception e = assertThrows(IllegalStateException.class, () -> setup.receiver(mailbox));
            assertTrue(e.getMessage().contains("receivers(Ends.MANY)"), e.getMessage());
        } else {
            setup.receiver(mailbox);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theEndOfTheStreamIsForGood(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        setup.sender(mailbox).close();
        assertThrows(IllegalStateException.class, () -> setup.sender(mailbox));
        assertTrue(setup.receiver(mailbox).isEndOfStream());
        assertTrue(mailbox.toString().contains("senders=gone"), mailbox.toString());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aBreakIsForGood(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        setup.receiver(mailbox).close();
        assertThrows(IllegalStateException.class, () -> setup.receiver(mailbox));
        Sender<Integer> late = setup.sender(mailbox);
        assertEquals(
                "the last receiver of this mailbox has closed, and it is broken for good; create"
                        + " another mailbox",
                assertThrows(BrokenChannelException.class, () -> late.trySend(1)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheLastEndOfASideCounts(boolean parks) {
        Setup setup = new Setup(Ends.MANY, Ends.MANY, parks);
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> first = setup.sender(mailbox);
        Sender<Integer> second = setup.sender(mailbox);
        Receiver<Integer> third = setup.receiver(mailbox);
        Receiver<Integer> fourth = setup.receiver(mailbox);
        first.close();
        first.close();
        third.close();
        third.close();
        assertTrue(second.trySend(1));
        assertEquals(1, fourth.tryReceive());
        assertFalse(fourth.isEndOfStream());
        second.close();
        assertTrue(fourth.isEndOfStream());
    }
}
