package io.sluice.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Our pipe, both ends in one process; in memory, if there is a place for files in memory. */
final class SluicePipeSubject implements ByteSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps what the sender writes off the lines of what the receiver reads. */
    private static final int PADDING = 128;

    private final int size;
    private final byte[] message;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final Tally tally = new Tally();
    private final MessageHandler handler;

    SluicePipeSubject(int size) {
        this.size = size;
        this.message = new byte[PADDING + size + PADDING];
        this.handler = size == 8 ? this::one : size == 32 ? this::four : this::many;
        Path memory = Path.of("/dev/shm");
        try {
            Path directory =
                    Files.isWritable(memory)
                            ? Files.createTempDirectory(memory, "sluice-bench")
                            : Files.createTempDirectory("sluice-bench");
            Pipe pipe =
                    Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(ByteSubjects.CAPACITY));
            sender = pipe.sender();
            receiver = pipe.receiver();
            Pipe.delete(pipe.path());
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean trySend(long sequence) {
        WORD.set(message, PADDING, sequence);
        return sender.trySend(message, PADDING, size);
    }

    @Override
    public int poll(int limit) {
        return receiver.poll(handler, limit);
    }

    private void one(MemorySegment memory, long offset, int length) {
        long first = memory.get(JAVA_LONG, offset);
        tally.accept(first, first);
    }

    private void four(MemorySegment memory, long offset, int length) {
        long first = memory.get(JAVA_LONG, offset);
        long rest =
                memory.get(JAVA_LONG, offset + 8)
                        + memory.get(JAVA_LONG, offset + 16)
                        + memory.get(JAVA_LONG, offset + 24);
        tally.accept(first, first + rest);
    }

    private void many(MemorySegment memory, long offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 8) {
            sum += memory.get(JAVA_LONG, offset + i);
        }
        tally.accept(memory.get(JAVA_LONG, offset), sum);
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
    }
}
