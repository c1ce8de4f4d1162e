package io.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.Delivery;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Node;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.PipeView;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Meters show what happens to pipes, mailboxes and nodes. */
@Timeout(60)
class MetricsTest {
    private static final byte[] MESSAGE = new byte[56];
    private static final int RECORD = 64;

    @TempDir Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        registry.close();
    }

    private double gauge(String name, String... tags) {
        Gauge gauge = registry.find(name).tags(tags).gauge();
        assertNotNull(gauge, () -> name + " is not in " + registry.getMetersAsString());
        return gauge.value();
    }

    private double count(String name, String... tags) {
        FunctionCounter counter = registry.find(name).tags(tags).functionCounter();
        assertNotNull(counter, () -> name + " is not in " + registry.getMetersAsString());
        return counter.count();
    }

    /** Returns the meters of a pipe that take a snapshot for each number. */
    private static PipeMetrics metrics(Pipe pipe) {
        return new PipeMetrics(new PipeNumbers(pipe.path(), pipe::statistics, 0), Tags.empty());
    }

    @Test
    void aPipe() throws Exception {
        try (Pipe pipe = Pipe.create(directory.resolve("p"), PipeSpec.bounded(4096).receivers(2));
                PipeMetrics metrics = metrics(pipe)) {
            metrics.bindTo(registry);
            assertEquals(0, gauge("sluice.pipe.ends", "side", "sender"));
            try (PipeSender sender = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                for (int i = 0; i < 4; i++) { // More often than the next one.
                    assertNull(receiver.receive(Duration.ofMillis(60)));
                }
                sender.send(MESSAGE);
                sender.send(MESSAGE);
                sender.send(MESSAGE);
                assertEquals(3, gauge("sluice.pipe.messages"));
                receiver.poll(
                        (memory, offset, length) -> assertEquals(1, gauge("sluice.pipe.in.flight")),
                        1);
                assertEquals(2, gauge("sluice.pipe.messages"));
                assertEquals(0, gauge("sluice.pipe.in.flight"));
                assertEquals(3 * MESSAGE.length, count("sluice.pipe.sent"));
                assertEquals(MESSAGE.length, count("sluice.pipe.received"));
                assertEquals(2 * MESSAGE.length, gauge("sluice.pipe.depth"));
                assertTrue(gauge("sluice.pipe.allocated") >= 4096);
                assertEquals(1, gauge("sluice.pipe.ends", "side", "sender"));
                assertEquals(1, gauge("sluice.pipe.ends", "side", "receiver"));
                assertTrue(count("sluice.pipe.waits", "side", "receiver") > 0);
                assertEquals(0, count("sluice.pipe.waits", "side", "sender"));
                assertEquals(0, gauge("sluice.pipe.corrupt"));
                assertEquals(0, count("sluice.pipe.redelivered"));
            }
            double waits = count("sluice.pipe.waits", "side", "receiver");
            try (PipeSender sender = pipe.sender();
                    PipeReceiver another = pipe.receiver()) { // In the same slot.
                assertEquals(2, another.poll((memory, offset, length) -> {}, 10));
                assertNull(another.receive(Duration.ofMillis(60)));
                assertTrue(count("sluice.pipe.waits", "side", "receiver") > waits);
            }
            assertEquals(
                    pipe.path().toString(), registry.getMeters().getFirst().getId().getTag("pipe"));
        }
        assertEquals(List.of(), registry.getMeters(), "the meters were closed");
    }

    @Test
    void droppedMessages() throws Exception {
        PipeSpec spec =
                PipeSpec.unbounded(1 << 15, 4096).senders(1).overflow(OverflowPolicy.DROP_OLDEST);
        try (Pipe pipe = Pipe.anonymous(spec.delivery(Delivery.AT_MOST_ONCE));
                PipeMetrics metrics = metrics(pipe);
                PipeSender sender = pipe.sender()) {
            metrics.bindTo(registry);
            for (int i = 0; i < 2000; i++) {
                assertTrue(sender.trySend(MESSAGE));
            }
            double dropped = count("sluice.pipe.dropped");
            assertTrue(dropped > 1000, () -> dropped + " dropped");
            assertEquals(2000, dropped + gauge("sluice.pipe.messages"));
        }
    }

    @Test
    void metersNeedNoReferenceToTheirBinder() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender()) {
            metrics(pipe).bindTo(registry);
            sender.send(MESSAGE);
            System.gc();
            assertEquals(1, gauge("sluice.pipe.messages"));
            assertEquals(RECORD, count("sluice.pipe.sent"));
        }
    }

    @Test
    void aPipeThatIsClosed() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("p"), PipeSpec.bounded(4096));
        try (PipeMetrics metrics = metrics(pipe)) {
            metrics.bindTo(registry);
            try (PipeSender sender = pipe.sender()) {
                sender.send(MESSAGE);
            }
            assertEquals(RECORD, count("sluice.pipe.sent"));
            pipe.close();
            assertEquals(RECORD, count("sluice.pipe.sent"));
            assertTrue(Double.isNaN(gauge("sluice.pipe.messages")));
        }
    }

    /** A snapshot serves all meters of a scrape. */
    @Test
    void aViewIsReadOnceForAllMeters() throws Exception {
        Path path = directory.resolve("p");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender();
                PipeView view = PipeView.open(path)) {
            sender.send(MESSAGE);
            int[] reads = new int[1];
            PipeNumbers numbers =
                    new PipeNumbers(
                            path,
                            () -> {
                                reads[0]++;
                                return view.statistics();
                            },
                            Long.MAX_VALUE);
            try (PipeMetrics metrics = new PipeMetrics(numbers, Tags.of("service", "prices"))) {
                metrics.bindTo(registry);
                registry.getMeters().forEach(Meter::measure);
                assertEquals(1, gauge("sluice.pipe.messages", "service", "prices"));
                assertEquals(1, reads[0]);
            }
            try (PipeMetrics metrics = new PipeMetrics(view, Tags.empty())) {
                metrics.bindTo(registry);
                assertEquals(1, gauge("sluice.pipe.messages"));
            }
        }
    }

    @Test
    void aMailbox() throws Exception {
        Mailbox<String> mailbox =
                Mailbox.create(MailboxSpec.bounded(4).overflow(OverflowPolicy.DROP_NEWEST));
        try (MailboxMetrics metrics = new MailboxMetrics(mailbox, "orders");
                Sender<String> sender = mailbox.sender();
                Receiver<String> receiver = mailbox.receiver()) {
            metrics.bindTo(registry);
            for (int i = 0; i < 7; i++) {
                sender.send("message");
            }
            assertEquals(4, gauge("sluice.mailbox.messages", "mailbox", "orders"));
            assertEquals(4, gauge("sluice.mailbox.capacity"));
            assertEquals(3, count("sluice.mailbox.dropped"));
            assertEquals("message", receiver.receive());
            assertEquals(3, gauge("sluice.mailbox.messages"));
        }
    }

    @Test
    void aNode() throws Exception {
        Duration tooShort = Duration.ofMillis(1);
        byte[] message = new byte[1];
        try (Node asker = Node.join(directory.resolve("nodes"), "orders");
                Node node = Node.join(directory.resolve("nodes"), "pricing");
                NodeMetrics metrics = new NodeMetrics(asker)) {
            metrics.bindTo(registry);
            assertEquals(0, count("sluice.node.replies.late", "node", "orders"));
            assertFalse(asker.call("pricing", message, tooShort).isReplied());
            assertEquals(1, node.receive((request, memory, at, n) -> request.tryReply(message), 1));
            assertFalse(asker.call("pricing", message, tooShort).isReplied());
            assertEquals(1, count("sluice.node.replies.late", "node", "orders"));
            assertEquals(0, count("sluice.node.replies.dropped"));
            assertEquals(0, count("sluice.node.requests.refused"));
            assertEquals(0, count("sluice.node.dropped"));
        }
    }
}
