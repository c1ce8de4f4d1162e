package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;

/** A select on a single thread. */
class SelectTest {
    private final Mailbox<Integer> numbers =
            Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Mailbox<String> words =
            Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Sender<Integer> numberSender = numbers.sender();
    private final Receiver<Integer> numberReceiver = numbers.receiver();
    private final Sender<String> wordSender = words.sender();
    private final Receiver<String> wordReceiver = words.receiver();
    private final List<Object> got = new ArrayList<>();

    private Select bothReceived() {
        return Select.builder()
                .receive(numberReceiver, got::add)
                .receive(wordReceiver, got::add)
                .build();
    }

    @Test
    void theClauseThatCanWinDoesAndIsNamed() throws InterruptedException {
        Select select = bothReceived();
        wordSender.send("a");
        assertEquals(1, select.select());
        numberSender.send(1);
        assertEquals(0, select.select(Duration.ZERO));
        wordSender.send("b");
        assertEquals(1, select.trySelect());
        assertEquals(List.of("a", 1, "b"), got);
    }

    @Test
    void eachCallTakesOneMessageAndLeavesTheOthers() throws InterruptedException {
        Select select = bothReceived();
        numberSender.send(1);
        numberSender.send(2);
        wordSender.send("a");
        int winner = select.select();
        assertEquals(1, got.size());
        assertEquals(winner == 0 ? 1 : "a", got.get(0));
        assertEquals(winner == 0 ? 2 : 1, numberReceiver.tryReceive());
    }

    @Test
    void whenNoneCanWinItDoesNothing() throws InterruptedException {
        Select select = bothReceived();
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(Select.NONE, select.select(Duration.ZERO));
        assertEquals(Select.NONE, select.select(Duration.ofSeconds(-1)));
        assertEquals(Select.NONE, select.select(Duration.ofSeconds(Long.MIN_VALUE)));
        long start = System.nanoTime();
        assertEquals(Select.NONE, select.select(Duration.ofMillis(20)));
        assertTrue(System.nanoTime() - start >= 20_000_000);
        assertFalse(select.isEndOfStream());
        assertEquals(List.of(), got);
        assertTrue(numbers.toString().matches(".*\\(0 as.*\\(0 as.*"), numbers.toString());
    }

    @Test
    void aMessageIsSentWhereThereIsRoom() throws InterruptedException {
        int capacity = Setup.fill(numberSender);
        int[] next = {capacity};
        List<Integer> sent = new ArrayList<>();
        Select select =
                Select.builder()
                        .send(numberSender, () -> next[0]++, () -> sent.add(next[0] - 1))
                        .receive(wordReceiver, got::add)
                        .build();
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(Select.NONE, select.select(Duration.ofMillis(1)));
        assertEquals(capacity, next[0], "no room, no message was asked for");
        assertEquals(0, numberReceiver.receive());
        assertEquals(0, select.select());
        assertEquals(List.of(capacity), sent);
        for (int i = 1; i <= capacity; i++) {
            assertEquals(i, numberReceiver.tryReceive());
        }
        assertNull(numberReceiver.tryReceive());
    }

    @Test
    void aMessageThatLostItsRoomIsAskedForAgain() throws InterruptedException {
        Sender<Integer> rival = numbers.sender();
        int[] asked = {0};
        int[] sent = {0};
        Select select =
                Select.builder()
                        .send(
                                numberSender,
                                () -> {
                                    while (asked[0] == 0 && rival.trySend(9)) {}
                                    return 100 + asked[0]++;
                                },
                                () -> sent[0]++)
                        .build();
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(1, asked[0], "when there was room");
        assertEquals(0, sent[0]);
        assertEquals(9, numberReceiver.receive());
        assertEquals(0, select.select());
        assertEquals(1, sent[0]);
        for (int i = 1; i < numbers.capacity(); i++) {
            assertEquals(9, numberReceiver.receive());
        }
        assertEquals(101, numberReceiver.receive());
        assertNull(numberReceiver.tryReceive());
    }

