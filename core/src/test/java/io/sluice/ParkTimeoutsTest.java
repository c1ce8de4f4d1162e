package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.linux.Membarrier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mailboxes and selects without {@code membarrier}: a wake-up can be missed, and a short park
 * timeout bounds the wait. In a JVM of its own, because support is tested only once.
 */
@Timeout(150)
class ParkTimeoutsTest {
    private static final List<String> FLAGS = List.of("-Dio.sluice.membarrier=false");

    /** The program of the other JVM: prints a line after each group of tests that has passed. */
    static final class NoMembarrierChild {
        private NoMembarrierChild() {}

        public static void main(String[] arguments) throws Exception {
            assertFalse(Membarrier.fenceAllThreads());
            for (MailboxWakeTest.WakeCase wakeCase : MailboxWakeTest.channels()) {
                if (wakeCase.setup().parks()) {
                    new MailboxWakeTest().handsOverToAndFroWithRandomPauses(wakeCase);
                }
            }
            System.out.println("handed over");
            new MailboxWakeTest().closingTheLastSenderWakesEveryReceiver();
            new MailboxWakeTest().closingTheLastReceiverWakesEverySenderThatWaitsOnFull();
            new MailboxWakeTest().asManyAreWokenAsThereAreMessages(3);
            new MailboxWakeTest().virtualThreadsSendAndReceive(true);
            new MailboxInterruptTest().aWokenReceiverThatIsInterruptedPassesTheWakeUpOn();
            System.out.println("woken");
            new SelectWakeTest().aMessageWakesIt(1);
            new SelectWakeTest().roomWakesIt(0);
            new SelectWakeTest().virtualThreadsSelect();
            new SelectMailboxFlavorTest()
                    .whatWasSentByOneSelectIsReceivedByAnother(MailboxFlavor.TWO);
            System.out.println("selected");
            new SelectRendezvousTest().twoSelectsWithOneMailboxInCommonRendezvous(0);
            new SelectRendezvousTest().itCompletesWithANonBlockingCall();
            System.out.println("met");
        }
    }

    @Test
    void withoutMembarrierEverythingArrives() throws Exception {
        try (ChildJvm child = ChildJvm.start(FLAGS, NoMembarrierChild.class)) {
            for (String line : List.of("handed over", "woken", "selected", "met")) {
                child.expectLine(line);
            }
            assertEquals(0, child.waitFor());
        }
    }
}
