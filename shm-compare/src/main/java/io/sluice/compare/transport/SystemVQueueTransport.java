package io.sluice.compare.transport;

import io.sluice.compare.kernel.SystemVQueue;
import io.sluice.compare.transport.CopyLink.Calls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** System V message queues, one each way, blocking. */
final class SystemVQueueTransport extends DescriptorTransport {
    @Override
    public Optional<String> unavailable() {
        return failure(SystemVQueue::orphaned).map("this kernel has none: "::concat);
    }

    /** Makes the queues, and removes those that a killed coordinator left. */
    @Override
    Prepared share(Path directory) throws IOException {
        // Another user's only that user may remove.
        SystemVQueue.orphaned().forEach(SystemVQueue::tryRemove);
        int there = SystemVQueue.create(0);
        try {
            int back = SystemVQueue.create(1);
            Runnable remove = () -> IntStream.of(there, back).forEach(SystemVQueue::remove);
            return new Prepared(there + ":" + back, () -> {}, remove, List.of());
        } catch (IOException e) {
            SystemVQueue.remove(there);
            throw e;
        }
    }

    /** Returns the queues, which the coordinator removes. */
    @Override
    Descriptors connect(Role role, Path directory, String address) {
        String[] queues = address.split(":");
        int in = Integer.parseInt(queues[role.choose(1, 0)]);
        int out = Integer.parseInt(queues[role.choose(0, 1)]);
        return new Descriptors(in, out, traits().capacity().bytes(), () -> {});
    }

    @Override
    Calls calls(int size) {
        return new Calls(
                SystemVQueue::send, SystemVQueue::receive, SystemVQueue.HEADER, Long.BYTES);
    }
}