    @Test
    void clausesThatCanAlwaysWinGetTheSameShare() throws InterruptedException {
        int clauses = 5;
        int selects = 100_000;
        int[] wins = new int[clauses];
        SelectBuilder builder = Select.builder();
        for (int i = 0; i < clauses; i++) {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(1).receivers(Ends.MANY));
            Sender<Integer> sender = mailbox.sender();
            sender.send(i);
            builder.receive(mailbox.receiver(), sender::trySend); // It is never empty.
        }
        Select select = builder.build();
        for (int i = 0; i < selects; i++) {
            wins[select.select()]++;
        }
        for (int won : wins) {
            assertEquals(selects / clauses, won);
        }
    }

    @Test
    void byPriorityTheFirstThatCanWinDoes() throws InterruptedException {
        Select select =
                Select.builder()
                        .receive(numberReceiver, got::add)
                        .receive(wordReceiver, got::add)
                        .byPriority()
                        .build();
        for (int i = 0; i < 3; i++) {
            wordSender.send("a");
            numberSender.send(i);
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(i / 3, select.select());
        }
        assertEquals(List.of(0, 1, 2, "a", "a", "a"), got);
    }

    @Test
    void aStreamThatHasEndedIsNotSelectedAndTheOthersGoOn() throws InterruptedException {
        Select select = bothReceived();
        numberSender.send(1);
        numberSender.close();
        assertFalse(select.isEndOfStream(), "one more is there");
        assertEquals(0, select.select());
        wordSender.send("a");
        wordSender.send("b");
        assertEquals(1, select.select());
        assertEquals(1, select.select());
        assertEquals(Select.NONE, select.select(Duration.ofMillis(1)));
        assertFalse(select.isEndOfStream());
        wordSender.send("c");
        wordSender.close();
        assertEquals(1, select.select());
        assertTrue(select.isEndOfStream());
        for (int i = 0; i < 3; i++) {
            assertEquals(Select.NONE, select.select());
            assertEquals(Select.NONE, select.trySelect());
            assertEquals(Select.NONE, select.select(Duration.ofDays(1)));
        }
        assertEquals(List.of(1, "a", "b", "c"), got);
    }

    @Test
    void theEndCountsMoreThanAnInterrupt() throws InterruptedException {
        Select select = bothReceived();
        numberSender.close();
        wordSender.close();
        Thread.currentThread().interrupt();
        assertEquals(Select.NONE, select.select());
        assertTrue(Thread.interrupted());
    }

    @Test
    void anInterruptCountsOnlyWhenNoneCanWin() throws InterruptedException {
        Select select = bothReceived();
        numberSender.send(1);
        Thread.currentThread().interrupt();
        assertEquals(0, select.select());
        assertTrue(Thread.currentThread().isInterrupted());
        assertThrows(InterruptedException.class, select::select);
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(List.of(1), got);
    }

    @Test
    void aBrokenChannelIsAnErrorUntilItsClauseIsDisabled() throws InterruptedException {
        Select select =
                Select.builder()
                        .send(numberSender, () -> 1)
                        .receive(wordReceiver, got::add)
                        .build();
        while (select.trySelect() == 0) {} // Full: a broken channel must still be found.
        numberReceiver.close();
        wordSender.send("a");
        int threw = 0;
        while (got.isEmpty()) {
            try {
                select.select();
            } catch (BrokenChannelException e) {
                threw++;
            }
        }
        assertTrue(threw <= 1, "each clause has its turn");
        assertThrows(BrokenChannelException.class, select::trySelect);
        assertThrows(BrokenChannelException.class, select::select);
        assertThrows(BrokenChannelException.class, () -> select.select(Duration.ofDays(1)));
        select.disable(0);
        assertEquals(Select.NONE, select.trySelect());
        wordSender.send("b");
        assertEquals(1, select.select());
    }

    @Test
    void aDisabledClauseIsAsIfItWereNotThere() throws InterruptedException {
        Select select = bothReceived();
        numberSender.send(1);
        wordSender.send("a");
        select.disable(0);
        assertEquals(1, select.select());
        assertEquals(Select.NONE, select.select(Duration.ofMillis(1)));
        assertFalse(select.isEndOfStream());
        select.disable(1);
        assertTrue(select.isEndOfStream(), "nothing to wait for");
        assertEquals(Select.NONE, select.select());
        select.enable(0);
        assertFalse(select.isEndOfStream());
        assertEquals(0, select.select());
        assertEquals(List.of("a", 1), got);
    }

    @Test
    void aHandlerThatThrowsHasReceivedItsMessage() throws InterruptedException {
        Select select =
                Select.builder()
                        .receive(
                                numberReceiver,
                                n -> {
                                    throw new IllegalStateException("handler of " + n);
                                })
                        .send(
                                wordSender,
                                () -> "a",
                                () -> {
                                    throw new IllegalStateException("afterwards");
                                })
                        .byPriority()
                        .build();
        numberSender.send(1);
        numberSender.send(2);
        for (int i = 1; i <= 2; i++) {
            assertEquals(
                    "handler of " + i,
                    assertThrows(IllegalStateException.class, select::select).getMessage());
        }
        assertEquals(
                "afterwards",
                assertThrows(IllegalStateException.class, select::select).getMessage());
        assertEquals("a", wordReceiver.tryReceive());
        assertNull(wordReceiver.tryReceive());
        assertNull(numberReceiver.tryReceive());
    }

    @Test
    void aSupplierThatThrowsOrGivesNullHasSentNothing() throws InterruptedException {
        List<String> answers = new ArrayList<>();
        Select select =
                Select.builder()
                        .send(
                                wordSender,
                                () -> answers.isEmpty() ? null : answers.remove(0).substring(1))
                        .build();
        assertThrows(NullPointerException.class, select::select);
        answers.add("");
        assertThrows(StringIndexOutOfBoundsException.class, select::select);
        answers.add("?a");
        assertEquals(0, select.select());
        assertEquals("a", wordReceiver.tryReceive());
        assertNull(wordReceiver.tryReceive());
    }

    @Test
    void aHandlerMaySelect() throws InterruptedException {
        Select[] select = new Select[1];
        select[0] =
                Select.builder()
                        .receive(
                                numberReceiver,
                                n -> {
                                    int inner = select[0].trySelect();
                                    got.add(n + " around " + inner);
                                })
                        .receive(wordReceiver, got::add)
                        .build();
        numberSender.send(1);
        numberSender.send(2);
        assertEquals(0, select[0].select());
        assertEquals(List.of("2 around -1", "1 around 0"), got);
    }

    @Test
    void aMailboxMayBeInSeveralClauses() throws InterruptedException {
        Select select =
                Select.builder()
                        .receive(numberReceiver, got::add)
                        .send(numberSender, () -> 7)
                        .receive(numberReceiver, got::add)
                        .build();
        for (int i = 0; i < 100; i++) {
            assertTrue(select.select() >= 0);
        }
        assertTrue(got.size() >= 48 && got.size() <= 67, got.size() + " received");
    }

    @Test
    void anEndThatWasClosedByItsOwnerIsAnError() {
        Select select = bothReceived();
        numberReceiver.close();
        assertThrows(IllegalStateException.class, select::select);
    }

    @Test
    void itWaitsByAnIdleStrategyIfConfigured() throws InterruptedException {
        Select select =
                Select.builder()
                        .receive(numberReceiver, got::add)
                        .receive(wordReceiver, got::add)
                        .idle(new YieldingIdleStrategy())
                        .build();
        TestThreads testThreads = new TestThreads(select);
        testThreads.start(() -> assertEquals(1, select.select()));
        testThreads.start(() -> wordSender.send("a"));
        testThreads.join();
        assertEquals(Select.NONE, select.select(Duration.ofMillis(1)));
        assertEquals(List.of("a"), got);
    }

    @Test
    void whatCannotBeSelectedIsRefused() {
        SelectBuilder builder = Select.builder();
        assertThrows(IllegalStateException.class, builder::build);
        assertThrows(NullPointerException.class, () -> builder.receive(null, got::add));
        assertThrows(NullPointerException.class, () -> builder.receive(numberReceiver, null));
        assertThrows(NullPointerException.class, () -> builder.send(null, () -> 1));
        assertThrows(NullPointerException.class, () -> builder.send(numberSender, null));
        assertThrows(NullPointerException.class, () -> builder.send(numberSender, () -> 1, null));
        assertThrows(NullPointerException.class, () -> builder.idle(null));
        Receiver<Integer> foreign = new ForeignReceiver();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> builder.receive(foreign, got::add))
                        .getMessage();
        assertTrue(message.endsWith("none: foreign"), message);
        Select select = builder.receive(numberReceiver, got::add).build();
        assertThrows(IllegalStateException.class, builder::build);
        assertThrows(IndexOutOfBoundsException.class, () -> select.disable(1));
        assertThrows(IndexOutOfBoundsException.class, () -> select.enable(-1));
    }

    @Test
    void itSaysWhatItWaitsFor() {
        Select select =
                Select.builder()
                        .receive(numberReceiver, got::add)
                        .send(wordSender, () -> "a")
                        .build();
        select.disable(0);
        assertEquals("Select[(receive), send]", select.toString());
    }

    /** A receiver that belongs to no mailbox. */
    private static final class ForeignReceiver implements Receiver<Integer> {
        @Override
        public Integer tryReceive() {
            return null;
        }

        @Override
        public Integer receive() {
            return null;
        }

        @Override
        public Integer receive(Duration timeout) {
            return null;
        }

        @Override
        public int poll(Consumer<? super Integer> handler, int limit) {
            return 0;
        }

        @Override
        public boolean isEndOfStream() {
            return true;
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "foreign";
        }
    }
}
