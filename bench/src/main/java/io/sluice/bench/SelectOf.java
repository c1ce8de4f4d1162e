package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Select;
import io.sluice.SelectBuilder;
import io.sluice.Sender;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a select over several mailboxes when messages arrive at one of them: how much each idle
 * one adds. One mailbox is the lower bound; {@link StreamObjects} is the same without a select.
 */
@State(Scope.Benchmark)
@Threads(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"
        })
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SelectOf {
    private static final int MESSAGES = 10_000;

    /** The number of mailboxes. */
    @Param({"1", "2", "8", "64"})
    public int mailboxes;

    /** The order among ready mailboxes: fair or by priority. */
    @Param({"fair", "priority"})
    public String order;

    private final Tally tally = new Tally();

    private Select select;
    private SenderThread senderThread;

    /** Starts the sender. */
    @Setup
    public void open() {
        Cpus.pinMeasured();
        SelectBuilder builder = Select.builder().idle(BusySpinIdleStrategy.INSTANCE);
        if (order.equals("priority")) {
            builder.byPriority();
        }
        for (int i = 0; i < mailboxes; i++) {
            Mailbox<Message> mailbox =
                    Mailbox.create(MailboxSpec.bounded(1024).senders(Ends.ONE).receivers(Ends.ONE));
            builder.receive(mailbox.receiver(), message -> message.receive(tally));
            if (i == mailboxes / 2) {
                Sender<Message> sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
                senderThread = new SenderThread(sequence -> sender.trySend(Message.of(sequence)));
            }
        }
        select = builder.build();
    }

    /**
     * Stops the sender.
     *
     * @throws InterruptedException never
     */
    @TearDown
    public void close() throws InterruptedException {
        senderThread.stop();
    }

    /**
     * Selects.
     *
     * @return the number of calls that found no message
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int select() {
        int idle = 0;
        for (int received = 0; received < MESSAGES; ) {
            if (select.trySelect() != Select.NONE) {
                received++;
            } else {
                Thread.onSpinWait();
                if (++idle % (1 << 20) == 0) {
                    senderThread.check();
                }
            }
        }
        return idle;
    }
}
