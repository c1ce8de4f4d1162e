package io.sluice.compare.transport;

import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.ProcessMemory;
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

    ProcessMemoryTransport(Mechanism mechanism) {
        super(mechanism);
    }

    @Override
    public Optional<String> unavailable() {
        // At 1 a process may permit others to read it, as the ends here do; at 2 only an
        // administrator may read.
        long scope = Limits.of(PTRACE_SCOPE, 0);
        if (scope > 1) {
            return Optional.of("not permitted: /proc/sys/" + PTRACE_SCOPE + " is " + scope);
        }
        MemorySegment word = Arena.ofAuto().allocate(Long.BYTES);
        MemorySegment copy = Arena.ofAuto().allocate(Long.BYTES);
        ProcessMemory own = new ProcessMemory(ProcessHandle.current().pid());
        return failure(() -> own.read(word.address(), copy, Long.BYTES))
                .map("not permitted: "::concat);
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        Counts.create(directory);
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        ProcessMemory.allowAll();
        MemorySegment own = Arena.ofAuto().allocate((long) SLOTS * size, 4096);
        String place = ProcessHandle.current().pid() + ":" + own.address();
        Handshake.publish(directory, role.name(), place);
        String[] others = Handshake.await(directory, role.other().name()).split(":");
        ProcessMemory peer = new ProcessMemory(Long.parseLong(others[0]));
        long peerSlots = Long.parseLong(others[1]);
        Counts counts = new Counts(directory, role);
        MemorySegment incoming = Arena.ofAuto().allocate(size, 64);
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
                peer.read(peerSlots + counts.received % SLOTS * size, incoming, size);
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
