package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Downcall;
import io.sluice.compare.kernel.Limits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel copies once, from the sender's own memory into the receiver's: {@code
 * process_vm_readv(2)}. Words in shared memory count the messages written and those read; both ends
 * spin on them.
 */
final class ProcessMemoryTransport extends ListedTransport {
    static final int SLOTS = 16;

    private static final String PTRACE_SCOPE = "kernel/yama/ptrace_scope";
    private static final int PR_SET_PTRACER = 0x59616d61;
    private static final int ANY = -1;

    private static final Downcall READ = Downcall.of("process_vm_readv");
    private static final Downcall PRCTL = Downcall.of("prctl");

    @Override
    public Optional<String> unavailable() {
        // At 1 a process may permit others to read it, as the ends here do; at 2 only an
        // administrator may read.
        long scope = Limits.of(PTRACE_SCOPE, 0);
        if (scope > 1) {
            return Optional.of("not permitted: /proc/sys/" + PTRACE_SCOPE + " is " + scope);
        }
        MemorySegment words = Arena.ofAuto().allocate(JAVA_LONG, 2);
        MemorySegment from = iov(words.address(), Long.BYTES);
        MemorySegment to = iov(words.address() + Long.BYTES, Long.BYTES);
        return failure(() -> read(ProcessHandle.current().pid(), from, to, Long.BYTES))
                .map("not permitted: "::concat);
    }

    /** Returns a {@code struct iovec}. */
    private static MemorySegment iov(long address, long length) {
        return Arena.ofAuto().allocateFrom(JAVA_LONG, address, length);
    }

    private static void read(long pid, MemorySegment from, MemorySegment to, long length)
            throws IOException {
        int n = READ.call(pid, to, 1, from.address(), 1);
        if (n < 0) {
            throw READ.failure("process " + pid);
        } else if (n != length) {
            throw new IOException("process_vm_readv read " + n + " of " + length + " bytes");
        }
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        PRCTL.attempt(PR_SET_PTRACER, ANY); // Needed, and there, with the Yama module only.
        MemorySegment own = Arena.ofAuto().allocate((long) SLOTS * size, 4096);
        String place = ProcessHandle.current().pid() + ":" + own.address();
        Handshake.publish(directory, role.name(), place);
        String[] others = Handshake.await(directory, role.other().name()).split(":");
        long peer = Long.parseLong(others[0]);
        long peerSlots = Long.parseLong(others[1]);
        Counts counts = new Counts(directory, role);
        MemorySegment incoming = Arena.ofAuto().allocate(size, 64);
        MemorySegment from = iov(peerSlots, size);
        MemorySegment to = iov(incoming.address(), size);
        return new Link() {
            @Override
            public void send(Payload payload, long sequence) {
                counts.awaitRoom(SLOTS);
                payload.write(own, counts.sent % SLOTS * size, sequence);
                counts.countSent();
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                counts.awaitMessage();
                from.set(JAVA_LONG, 0, peerSlots + counts.received % SLOTS * size);
                read(peer, from, to, size);
                counts.countReceived();
                payload.verify(incoming, 0, size);
            }

            @Override
            public long capacity() {
                return own.byteSize();
            }
        };
    }
}
