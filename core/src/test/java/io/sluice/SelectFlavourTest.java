package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A select over mailboxes of every flavour. */
class SelectFlavourTest {
    private static final int MESSAGES = 1_000;

    private final List<Integer> got = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void aSendClauseWinsAsLongAsASendWouldNotWait(Flavour flavour) {
        Mailbox<Integer> mailbox = Mailbox.create(flavour.spec());
        int[] next = {0};
        Select select =
                Select.builder().send(mailbox.sender(), () -> next[0], () -> next[0]++).build();
        while (next[0] < MESSAGES && select.trySelect() == 0) {}
        assertEquals(flavour.fills() ? mailbox.capacity() : MESSAGES, next[0]);
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void whatWasSentByOneSelectIsReceivedByAnother(Flavour flavour) throws InterruptedException {
        Mailbox<Integer> mailbox = Mailbox.create(flavour.spec());
        int[] next = {0};
        Sender<Integer> sender = mailbox.sender();
        Select sending =
                Patient.build(Select.builder().send(sender, () -> next[0], () -> next[0]++));
        Select receiving = Patient.build(Select.builder().receive(mailbox.receiver(), got::add));
        Crew crew = new Crew(mailbox);
        crew.start(
                () -> {
                    while (next[0] < MESSAGES) {
                        sending.select();
                    }
                    sender.close();
                });
        while (receiving.select() != Select.NONE) {}
        crew.join();
        assertFalse(got.isEmpty());
        for (int i = 1; i < got.size(); i++) {
            assertTrue(got.get(i) > got.get(i - 1), got.get(i) + " behind " + got.get(i - 1));
        }
        if (!flavour.drops()) {
            assertEquals(MESSAGES, got.size());
        }
    }
}
