package io.sluice;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.random.RandomGenerator;

/**
 * A process of {@link NodeKillTest}: an asker, or an owner of the name "server". It journals what
 * it does in a file, one system call for each entry, so that the file is complete up to a kill.
 */
final class NodeCrashProgram {
    /** The entries of a journal, each with the asker's process id and a number. */
    static final long ATTEMPTED = 1;

    static final long ACCEPTED = 2;
    static final long RECEIVED = 3;
    static final long EXECUTED = 4;

    /** Plus the ordinal of the outcome. */
    static final long OUTCOME = 10;

    static final long WRONG_REPLY = 20;

    static final int ENTRY_LENGTH = 32;

    /** Longer than any pause of this machine: a call that takes so long hangs. */
    private static final Duration HANG = Duration.ofSeconds(15);

    private static final int LENGTH = 2 * Long.BYTES;

    private final Node node;
    private final FileChannel journal;
    private final ByteBuffer entry =
            ByteBuffer.allocateDirect(ENTRY_LENGTH).order(ByteOrder.nativeOrder());
    private final RandomGenerator random;
    private final LinkedBlockingQueue<Request> later = new LinkedBlockingQueue<>();
    private final long pid = ProcessHandle.current().pid();

    private NodeCrashProgram(Node node, Path journal, long seed) throws IOException {
        this.node = node;
        this.journal =
                FileChannel.open(journal, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.random = new java.util.Random(seed);
    }

    /** Arguments: ask or serve, the directory, the name, the journal, a seed. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        NodeOptions options = NodeOptions.defaults().capacity(4096);
        if (args[0].equals("serve")) {
            System.out.println("ready");
        }
        // Several processes wait for the same name: one follows as soon as another one is killed.
        try (Node node = Node.join(directory, args[2], options, Duration.ofSeconds(50))) {
            NodeCrashProgram program =
                    new NodeCrashProgram(node, Path.of(args[3]), Long.parseLong(args[4]));
            if (args[0].equals("ask")) {
                program.ask();
            } else {
                program.serve();
            }
        }
        System.out.println("finished");
    }

    private static boolean isStopped() throws IOException {
        return System.in.available() > 0;
    }

    private synchronized void write(long kind, long asker, long number, long attempt) {
        try {
            entry.clear().putLong(kind).putLong(asker).putLong(number).putLong(attempt).flip();
            journal.write(entry);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] content(long asker, long number) {
        return ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.nativeOrder())
                .putLong(asker)
                .putLong(number)
                .array();
    }

    private void ask() throws Exception {
        byte[] longer = new byte[500];
        for (long number = 1; !isStopped(); number++) {
            if (!node.awaitNode("server", HANG)) {
                throw new AssertionError("no server for " + HANG);
            }
            boolean calls = random.nextInt(3) == 0;
            byte[] message = content(pid, number);
            if (random.nextInt(4) == 0) {
                message = Arrays.copyOf(message, LENGTH + random.nextInt(longer.length));
            }
            try {
                if (calls) {
                    call(message, number);
                } else {
                    write(ATTEMPTED, pid, number, 0);
                    node.send("server", message);
                    write(ACCEPTED, pid, number, 0);
                }
            } catch (BrokenChannelException | NoSuchNodeException e) {
                // Between two owners.
            }
            if (number == 20) {
                System.out.println("ready");
            }
        }
    }

    private void call(byte[] request, long number) throws Exception {
        Reply reply;
        if (random.nextInt(50) == 0) {
            reply = node.call("server", request, Duration.ofNanos(random.nextInt(100_000)));
        } else {
            reply = node.call("server", request, HANG);
            if (reply.outcome() == CallOutcome.TIMED_OUT) {
                throw new AssertionError("a call hangs, in " + node);
            }
        }
        if (reply.isReplied() && !Arrays.equals(reply.toBytes(), content(-pid, number))) {
            write(WRONG_REPLY, pid, number, 0);
        }
        write(OUTCOME + reply.outcome().ordinal(), pid, number, 0);
    }

    private void serve() throws Exception {
        System.out.println("joined");
        Thread replier = Thread.ofPlatform().daemon().start(this::replyLater);
        Duration moment = Duration.ofMillis(100);
        while (node.receive(this::handle, 20, moment) > 0 || !isStopped()) {
            // More.
        }
        replier.interrupt();
        replier.join();
    }

    private void handle(NodeMessage message, MemorySegment memory, long offset, int length) {
        long asker = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        long number = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + Long.BYTES);
        if (!message.isRequest()) {
            write(RECEIVED, asker, number, message.deliveryAttempt());
            return;
        }
        write(EXECUTED, asker, number, message.deliveryAttempt());
        try {
            if (random.nextInt(4) == 0) {
                later.add(message.request());
                replies.add(content(-asker, number));
            } else {
                message.reply(content(-asker, number));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final LinkedBlockingQueue<byte[]> replies = new LinkedBlockingQueue<>();

    private void replyLater() {
        try {
            while (true) {
                Request request = later.take();
                request.reply(replies.take());
            }
        } catch (InterruptedException | IllegalStateException e) {
            // The process ends.
        }
    }
}
