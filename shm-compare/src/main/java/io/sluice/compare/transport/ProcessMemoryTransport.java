package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.ProcessMemory;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The kernel copies once, from the sender's own memory into the receiver's: {@code
 * process_vm_readv(2)}. Words in shared memory count the messages written and those read; both ends
 * spin on them.
 */
public final class ProcessMemoryTransport extends NamedTransport {
    private static final String WORDS = "words";
    private static final String PTRACE_SCOPE = "kernel/yama/ptrace_scope";
    private static final int SLOTS = 16;

    /** Creates it. */
    public ProcessMemoryTransport() {
        super(
                "vmread",
                Factors.SPIN,
                "one copy out of the sender's memory (process_vm_readv), a flag in shared memory");
    }

    @Override
    public Optional<String> unavailable() {
        // At 1 a process may permit others to read it, as the ends here do; at 2 only an
        // administrator may read.
        long scope = Limits.of(PTRACE_SCOPE, 0);
        if (scope > 1) {
            return Optional.of("not permitted: /proc/sys/" + PTRACE_SCOPE + " is " + scope);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(JAVA_LONG);
            new ProcessMemory(ProcessHandle.current().pid())
                    .read(word.address(), arena.allocate(JAVA_LONG), Long.BYTES);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("not permitted: " + e.getMessage());
        }
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                Traits.Limit.NONE,
                new Traits.Capacity(SLOTS, 0, "The sender looks again and again."),
                new Traits.Cost(1, List.of(), List.of("process_vm_readv"), ""),
                new Traits.Ending(
                        false,
                        "No notification of an end that polls a word; a read that follows fails (ESRCH).",
                        HintedLink.ENDING.leftovers(),
                        "Until its sender dies: its memory is where messages are."));
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        SharedWords.create(directory.resolve(WORDS));
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        ProcessMemory.allowAll();
        MemorySegment slots = Arena.ofAuto().allocate((long) SLOTS * size, 4096);
        Handshake.publish(
                directory,
                role.name(),
                ProcessHandle.current().pid() + ":" + slots.address() + ":" + size);
        Role other = role == Role.INITIATOR ? Role.RESPONDER : Role.INITIATOR;
        String[] part = Handshake.await(directory, other.name()).split(":");
        return new MemoryLink(
                slots,
                new ProcessMemory(Long.parseLong(part[0])),
                Long.parseLong(part[1]),
                SharedWords.open(directory.resolve(WORDS)),
                role,
                size);
    }

    private static final class MemoryLink implements Link {
        private final MemorySegment slots;
        private final ProcessMemory peerMemory;
        private final long peerSlots;
        private final SharedWords words;
        private final MemorySegment incoming;
        private final int written;
        private final int peerWritten;
        private final int read;
        private final int peerRead;
        private final int size;
        private long sent;
        private long received;

        MemoryLink(
                MemorySegment slots,
                ProcessMemory others,
                long othersSlots,
                SharedWords words,
                Role role,
                int size) {
            this.slots = slots;
            this.peerMemory = others;
            this.peerSlots = othersSlots;
            this.words = words;
            this.size = size;
            this.incoming = Arena.ofAuto().allocate(size, 64);
            boolean initiator = role == Role.INITIATOR;
            this.written = initiator ? 0 : 1;
            this.peerWritten = initiator ? 1 : 0;
            this.read = initiator ? 2 : 3;
            this.peerRead = initiator ? 3 : 2;
        }

        @Override
        public void send(Payload payload, long sequence) {
            while (sent - words.get(peerRead) >= SLOTS) {
                Thread.onSpinWait();
            }
            payload.write(slots, sent % SLOTS * size, sequence);
            words.set(written, ++sent);
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (words.get(peerWritten) == received) {
                Thread.onSpinWait();
            }
            peerMemory.read(peerSlots + received % SLOTS * size, incoming, size);
            words.set(read, ++received);
            payload.verify(incoming, 0, size);
        }

        @Override
        public long capacity() {
            return (long) SLOTS * size;
        }

        @Override
        public void close() {}
    }
}
