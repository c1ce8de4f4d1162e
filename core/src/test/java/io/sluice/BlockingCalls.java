package io.sluice;

import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.io.PipeStreams;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/** Every call that waits for room or for a message at an end of a named pipe, by name. */
final class BlockingCalls {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final MessageHandler IGNORED = (memory, offset, length) -> {};

    private BlockingCalls() {}

    interface SenderCall {
        void call(PipeSender sender) throws Exception;
    }

    interface ReceiverCall {
        void call(PipeReceiver receiver) throws Exception;
    }

    /** Returns one specification per flavor; each has at least 4 KiB, or is a rendezvous. */
    static Map<String, PipeSpec> flavors() {
        Map<String, PipeSpec> flavors = new LinkedHashMap<>();
        flavors.put("bounded", PipeSpec.bounded(4096).senders(1));
        flavors.put("shared", PipeSpec.bounded(4096).senders(1).receivers(2));
        flavors.put("growing", PipeSpec.unbounded(1 << 16, 4096).senders(1));
        flavors.put("growing, shared", PipeSpec.unbounded(1 << 16, 4096).senders(1).receivers(2));
        flavors.put("many lanes", PipeSpec.bounded(4096).senders(2));
        flavors.put("in order of arrival", PipeSpec.bounded(4096).senders(2).order(Order.ARRIVAL));
        flavors.put("rendezvous", PipeSpec.rendezvous(1000).senders(1));
        return flavors;
    }

    /** Returns the calls that wait in a pipe that is full or is a rendezvous. */
    static Map<String, SenderCall> senders(boolean rendezvous) {
        byte[] message = new byte[100];
        Map<String, SenderCall> calls = new LinkedHashMap<>();
        calls.put("send(byte[])", s -> s.send(message));
        calls.put("send(byte[], Duration)", s -> s.send(message, LONG));
        calls.put("send(segment)", s -> s.send(MemorySegment.ofArray(message), 0, 100));
        calls.put(
                "send(segment, Duration)",
                s -> s.send(MemorySegment.ofArray(message), 0, 100, LONG));
        calls.put("send(ByteBuffer)", s -> s.send(ByteBuffer.wrap(message)));
        calls.put("send(ByteBuffer, Duration)", s -> s.send(ByteBuffer.wrap(message), LONG));
        calls.put("codec", s -> Codec.utf8().sender(s).send("a".repeat(100)));
        calls.put("codec, Duration", s -> Codec.utf8().sender(s).send("a".repeat(100), LONG));
        calls.put("agrona", s -> new DirectBufferSender(s).send(new UnsafeBuffer(message), 0, 100));
        calls.put("stream", s -> PipeStreams.output(s).write(message));
        if (rendezvous) {
            calls.put("commit()", s -> s.tryClaim(100).putLong(0, 1).commit());
            calls.put("commit(Duration)", s -> s.tryClaim(100).putLong(0, 1).commit(LONG));
        } else {
            calls.put("claim(int)", s -> s.claim(100).abort());
            calls.put("claim(int, Duration)", s -> s.claim(100, LONG).abort());
            calls.put("agrona claim", s -> new DirectBufferSender(s).claim(100));
        }
        return calls;
    }

    /** Returns the calls that wait in an empty pipe. */
    static Map<String, ReceiverCall> receivers() {
        Map<String, ReceiverCall> calls = new LinkedHashMap<>();
        calls.put("receive(handler)", r -> r.receive(IGNORED, 10));
        calls.put("receive(handler, Duration)", r -> r.receive(IGNORED, 10, LONG));
        calls.put("receive()", PipeReceiver::receive);
        calls.put("receive(Duration)", r -> r.receive(LONG));
        calls.put("receive(ByteBuffer)", r -> r.receive(ByteBuffer.allocate(1000)));
        calls.put("receive(ByteBuffer, Duration)", r -> r.receive(ByteBuffer.allocate(1000), LONG));
        calls.put("codec", r -> Codec.utf8().receiver(r).receive());
        calls.put("codec, Duration", r -> Codec.utf8().receiver(r).receive(LONG));
        calls.put("agrona", r -> new DirectBufferReceiver(r).receive((b, i, l) -> {}, 1));
        calls.put("stream", r -> PipeStreams.input(r).read());
        return calls;
    }

    /**
     * Returns the first few calls for a flavor that differs from "bounded" only in its lanes; all
     * calls for "bounded", "rendezvous", and in a proof run.
     */
    static <C> List<Map.Entry<String, C>> some(Map<String, C> calls, String flavor, int few) {
        boolean all =
                Proof.isProofBuild() || flavor.equals("bounded") || flavor.equals("rendezvous");
        return calls.entrySet().stream().limit(all ? calls.size() : few).toList();
    }

    static void fill(PipeSender sender) {
        while (sender.trySend(new byte[100])) {}
    }

    /**
     * Tests whether the first sender sleeps or is about to; not to be called once the file is
     * truncated.
     */
    static BooleanSupplier senderWaits(Path pipe) throws IOException {
        return armed(pipe.resolve("lane-0"), LaneDescriptor.SENDER_EVENT_OFFSET);
    }

    /** Tests whether the first receiver sleeps or is about to. */
    static BooleanSupplier receiverWaits(Path pipe, int senders, int receivers) throws IOException {
        int block =
                MetaDescriptor.participantsOffset(senders, receivers)
                        + senders * MetaDescriptor.PARTICIPANT_LENGTH;
        return armed(pipe.resolve("meta"), block + MetaDescriptor.EVENT_OFFSET);
    }

    private static BooleanSupplier armed(Path file, int offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MappedByteBuffer words = channel.map(FileChannel.MapMode.READ_ONLY, 0, offset + 8);
            words.order(ByteOrder.nativeOrder());
            return () -> words.getLong(offset) == 1;
        }
    }
}
