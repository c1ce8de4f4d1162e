package io.sluice.bench;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Select;
import io.sluice.SelectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The registry: name to subject, for a number of idle channels. Messages have 32 bytes. */
final class SelectSubjects {
    static final Map<String, IntFunction<SelectSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice",
                            SluiceSelect::new,
                            "sluice-polled",
                            idle -> new PolledInTurn("sluice", idle),
                            "agrona-polled",
                            idle -> new PolledInTurn("agrona-one-to-one", idle),
                            "nio-selector",
                            KernelSelector::new));

    private static final int SIZE = 32;
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private SelectSubjects() {}

    /** A select over pipes. */
    private static final class SluiceSelect implements SelectSubject {
        private final byte[] message = new byte[SIZE];
        private final Tally tally = new Tally();
        private final List<AutoCloseable> open = new ArrayList<>();
        private final Select select;
        private PipeSender sender;

        SluiceSelect(int idle) {
            SelectBuilder builder = Select.builder();
            PipeReader reader = new PipeReader(SIZE, tally);
            try {
                for (int i = 0; i <= idle; i++) {
                    Pipe pipe = Pipe.anonymous(PipeSpec.bounded(ByteSubjects.CAPACITY).senders(1));
                    PipeReceiver receiver = pipe.receiver();
                    PipeSender own = pipe.sender();
                    open.addAll(List.of(own, receiver, pipe));
                    builder.receive(receiver, reader.handler());
                    sender = i == idle / 2 ? own : sender;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            select = builder.build();
        }

        @Override
        public void send(long sequence) {
            WORD.set(message, 0, sequence);
            if (!sender.trySend(message)) {
                throw new IllegalStateException("full");
            }
        }

        @Override
        public void select() {
            try {
                select.select();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long received() {
            return tally.received();
        }

        @Override
        public void close() {
            for (AutoCloseable each : open) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Channels that are polled in turn, from where the last message was found. */
    private static final class PolledInTurn implements SelectSubject {
        private final ByteSubject[] channels;
        private int next;

        PolledInTurn(String subject, int idle) {
            channels =
                    IntStream.rangeClosed(0, idle)
                            .mapToObj(i -> ByteSubjects.of(subject, SIZE))
                            .toArray(ByteSubject[]::new);
        }

        private ByteSubject busy() {
            return channels[channels.length - 1 >> 1];
        }

        @Override
        public void send(long sequence) {
            if (!busy().trySend(sequence)) {
                throw new IllegalStateException("full");
            }
        }

        @Override
        public void select() {
            int found;
            do {
                next = next + 1 == channels.length ? 0 : next + 1;
                found = channels[next].poll(1);
            } while (found == 0);
        }

        @Override
        public long received() {
            return busy().tally().received();
        }

        @Override
        public void close() {
            for (ByteSubject channel : channels) {
                channel.close();
            }
        }
    }

    /** The kernel's pipes, and the JDK's selector over them. */
    private static final class KernelSelector implements SelectSubject {
        private final ByteBuffer message =
                ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
        private final ByteBuffer got =
                ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
        private final Tally tally = new Tally();
        private final List<java.nio.channels.Pipe> pipes = new ArrayList<>();
        private final Selector selector;

        KernelSelector(int idle) {
            try {
                selector = Selector.open();
                for (int i = 0; i <= idle; i++) {
                    java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
                    pipe.source().configureBlocking(false);
                    pipe.source().register(selector, SelectionKey.OP_READ);
                    pipes.add(pipe);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void send(long sequence) {
            message.clear().putLong(0, sequence);
            try {
                while (message.hasRemaining()) {
                    pipes.get(pipes.size() - 1 >> 1).sink().write(message);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void select() {
            try {
                selector.select(this::read);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void read(SelectionKey key) {
            try {
                ((java.nio.channels.Pipe.SourceChannel) key.channel()).read(got.clear());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            tally.accept(got.getLong(0), got.getLong(8) + got.getLong(16) + got.getLong(24));
        }

        @Override
        public long received() {
            return tally.received();
        }

        @Override
        public void close() {
            try {
                selector.close();
                for (java.nio.channels.Pipe pipe : pipes) {
                    pipe.sink().close();
                    pipe.source().close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
