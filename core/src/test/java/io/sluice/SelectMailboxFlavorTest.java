package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A select over mailboxes of every flavor. */
class SelectMailboxFlavorTest {
    private static final int MESSAGES = 1_000;

    private final List<Integer> got = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(MailboxFlavor.class)
    void aSendClauseWinsAsLongAsASendWouldNotWait(MailboxFlavor mailboxFlavor) {
        Mailbox<Integer> mailbox = Mailbox.create(mailboxFlavor.spec());
        int[] next = {0};
        Select select =
                Select.builder().send(mailbox.sender(), () -> next[0], () -> next[0]++).build();
        while (next[0] < MESSAGES && select.trySelect() == 0) {}
        assertEquals(mailboxFlavor.fills() ? mailbox.capacity() : MESSAGES, next[0]);
    }

    @ParameterizedTest
    @EnumSource(MailboxFlavor.class)
    void whatWasSentByOneSelectIsReceivedByAnother(MailboxFlavor mailboxFlavor)
            throws InterruptedException {
        Mailbox<Integer> mailbox = Mailbox.create(mailboxFlavor.spec());
        int[] next = {0};
        Sender<Integer> sender = mailbox.sender();
        Select sending =
                WakeupOnlySelects.build(
                        Select.builder().send(sender, () -> next[0], () -> next[0]++));
        Select receiving =
                WakeupOnlySelects.build(Select.builder().receive(mailbox.receiver(), got::add));
        TestThreads testThreads = new TestThreads(mailbox);
        testThreads.start(
                () -> {
                    while (next[0] < MESSAGES) {
                        sending.select();
                    }
                    sender.close();
                });
        while (receiving.select() != Select.NONE) {}
        testThreads.join();
        assertFalse(got.isEmpty());
        for (int i = 1; i < got.size(); i++) {
            assertTrue(got.get(i) > got.get(i - 1), got.get(i) + " behind " + got.get(i - 1));
        }
        if (!mailboxFlavor.drops()) {
            assertEquals(MESSAGES, got.size());
        }
    }
}
