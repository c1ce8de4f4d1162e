package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls in a JVM that denies native access: pipes throw each time, mailboxes work. */
@Timeout(60)
class NativeAccessTest {
    /** Calls everything twice. */
    static final class Denied {
        private Denied() {}

        public static void main(String[] arguments) throws Exception {
            Path path = Path.of("/dev/shm/sluice-none-" + ProcessHandle.current().pid());
            for (int i = 0; i < 2; i++) {
                say(() -> Pipe.create(path, PipeSpec.unbounded(1 << 20).senders(1)));
                say(() -> Pipe.anonymous(PipeSpec.bounded(4096).senders(1)));
                say(() -> Pipe.open(path));
                say(() -> Pipe.openShared(path));
                say(() -> Pipe.delete(path));
                say(Denied::mail);
            }
        }

        private static void say(Callable<?> call) {
            try {
                System.out.println(call.call());
            } catch (Throwable e) {
                System.out.println(e);
            }
        }

        /** Passes a message between two threads that wait for each other, and so park. */
        private static String mail() throws Exception {
            Mailbox<String> mailbox = Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
            try (Sender<String> sender = mailbox.sender();
                    Receiver<String> receiver = mailbox.receiver()) {
                Thread thread = Thread.ofPlatform().start(() -> sendTo(sender));
                String message = receiver.receive();
                thread.join();
                return message;
            }
        }

        private static void sendTo(Sender<String> sender) {
            try {
                sender.send("a message");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whereNativeAccessIsDeniedEachCallSaysSoAndMailboxesWork() throws Exception {
        List<String> flags = List.of("-Xshare:auto", "--illegal-native-access=deny");
        try (ChildJvm child = ChildJvm.startPlain(flags, Denied.class)) {
            for (int i = 0; i < 2; i++) {
                for (int call = 0; call < 5; call++) {
                    String line = child.readLine();
                    assertTrue(
                            line.startsWith("java.lang.IllegalCallerException: pipes ")
                                    && line.contains("--enable-native-access=ALL-UNNAMED"),
                            "call " + call + ": " + line);
                }
                child.expectLine("a message");
            }
            assertEquals(0, child.waitFor());
        }
    }
}
